"""The report as documents: a page that needs nothing else, and a PDF."""

from hub.rehearsal.documents.html import page, security
from hub.rehearsal.documents.pdf import pdf

__all__ = ["page", "pdf", "security"]
