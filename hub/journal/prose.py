"""The sender's own text, whole, as plain lines: markup is taken off, words and line breaks stay."""

from __future__ import annotations

import html
import re

from hub.journal.elements import element, text

_BREAK = re.compile(r"<\s*/?\s*(?:br|p|div|li|tr|ul|ol|table|h[1-6])\b[^>]*>", re.IGNORECASE)
_CELL = re.compile(r"</\s*t[dh]\s*>", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|</?[A-Za-z][^>]*>", re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]+")


def lines(value: object) -> tuple[str, ...]:
    """A plain text as lines, without empty ones."""
    return tuple(kept for line in text(value).splitlines() if (kept := line.strip()))


def narrative(value: object) -> tuple[str, ...]:
    """A FHIR Narrative (or its `div`, or plain text) as lines."""
    div = text(element(value).get("div")) or text(value)
    if "<" not in div and "&" not in div:
        return lines(div)
    broken = _BREAK.sub("\x00", _CELL.sub(" ", div))
    words = _SPACE.sub(" ", _TAG.sub("", broken)) if "<pre" not in div else _TAG.sub("", broken).replace("\n", "\x00")
    return tuple(kept for line in words.split("\x00") if (kept := html.unescape(line).strip()))
