"""The report of a conformance run: every form of it, signed, and the way to tell whether one was changed."""

from hub.conformance.report.json_form import read_report
from hub.conformance.report.signing import default_key_path, signing_key
from hub.conformance.report.verifying import Trust, Verified, verify_report
from hub.conformance.report.writing import write_report

__all__ = [
    "Trust",
    "Verified",
    "default_key_path",
    "read_report",
    "signing_key",
    "verify_report",
    "write_report",
]
