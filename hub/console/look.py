"""How a page is made: a template, the words of its language, and the static files by their content's hash."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from hub.console import times
from hub.console.words import say, say_or
from hub.console.words.english import in_language

_HERE = Path(__file__).parent
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that pages refer to. `address` holds the content's hash, so it may be kept for ever."""

    address: str
    media_type: str
    content: bytes


class Look:
    """Templates and static files, read once."""

    def __init__(self) -> None:
        self.files = {file.name: _static(file) for file in sorted((_HERE / "static").iterdir()) if file.is_file()}
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._templates.globals["static"] = lambda name: self.files[name].address

    def by_address(self, address: str) -> StaticFile | None:
        """The static file at an address."""
        return next((file for file in self.files.values() if file.address == address), None)

    def page(self, template: str, language: str, content: Mapping[str, Any]) -> str:
        """The page, in `language`."""
        return self._templates.get_template(template).render(
            t=partial(say, language),
            t_or=partial(say_or, language),
            in_language=partial(in_language, language),
            when=partial(_time, language),
            number=lambda n: times.thousands(n, language),
            kr=lambda ore: f"{times.kroner(ore, language)}\u00a0kr",
            language=language,
            **content,
        )


def _static(file: Path) -> StaticFile:
    content = file.read_bytes()
    version = hashlib.sha256(content).hexdigest()[:10]
    return StaticFile(f"/static/{version}/{file.name}", _TYPES[file.suffix], content)


def _time(language: str, moment: datetime | None, *, short: bool = False) -> Markup:
    if moment is None:
        return Markup("–")
    text = times.time_of_day(moment) if short else times.shown(moment, language)
    return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), escape(text))
