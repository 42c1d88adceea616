"""What `up` is asked for and can't do is said at once, before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.app.supervisor import Wishes, running, to_simulate
from hub.model.errors import ConfigurationError
from hub.settings import EXAMPLE, parse

SETTINGS = parse(EXAMPLE, adapters=["fhir_rest"])
REAL = """
mode = "production"
[[municipality]]
organisation_number = "964338531"
name = "Byen"
epj = { adapter = "pull" }
[[sender]]
id = "Acme_Alarm_Byen"
municipality = "964338531"
password_hash = "$2b$11$abcdefghijklmnopqrstuuR8oJk8Gm1G2B3v4N5X6Y7Z8a9b0c1d2"
"""


def test_an_epj_that_fetches_for_itself_is_simulated_in_test_mode_only() -> None:
    assert to_simulate(parse(REAL, adapters=["pull"])) == []
    assert to_simulate(parse(REAL.replace("production", "test"), adapters=["pull"])) == [("964338531", "pull")]
    assert [kind for _, kind in to_simulate(SETTINGS)] == ["fhir_rest"]


@pytest.mark.parametrize("url", ["127.0.0.1:1883", "http://127.0.0.1", "mqtt://", "mqtt://x:hemmelig@127.0.0.1:99999"])
async def test_a_brokers_address_that_is_none_is_told_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match="broker: skal være mqtt://") as raised:
        async with running(Wishes(SETTINGS, tmp_path, broker_url=url)):
            pass
    assert "hemmelig" not in str(raised.value)
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize("where", ["file", "file/below"])
async def test_a_data_directory_that_can_be_none_is_told(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match=r"data-dir: .* er ingen mappe"):
        async with running(Wishes(SETTINGS, tmp_path / where)):
            pass
