"""SCAIP's own messages: the alarm unit's request (`mrq`) and the receiver's answer (`mrs`), as XML."""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat
from xml.sax.saxutils import escape

from connectors.scaip import codes

KIND = "application/scaip+xml"
_MAX = 16 * 1024


class NotScaip(ValueError):
    """The text is no SCAIP request. `answer` is the status number that the unit should get."""

    def __init__(self, text: str, answer: str) -> None:
        super().__init__(text)
        self.answer = answer


def read_request(raw: bytes) -> Mapping[str, str]:
    """The elements of a request by their short names (`ref`, `cid`, `dty`, `stc` …), empty ones left out.

    Raises NotScaip. No document type, so no entities: a parser must not be talked into fetching or unfolding things.
    """
    if len(raw) > _MAX:
        raise NotScaip("the message is too long", "1")
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.text, _refuse
    try:
        parser.Parse(raw, True)
    except NotScaip:
        raise
    except (expat.ExpatError, ValueError, LookupError) as e:  # the latter of encodings that expat can't be taught
        raise NotScaip("the message is no XML", "2") from e
    if reader.root != "mrq":
        raise NotScaip("the message is no request", "2")
    said = {name: value.strip() for name, value in reader.elements.items() if value.strip()}
    if missing := {"cid", "dty"} - said.keys():
        raise NotScaip(f"missing: {', '.join(sorted(missing))}", "7")
    return said


def is_event(said: Mapping[str, str]) -> bool:
    """Whether a request tells of something that happened to a person, and not of the unit itself."""
    if said.get("mty", "ME") != "ME":
        return False
    status = said.get("stc", "")
    return status not in codes.CONDITIONS and status not in codes.ALL_WELL


def device_of(said: Mapping[str, str]) -> str:
    """The equipment's number: the unit's, and its own where it has one."""
    return f"{said['cid']}-{said['did']}" if "did" in said else said["cid"]


class _Reader:
    """Collects the texts of the elements right under the root."""

    def __init__(self) -> None:
        self.root = ""
        self.elements: dict[str, str] = {}
        self._path: list[str] = []

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self.root = self.root or name
        self._path.append(name)

    def text(self, data: str) -> None:
        if len(self._path) == 2:
            self.elements[self._path[1]] = self.elements.get(self._path[1], "") + data

    def end(self, _name: str) -> None:
        self._path.pop()


def _refuse(*_declaration: object) -> None:
    raise NotScaip("a document type is not allowed", "2")


def write_answer(reference: str, status: str, text: str = "") -> bytes:
    """The answer to the request `reference` with a status number, and words for a technician."""
    words = f"<ste>{escape(text)}</ste>" if text else ""
    answer = f"<mrs><ref>{escape(reference)}</ref><snu>{status}</snu>{words}</mrs>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{answer}'.encode()
