"""Writes every form of a report into a folder, signed."""

from __future__ import annotations

from pathlib import Path

from joserfc.jwk import Key

from hub.conformance.blotting import blotted_report
from hub.conformance.report.html import page
from hub.conformance.report.json_form import readable, report_object
from hub.conformance.report.junit import junit
from hub.conformance.report.signing import sign_report
from hub.conformance.report.table import table
from hub.conformance.report.view import view
from hub.conformance.results import RunReport
from hub.model.language import Language

SIGNATURE = "report.jws"


def write_report(report: RunReport, folder: Path, key: Key) -> None:
    """Write `report.json`, `.html`, `.en.html`, `.pdf`, `.csv`, `junit.xml`, and last `report.jws`, signed by `key`.

    Identity numbers are blotted first. What was there of an earlier report is replaced; raises OSError.
    """
    shown = blotted_report(report)
    files = _forms(shown, thumbprint=key.thumbprint())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SIGNATURE).unlink(missing_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / SIGNATURE).write_text(sign_report(report_object(shown), files, key), encoding="ascii")


def _forms(report: RunReport, *, thumbprint: str) -> dict[str, bytes]:
    from hub.conformance.report.pdf import pdf  # heavy: only when a report is written

    norwegian = view(report, Language.NB, thumbprint=thumbprint)
    english = view(report, Language.EN, thumbprint=thumbprint)
    texts = {
        "report.json": readable(report_object(report)),
        "report.html": page(norwegian),
        "report.en.html": page(english),
        "report.csv": table(report),
        "junit.xml": junit(report),
    }
    return {name: text.encode("utf-8") for name, text in texts.items()} | {"report.pdf": pdf(norwegian)}
