"""What a reader sees of a value: a mark for a result, a local time, a text without what can't be seen."""

from __future__ import annotations

import re
from datetime import datetime

from hub.conformance.results import Result
from hub.model.clock import OSLO

MARKS = {
    Result.PASS: "good",
    Result.FAIL: "bad",
    Result.ERROR: "bad",
    Result.SKIP: "quiet",
    Result.OMIT: "quiet",
    Result.WAIT: "warn",
}


def visible(text: str) -> str:
    """`text` with characters that can't be seen, and that XML can't hold, as the pictures that Unicode has of them."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]", _picture, text.replace("\r\n", "\n"))


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def local(moment: datetime) -> str:
    """A time as a person in Norway reads it."""
    return f"{moment.astimezone(OSLO):%d.%m.%Y %H:%M:%S}"
