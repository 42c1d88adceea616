"""HTML from the templates beside this file. Everything that is put in is escaped; charts are our own SVG."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from hub.metering.kroner import decimal_comma, grouped, kroner

_TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, **values: Any) -> str:
    """The page that `template` makes of `values`. Raises if a value that it needs is missing."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(kroner=kroner, grouped=grouped, comma=decimal_comma)
    return environment.get_template(template).render(**values)


def chart(svg: str, description: str) -> Markup:
    """A chart for a page, with what it shows in words for those who can't see it."""
    described = Markup("<figure>{}<figcaption>{}</figcaption></figure>")
    return described.format(Markup(svg), description)  # noqa: S704 - made by matplotlib from numbers and model names
