"""A whole hub with three municipalities and three kinds of EPJ, started once for the slow tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.cli._own_hub import OwnHub
from hub.cli._rehearsal_door import RehearsalDoor
from hub.plugins import EPJ_ADAPTERS, discover
from hub.settings import parse
from tests.store.fixtures import _tidy_template, postgresql, postgresql_store, store

__all__ = ["_tidy_template", "postgresql", "postgresql_store", "running_hub", "store"]

TESTVIK, SMALL, PULLING = "314159265", "310000000", "310000019"
#: For those who take the course by hand, so that they and the unattended rehearsals never meet.
BY_HAND, BY_HAND_TOO = "310000027", "310000035"
#: Whose EPJ is made to fail.
FAILING = "310000051"
_NAMES = {
    TESTVIK: ("Testvik", "fhir_rest", ("ta", "md", "dt", "gps", "dho")),
    SMALL: ("Øvrefjord", "journal_rest", ("ta", "md")),
    PULLING: ("Prøveby", "pull", ("ta", "gps")),
    BY_HAND: ("Håndvik", "fhir_rest", ("ta", "md")),
    BY_HAND_TOO: ("Kurssund", "journal_rest", ("ta", "md")),
    FAILING: ("Feilvik", "fhir_rest", ("ta",)),
}


def _configured(number: str) -> str:
    name, adapter, codes = _NAMES[number]
    return f"""
[[municipality]]
organisation_number = "{number}"
name = "{name}"
epj = {{ adapter = "{adapter}" }}
[[sender]]
id = "Acme_Alarm_{number}"
municipality = "{number}"
service_codes = {list(codes)}
"""


CONFIGURATION = 'mode = "test"\n' + "".join(map(_configured, _NAMES))


@dataclass(frozen=True)
class RunningHub:
    directory: Path
    door: RehearsalDoor


@pytest.fixture(scope="session")
def running_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    directory = tmp_path_factory.mktemp("rehearsal-hub")
    with OwnHub(parse(CONFIGURATION, adapters=discover(EPJ_ADAPTERS)), directory):
        yield RunningHub(directory, RehearsalDoor.of(directory))
