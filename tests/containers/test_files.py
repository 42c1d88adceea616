"""What docker-compose.yml, the Dockerfile and Mosquitto's files promise, read from the files."""

from __future__ import annotations

import re

import pytest

from devices_sim.assembly import Wish, assembled
from hub.plugins import EPJ_ADAPTERS, discover
from hub.settings import load
from tests.containers.compose import ONCE, Service, document, services
from tests.optional import ROOT

EVERY = pytest.mark.parametrize("service", services().values(), ids=services())
STAYING = [service for name, service in services().items() if name not in ONCE]


def _settings():
    return load(ROOT / "deploy" / "knutepunkt.toml", adapters=discover(EPJ_ADAPTERS))


@EVERY
def test_no_service_runs_as_root_or_can_become_root(service: Service) -> None:
    user, _, group = service.settings["user"].partition(":")
    assert int(user) > 0
    assert int(group) > 0
    assert service.settings["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service.settings["security_opt"]


@EVERY
def test_every_service_writes_to_its_volumes_only(service: Service) -> None:
    assert service.settings["read_only"] is True


@EVERY
def test_every_image_has_a_whole_version(service: Service) -> None:
    assert re.fullmatch(r"[\w./-]+:\d+\.\d+\.\d+", service.settings["image"])


@pytest.mark.parametrize("service", STAYING, ids=lambda service: service.name)
def test_every_service_that_stays_is_asked_how_it_is(service: Service) -> None:
    check = service.settings["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries"} <= check.keys()
    assert service.settings["restart"] == "unless-stopped"


@EVERY
def test_ports_are_published_on_loopback_only(service: Service) -> None:
    assert all(port.startswith("127.0.0.1:") for port in service.settings.get("ports", []))


@EVERY
def test_what_a_service_mounts_and_waits_for_is_there(service: Service) -> None:
    volumes, known = document()["volumes"], services()
    for source, _ in service.mounts:
        assert (ROOT / source).is_file() if source.startswith(".") else source in volumes
    for other, wish in service.settings.get("depends_on", {}).items():
        ends = wish["condition"] == "service_completed_successfully"
        assert ends == (other in ONCE)
        assert other in known


def test_every_volume_is_used() -> None:
    used = {source for service in services().values() for source, _ in service.mounts}
    assert document()["volumes"].keys() <= used


def test_the_image_is_made_without_root_from_pinned_bases_and_locked_packages() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert all(re.fullmatch(r"python:\d+\.\d+\.\d+-[\w-]+", base) for base in bases)
    assert "--require-hashes -r requirements.lock" in text
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE)[-1] == services()["hub"].settings["user"]


def test_what_the_image_copies_is_there_and_is_sent_to_the_builder() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {name for line in re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE) for name in line.split()}
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)
    assert copied == sent


def test_mosquitto_drops_nothing_and_keeps_what_it_confirmed() -> None:
    lines = (ROOT / "deploy" / "mosquitto" / "mosquitto.conf").read_text(encoding="utf-8").splitlines()
    said = dict(line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))
    assert (said["max_queued_messages"], said["max_queued_bytes"]) == ("0", "0")
    assert int(said["max_inflight_messages"]) >= 1024
    assert (said["persistence"], said["autosave_on_changes"], said["autosave_interval"]) == ("true", "true", "1")
    assert said["allow_anonymous"] == "false"


def test_response_centres_reach_their_own_municipality_only() -> None:
    acl = (ROOT / "deploy" / "mosquitto" / "acl").read_text(encoding="utf-8")
    centres = {s.id: s.municipality for s in _settings().sender if s.id.startswith("Respons_Senter_")}
    allowed = dict(re.findall(r"^user (Respons_\S+)\ntopic read vft/(\d+)/response-centre/alert$", acl, re.MULTILINE))
    assert allowed == centres


def test_the_simulator_plays_senders_that_the_hub_knows() -> None:
    run = assembled(Wish(scenario=str(ROOT / "deploy" / "scenario.toml")))
    played = {(t.organisation_number, sender) for t in run.world.population.towns for sender in t.senders}
    assert played <= {(s.municipality, s.id) for s in _settings().sender}


def test_there_is_an_epj_of_every_kind_where_the_hub_looks_for_it() -> None:
    ports = {s.settings["ports"][0].rpartition(":")[2]: name for name, s in services().items() if "epj" in name}
    looked_for = {m.epj.url.split("//")[1].split("/")[0] for m in _settings().municipality}
    assert looked_for == {f"{name}:{port}" for port, name in ports.items()}
    assert {m.epj.adapter for m in _settings().municipality} == set(discover(EPJ_ADAPTERS))
