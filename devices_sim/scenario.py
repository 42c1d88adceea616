"""Scenarios: what is different from a normal day, as a TOML file of ten lines, checked as a whole with line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from devices_sim.rates import load_rates
from hub.model.errors import ConfigurationError
from hub.model.toml_text import TomlText, text_of
from hub.model.validation import Place

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
    own = f"; prosjektets egne scenarier er {', '.join(scenario_files())}"
    return parse_scenario(text_of(path, named=str(path), hint=own), devices=devices)


def parse_scenario(text: str, *, devices: Mapping[str, object]) -> Scenario:
    """The scenario written as `text`. Raises ConfigurationError with every fault, each with its line."""
    written = TomlText.parse(text)
    faults = [written.fault(at, said) for at, said in _unknown_names(written.table, devices)]
    try:
        scenario = Scenario.model_validate(written.table)
    except ValidationError as error:
        raise ConfigurationError([*faults, *(written.refusal(dict(e)) for e in error.errors())]) from error
    if faults:
        raise ConfigurationError(faults)
    return scenario


def _unknown_names(table: Mapping[str, Any], devices: Mapping[str, object]) -> Iterator[tuple[Place, str]]:
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
