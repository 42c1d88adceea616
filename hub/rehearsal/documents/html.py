"""The report as one HTML page with its style inside: readable on a phone, on paper, and without colours."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.rehearsal.report import Report

_FOLDER = Path(__file__).parent


def page(report: Report) -> str:
    """The page. Everything that is put in is escaped."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html").render(r=report, w=report.words)
