"""The contract of device types: run over the registry, so that a new file is tested without a new test."""

from __future__ import annotations

import orjson
import pytest

from devices_sim.device import Device, Example
from devices_sim.happening import Alert, Report
from devices_sim.message.vocabulary import ALERT_NAMES, DISPENSE_NAMES
from devices_sim.rates import load_rates
from devices_sim.town import SERVICES
from tests.devices.worlds import ALL_DEVICES, a_message, emitted, findings

EXAMPLES = [
    pytest.param(device, example, id=f"{name}: {example.title}")
    for name, device in ALL_DEVICES.items()
    for example in device.examples
]


def _codes(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["code"]} if isinstance(value.get("code"), str) else set()
        return own.union(*map(_codes, value.values()), set())
    if isinstance(value, list):
        return set().union(*map(_codes, value), set())
    return set()


@pytest.mark.parametrize(("device", "example"), EXAMPLES)
def test_an_example_is_the_message_that_it_says_and_valid_at_every_level(device: Device, example: Example) -> None:
    message = a_message(device.name, example.what)
    resource = orjson.loads(message.payload)
    assert resource["resourceType"] == example.resource_type == message.resource_type
    assert set(example.codes) <= _codes(resource)
    assert findings(message, "vkp") == []
    assert findings(message, "jft") == []


@pytest.mark.parametrize("device", ALL_DEVICES.values(), ids=ALL_DEVICES.keys())
def test_a_device_type_says_what_it_is_and_follows_rates_that_exist(device: Device) -> None:
    rates = load_rates().rows
    assert device.name in ALL_DEVICES
    assert device.title
    assert device.description.endswith(".")
    assert device.service in SERVICES
    assert set(device.rates) <= rates.keys()
    assert device.share is None or device.share in rates
    assert set(device.codes) <= ALERT_NAMES.keys()
    assert set(device.dispense_codes) <= DISPENSE_NAMES.keys()
    assert device.examples


def test_no_two_device_types_number_their_equipment_alike() -> None:
    prefixes = [device.prefix for device in ALL_DEVICES.values()]
    assert len(set(prefixes)) == len(prefixes)


def test_every_alert_and_dispense_code_is_sent_by_some_device_type() -> None:
    alerts = {code for device in ALL_DEVICES.values() for code in device.codes}
    dispenses = {code for device in ALL_DEVICES.values() for code in device.dispense_codes}
    assert alerts == ALERT_NAMES.keys()
    assert dispenses == DISPENSE_NAMES.keys()


def test_a_device_type_sends_only_the_codes_that_it_declares() -> None:
    for emission in emitted(hours=48):
        if emission.source and isinstance(emission.source.what, Alert | Report):
            assert emission.source.what.code in emission.source.kit.device.codes
