"""The report as one HTML page with its style inside: readable on a phone, on paper, and without colours."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from hub.rehearsal.report import Report

_FOLDER = Path(__file__).parent
_STYLE = (_FOLDER / "report.css").read_text(encoding="utf-8")


def page(report: Report) -> str:
    """The page. Everything that is put in is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = Markup(_STYLE)  # noqa: S704  # our own style sheet
    return environment.get_template("report.html").render(r=report, w=report.words, style=style)


def security() -> str:
    """The Content-Security-Policy that the page can live with: its own style by its hash, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'"
