"""Codes shown by name. Where the sender's words and the code disagree, the words stand first and the name after."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from hub.journal.elements import Element, objects, text
from hub.journal.names import PLAIN, means, name_of

_MARK = "kodens navn"


def concept(value: object, *, system: str = "") -> str:
    """A CodeableConcept, Coding or lone text as Norwegian words; empty when it says nothing.

    `system` is the code system that the element is bound to: it serves a code that came without one, which is marked.
    """
    if isinstance(value, str):
        return _lone(value.strip(), system)
    return "; ".join(shown for one in objects(value) if (shown := _one(one, system)))


def name(value: object, *, system: str = "") -> str:
    """As `concept`, but without marks: the sender's words where they differ from the code, else the code's name."""
    for one in objects(value):
        if agreed := _agreed(one):
            return agreed
        words, names, _ = _said_and_named(one, system)
        if words or names:
            return next(iter([w for w in words if w] or names))
    return text(value)


def plain(value: object) -> str:
    """A FHIR status code by name; an unknown one as it came."""
    sent = text(value)
    return PLAIN.get(sent, sent)


def codes(value: object) -> set[str]:
    """The bare codes in a CodeableConcept, Coding or list of them."""
    return {code for one in objects(value) for c in _codings(one) if (code := text(c.get("code")))}


def contrast(words: str, named: str) -> str:
    """The sender's `words`, with the code's name marked after them where the two differ."""
    if not words or not named:
        return words or named
    return words if _same(words, named) else f"{words} ({_MARK}: {named})"


def _lone(sent: str, system: str) -> str:
    return (name_of(system, sent) if system and sent else None) or sent


def _one(value: Element, system: str) -> str:
    return _agreed(value) or _contrasted(value, system)


def _agreed(value: Element) -> str:
    """The code's name where there is one code, known, and nothing is said against it: the common case, made short."""
    codings = value.get("coding")
    if not isinstance(codings, list) or len(codings) != 1 or not isinstance(codings[0], dict) or "text" in value:
        return ""
    get = codings[0].get
    system, code, display = get("system"), get("code"), get("display")
    if not isinstance(system, str) or not isinstance(code, str):
        return ""
    known = name_of(system, code)
    return known if known and (display is None or display == known) else ""


def _contrasted(value: Element, system: str) -> str:
    words, names, unnamed = _said_and_named(value, system)
    if not words:
        return " / ".join([*names, *(() if names else unnamed)])
    if not names or all(any(_same(w, n) for w in words) for n in names):
        return " / ".join(words)
    return f"{' / '.join(words)} ({_MARK}: {' / '.join(names)})"


Coded = tuple[str, str, str]
Sorted = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _said_and_named(value: Element, system: str) -> Sorted:
    """The sender's words that are not mere synonyms, the names of the codes, and codes that have no name."""
    said = text(value.get("text"))
    codings = tuple([(text(c.get("system")), text(c.get("code")), text(c.get("display"))) for c in _codings(value)])
    is_short = len(said) + sum([len(display) for _, _, display in codings]) < _LONGEST_KEPT
    return _sorted_out(said, codings, system) if is_short else _sorted_out.__wrapped__(said, codings, system)


_LONGEST_KEPT = 400


@lru_cache(maxsize=2_000)
def _sorted_out(said: str, codings: tuple[Coded, ...], system: str) -> Sorted:
    """See `_said_and_named`. Kept, since devices say the same of themselves in every message."""
    words, names, unnamed = [said], [], []
    for where, code, display in codings:
        known = name_of(where or system, code) if code else None
        own = display
        if known:
            names.append(known if where else f"{known} (kodeverk ikke oppgitt)")
            own, words[0] = _unless_meant(where, code, display), _unless_meant(where, code, words[0])
        elif code:
            unnamed.append(f"kode {code} uten kjent navn")
        words.append(own)
    return tuple(_distinct(words)), tuple(_distinct(names)), tuple(unnamed)


def _unless_meant(system: str, code: str, words: str) -> str:
    return "" if words and means(system, code, words) else words


def _codings(value: Element) -> list[Element]:
    inner = objects(value.get("coding"))
    return inner or ([value] if "code" in value or "display" in value else [])


def _same(one: str, other: str) -> bool:
    return one == other or one.strip(" .:").casefold() == other.strip(" .:").casefold()


def _distinct(texts: Iterable[str]) -> list[str]:
    found: list[str] = []
    for t in texts:
        if t and not any(_same(t, f) for f in found):
            found.append(t)
    return found
