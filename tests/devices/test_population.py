from __future__ import annotations

from collections import Counter

import pytest

from devices_sim.norway import municipalities, norway, one_town
from devices_sim.population import Population, populate
from devices_sim.resident import AGES_OF_YEAR
from devices_sim.town import town
from hub.model.errors import ConfigurationError
from hub.model.person import NumberKind, number_kind, organisation_number_is_valid
from tests.devices.worlds import ALL_DEVICES, RATES


@pytest.fixture(scope="module")
def country() -> Population:
    return populate(norway(RATES), seed=1, rates=RATES, devices=ALL_DEVICES)


def test_there_are_357_municipalities_with_valid_organisation_numbers() -> None:
    rows = municipalities()
    assert len(rows) == 357
    assert all(organisation_number_is_valid(row.organisation_number) for row in rows)
    assert len({row.number for row in rows}) == 357


@pytest.mark.parametrize(
    "service", ["safety_alarm", "digital_supervision", "medication_dispenser", "remote_monitoring"]
)
def test_recipients_are_shared_out_to_the_last_one(service: str) -> None:
    towns = norway(RATES)
    total = round(RATES[f"recipients.{service}"] * RATES["recipients.growth"])
    assert sum(t.recipients[service] for t in towns) == total


def test_the_country_has_at_least_120_000_residents(country: Population) -> None:
    assert 120_000 <= country.size <= 130_000


def test_recipients_by_service_are_those_of_the_national_figures(country: Population) -> None:
    services = Counter(
        service for people in country.residents.values() for r in people for service in {kit.service for kit in r.kits}
    )
    for service, recipients in services.items():
        expected = RATES[f"recipients.{service}"] * RATES["recipients.growth"]
        assert abs(recipients - expected) <= expected * 0.005 + 1, service


def test_seven_in_ten_are_80_or_more(country: Population) -> None:
    older = sum(AGES_OF_YEAR - r.birth_year >= 80 for people in country.residents.values() for r in people)
    assert abs(older / country.size - RATES["people.aged_80_or_more"]) < 0.01


def test_every_identity_number_is_synthetic_valid_and_nobody_elses(country: Population) -> None:
    numbers = [r.identity for people in country.residents.values() for r in people]
    assert len(set(numbers)) == len(numbers)
    assert all(number_kind(n) is NumberKind.SYNTHETIC for n in numbers[::50])
    assert all(81 <= int(n[2:4]) <= 92 for n in numbers)


def test_equipment_is_numbered_uniquely_within_its_municipality(country: Population) -> None:
    for people in country.residents.values():
        ids = [kit.id for r in people for kit in r.kits]
        assert len(set(ids)) == len(ids)


def test_everybody_has_some_equipment(country: Population) -> None:
    assert all(r.kits for people in country.residents.values() for r in people)


def test_senders_are_unique_and_can_stand_in_a_topic() -> None:
    senders = [sender for place in norway(RATES) for sender in place.senders]
    assert len(set(senders)) == len(senders)
    assert all(sender.isascii() and sender.replace("_", "").isalnum() for sender in senders)


def test_a_municipality_is_found_by_either_of_its_numbers() -> None:
    assert one_town("0301", RATES) == one_town("958935420", RATES)
    assert one_town("314159265", RATES).name == "Testvik"


def test_an_unknown_municipality_is_named_in_the_error() -> None:
    with pytest.raises(ConfigurationError, match="9999"):
        one_town("9999", RATES)


def test_neighbours_share_a_district_and_partners_a_household() -> None:
    place = town("314159265", "Testvik", {"safety_alarm": 400})
    people = populate([place], seed=1, rates=RATES, devices=ALL_DEVICES).residents["314159265"]
    homes = Counter(r.household for r in people)
    assert 0.05 < sum(count > 1 for count in homes.values()) / len(homes) < 0.3
    assert {r.district for r in people} == set(range(10))


def test_people_do_not_depend_on_who_else_is_asked_for() -> None:
    one, other = town("314159265", "A", {"safety_alarm": 50}), town("310000019", "B", {"safety_alarm": 50})
    alone = populate([one], seed=1, rates=RATES, devices=ALL_DEVICES)
    first = populate([one, other], seed=1, rates=RATES, devices=ALL_DEVICES)
    assert alone.residents["314159265"] == first.residents["314159265"]
