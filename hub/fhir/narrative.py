"""The XHTML that a resource tells its story in: only simple formatting, nothing that can run.

R4 allows the formatting of HTML's text chapters and pictures; not head, body, forms, frames, links to style
sheets, event attributes or scripts.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from hub.fhir.drafts import Context, Draft, Drafts, mistyped

_DANGEROUS = re.compile(
    r"<\s*/?\s*(?:\w+:)?(?:script|iframe|frame|frameset|object|embed|applet|form|input|button|textarea|select|link|base"
    r"|head|body|html|meta|svg|math)\b"
    r"|<[^>]*[\s/\"'](?:xlink:)?on[a-z]+\s*="
    r"|=[\s\"']*(?:javascript|vbscript|livescript|data:text/html)",
    re.IGNORECASE,
)
#: What browsers overlook inside an address: "java\nscript:".
_BLANKS = re.compile(r"[\t\r\n\x00]")
_DIV = re.compile(r"\s*<div[\s>/]")
_PLAIN = re.compile(r'<div xmlns="http://www\.w3\.org/1999/xhtml">[^<&]*(?:<(?:br|br )/>[^<&]*)*</div>')
_NAMESPACE = "http://www.w3.org/1999/xhtml"
_ENTITIES = re.compile(r"&(?!#|amp;|lt;|gt;|quot;|apos;)\w+;")


def xhtml(value: object, context: Context) -> Drafts:
    """The `div` of a narrative: XHTML in one div, well formed, with nothing in it that can run."""
    if type(value) is not str:
        return [mistyped(value, "xhtml")]
    if _PLAIN.fullmatch(value) and value.isprintable():
        return None if _has_text(value) else [Draft("empty", "r4-txt-2")]
    if not value or value.isspace():
        return [Draft("empty", "r4-empty")]
    plain = _unescaped(value)
    if _DANGEROUS.search(plain) or _DANGEROUS.search(_BLANKS.sub("", plain)):
        return [Draft("script", "r4-txt-1-script")]
    if not _DIV.match(value):
        return [Draft("narrative", "r4-txt-1", expected="<div …>…</div>")]
    return _form(value)


def _form(value: str) -> Drafts:
    if "<!" in value.replace("<!--", "") or not _well_formed(_ENTITIES.sub(" ", value)):
        return [Draft("narrative-loose", "r4-txt-1-well-formed")]
    if _NAMESPACE not in value:
        return [Draft("narrative-loose", "r4-txt-1-namespace", expected=_NAMESPACE)]
    return None if _has_text(value) or "<img" in value else [Draft("empty", "r4-txt-2")]


def _has_text(value: str) -> bool:
    return bool(re.sub(r"<[^>]*>", "", value).strip())


def _unescaped(value: str) -> str:
    return re.sub(r"&#(?:x([0-9a-fA-F]{1,5})|(\d{1,6}));", _character, value)


def _character(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    return chr(number) if number < 0x110000 and chr(number) not in "<>" else " "


def _well_formed(value: str) -> bool:
    try:
        expat.ParserCreate().Parse(value.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return False
    return True
