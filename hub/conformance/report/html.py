"""The report as one HTML page with its style inside: readable on a phone, on paper, and without colours."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from hub.conformance.report.view import View

_FOLDER = Path(__file__).parent


def page(view: View) -> str:
    """The page. Everything that is put in is escaped, and its policy lets nothing in but its own style."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = (_FOLDER / "report.css").read_text(encoding="utf-8")
    shown = Markup(style)  # noqa: S704  # our own style sheet
    return environment.get_template("report.html").render(v=view, w=view.words, style=shown, policy=_policy(style))


def _policy(style: str) -> str:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
