"""The report as documents: a page that needs nothing else, and a PDF."""

from __future__ import annotations

from hub.rehearsal.documents.html import page, security
from hub.rehearsal.report import Report

__all__ = ["page", "pdf", "security"]


def pdf(report: Report) -> bytes:
    """The report as PDF. What makes it is heavy, and is imported when somebody asks, not when the hub starts."""
    from hub.rehearsal.documents import pdf_sheet

    return pdf_sheet.pdf(report)
