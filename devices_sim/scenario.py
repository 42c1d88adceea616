"""Scenarios: what is different from a normal day, as a TOML file of ten lines, checked as a whole with line numbers."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from devices_sim.rates import load_rates
from hub.model.errors import ConfigurationError, ConfigurationFault

FOLDER = Path(__file__).with_name("scenarios")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError("må være et klokkeslett som «07:30»")
    return text


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("må ha tidssone, for eksempel 2026-10-24T20:00:00+02:00")
    return moment


Clock = Annotated[str, AfterValidator(_clock)]
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=7 * 86_400)]
FaultKind = Literal[
    "drop",
    "delay",
    "duplicate",
    "renumber",
    "reorder",
    "corrupt",
    "replay_yesterday",
    "flood",
    "outage",
    "going_live",
]
Corruption = Literal["cut", "latin1", "no_patient", "bad_identity_number", "wrong_type", "unknown_resource", "too_big"]
#: What `corrupt` does unless it says how. Not `too_big`: some brokers hang up on a message of over 1 MB.
CORRUPTIONS: tuple[Corruption, ...] = (
    "cut",
    "latin1",
    "no_patient",
    "bad_identity_number",
    "wrong_type",
    "unknown_resource",
)


class Section(BaseModel):
    """A table of the file: frozen, and a key that it does not know is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FaultSettings(Section):
    """Something that happens to messages on their way: what, when, to whose, how many of them.

    `from` and `to` are Norwegian clock times of every date (or of date number `day`, from 1, only); a time `to` that
    is before `from` is the next morning's. `senders` are patterns with `*`, `devices` names of device types or
    `response_centre`, `share` the share of the equipment, `probability` the chance of each message. `seconds` is
    how long: at the most so late, so far out of order, between copies, or for a held-up burst to be over.
    """

    kind: FaultKind
    begins: Clock = Field(default="00:00", alias="from")
    ends: Clock = Field(default="24:00", alias="to")
    day: int | None = Field(default=None, ge=1)
    municipalities: tuple[str, ...] = ()
    senders: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    districts: tuple[Annotated[int, Field(ge=0, le=9)], ...] = ()
    share: Share = 1.0
    probability: Share = 1.0
    seconds: Seconds = 60.0
    times: int = Field(default=1, ge=1, le=10_000)
    how: tuple[Corruption, ...] = CORRUPTIONS

    def hits_sender(self, sender: str) -> bool:
        """Whether messages of `sender` are meant."""
        return not self.senders or any(fnmatchcase(sender, pattern) for pattern in self.senders)


class CentreSettings(Section):
    """The response centre: the share of its usual staff that is at work."""

    staff: float = Field(default=1.0, gt=0, le=10)


class Scenario(Section):
    """What is different. Without anything it is a normal day in NHN's test municipality.

    `municipalities` are municipality or organisation numbers; `norway` takes all 357.
    """

    name: str = Field(min_length=1, max_length=80)
    description: str = ""
    start: Annotated[datetime, AfterValidator(_aware)] | None = None
    hours: float = Field(default=24, gt=0, le=24 * 366)
    norway: bool = False
    municipalities: tuple[str, ...] = ()
    rates: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = {}
    response_centre: CentreSettings = CentreSettings()
    fault: tuple[FaultSettings, ...] = ()

    @model_validator(mode="after")
    def _one_place(self) -> Scenario:
        if self.norway and self.municipalities:
            raise ValueError("norway og municipalities kan ikke brukes sammen")
        return self


NORMAL = Scenario(name="Vanlig dag")


def scenario_files() -> dict[str, Path]:
    """The project's own scenarios by the name of their file."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}


def load_scenario(path: Path, *, devices: Mapping[str, object]) -> Scenario:
    """The scenario in a file. Raises ConfigurationError with every fault; `devices` are the known device types."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([ConfigurationFault(0, str(path), _why_unread(error))]) from error
    return parse_scenario(text, devices=devices)


def _why_unread(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "er ikke tekst i UTF-8"
    own = ", ".join(scenario_files())
    return f"kan ikke leses: {error.strerror}; prosjektets egne scenarier er {own}"


def parse_scenario(text: str, *, devices: Mapping[str, object]) -> Scenario:
    """The scenario written as `text`. Raises ConfigurationError with every fault, each with its line."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        fault = ConfigurationFault(int(found[1]) if found else 0, "", f"ikke gyldig TOML ({error})")
        raise ConfigurationError([fault]) from error
    lines = _Lines(text)
    faults = [ConfigurationFault(lines.of(at), _dotted(at), said) for at, said in _unknown_names(table, devices)]
    try:
        scenario = Scenario.model_validate(table)
    except ValidationError as error:
        found_faults = [_fault(dict(e), lines) for e in error.errors()]
        raise ConfigurationError([*faults, *found_faults]) from error
    if faults:
        raise ConfigurationError(faults)
    return scenario


_Path = tuple[str | int, ...]


def _unknown_names(table: Mapping[str, Any], devices: Mapping[str, object]) -> Iterator[tuple[_Path, str]]:
    """Names that must exist elsewhere: rates and device types. Takes the table unchecked."""
    known_rates = load_rates().values
    rates = table.get("rates")
    for key in rates if isinstance(rates, dict) else ():
        if key not in known_rates:
            yield ("rates", key), f"finnes ikke i tabellen over rater{_nearest(key, known_rates)}"
    known = {*devices, "response_centre"}
    for i, fault in enumerate(table.get("fault") or () if isinstance(table.get("fault"), list) else ()):
        named = fault.get("devices") if isinstance(fault, dict) else None
        for name in named if isinstance(named, list) else ():
            if name not in known:
                yield ("fault", i, "devices"), f"{name!r} er ingen enhetstype{_nearest(str(name), known)}"


def _nearest(word: str, known: Mapping[str, object] | set[str]) -> str:
    # Imported here, since only a fault needs it.
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1)
    return f" (mente du {close[0]!r}?)" if close else ""


_NORWEGIAN = {
    "missing": "mangler",
    "extra_forbidden": "ukjent nøkkel",
    "string_type": "må være tekst i anførselstegn",
    "bool_type": "må være true eller false",
    "int_type": "må være et heltall",
    "int_from_float": "må være et heltall",
    "float_type": "må være et tall",
    "tuple_type": "må være en liste",
    "dict_type": "må være en tabell",
    "model_type": "må være en tabell",
    "finite_number": "må være et tall som ikke er uendelig",
    "greater_than": "må være større enn {gt}",
    "greater_than_equal": "må være minst {ge}",
    "less_than_equal": "kan ikke være over {le}",
    "string_too_short": "kan ikke være tom",
    "string_too_long": "kan ikke ha over {max_length} tegn",
    "datetime_type": "må være et tidspunkt",
    "datetime_parsing": "må være et tidspunkt",
    "datetime_from_date_parsing": "må være et tidspunkt",
}


def _fault(error: dict[str, Any], lines: _Lines) -> ConfigurationFault:
    at: _Path = error["loc"]
    known = _NORWEGIAN.get(error["type"])
    text = known.format(**error.get("ctx", {})) if known else str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "literal_error":
        text = f"må være en av {error['ctx']['expected'].replace(' or ', ' eller ')}"
    return ConfigurationFault(lines.of(at), _dotted(at), text)


def _dotted(at: _Path) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in at).lstrip(".")


class _Lines:
    """On which line each key and table of a TOML text stands."""

    def __init__(self, text: str) -> None:
        self._lines: dict[_Path, int] = {}
        table: _Path = ()
        count: Counter[str] = Counter()
        for number, line in enumerate(text.splitlines(), 1):
            if header := re.match(r"\s*\[(\[?)\s*([\w.]+)\s*\]", line):
                name = header[2]
                table = (name, count[name]) if header[1] else tuple(name.split("."))
                count[name] += bool(header[1])
                self._lines.setdefault(table, number)
            elif key := re.match(r"\s*(?:\"([^\"]+)\"|([\w\-]+))\s*=", line):
                self._lines.setdefault((*table, key[1] or key[2]), number)

    def of(self, at: _Path) -> int:
        """The line of `at`, or of the nearest that holds it; 0 for the file as a whole."""
        while at and at not in self._lines:
            at = at[:-1]
        return self._lines.get(at, 0)
