"""Lines of text as FHIR narrative: escaped XHTML, one paragraph a line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

_OPEN = '<div xmlns="http://www.w3.org/1999/xhtml"><p>'
_CLOSE = "</p></div>"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def div(lines: Iterable[str]) -> str:
    """The lines as a `div`; a character that XML cannot hold becomes the replacement character."""
    text = _FORBIDDEN.sub("\ufffd", "\n".join(lines))
    return f"{_OPEN}{escape(text, quote=False).replace(chr(10), '</p><p>')}{_CLOSE}"
