"""The contract of every connector, ours and other people's: whatever is registered is tested here."""

from __future__ import annotations

import re
from datetime import timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import Connector, MemoryTransport
from connectors.composing import Sender, compose
from connectors.vendor import Example, NotUnderstood, VendorConnector
from hub.fhir.checking import check
from hub.fhir.parsing import EVENT_TYPES
from hub.model.codes import ServiceCode
from hub.model.person import NumberKind, number_kind
from hub.plugins import CONNECTORS, discover

FOUND: dict[str, type[VendorConnector]] = discover(CONNECTORS)
EXAMPLES = [
    pytest.param(kind, example, id=f"{kind.name}: {example.name}")
    for kind in FOUND.values()
    for example in kind.examples
]
SENDER = Sender("314159265", "Acme_Prove_Testvik")


def test_the_four_examples_are_found() -> None:
    assert {"alarm_webhook", "csv_drop_folder", "dispenser_cloud", "scaip_bridge"} <= FOUND.keys()


@pytest.mark.parametrize("kind", FOUND.values(), ids=FOUND.keys())
class TestEveryConnector:
    def test_is_a_connector_with_examples_and_known_service_codes(self, kind: type[VendorConnector]) -> None:
        assert issubclass(kind, VendorConnector)
        assert issubclass(kind, Connector)
        assert any(example.events for example in kind.examples)
        assert {ServiceCode(code) for code in kind.service_codes}

    def test_has_a_docstring_that_says_where_its_messages_come_from(self, kind: type[VendorConnector]) -> None:
        assert kind.__doc__
        assert kind.translate.__doc__

    def test_refuses_what_it_does_not_understand_without_repeating_it(self, kind: type[VendorConnector]) -> None:
        for garbage in (b"", b"12345678901", b"\xff\xfe\x00", b"{}", b"[]", b"<x/>", b'"04837299881"' * 10):
            with pytest.raises(NotUnderstood) as refused:
                kind.translate(garbage)
            assert not re.search(r"\d{6,}", str(refused.value))

    @given(data=st.data())
    def test_never_fails_in_another_way_whatever_the_bytes_are(
        self, kind: type[VendorConnector], data: st.DataObject
    ) -> None:
        start = data.draw(st.sampled_from([example.payload for example in kind.examples]))
        at = data.draw(st.integers(0, len(start)))
        upto = data.draw(st.integers(at, min(len(start), at + 20)))
        bent = start[:at] + data.draw(st.binary(max_size=8)) + start[upto:]
        try:
            for event in kind.translate(bent):
                compose(event, SENDER, takes=EVENT_TYPES)
        except NotUnderstood:
            pass


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
class TestEveryExample:
    def test_is_translated_as_it_says(self, kind: type[VendorConnector], example: Example) -> None:
        assert tuple(kind.translate(example.payload)) == example.events
        assert tuple(kind.translate(example.payload)) == example.events

    def test_becomes_fhir_with_nothing_wrong(self, kind: type[VendorConnector], example: Example) -> None:
        for event in example.events:
            resource = orjson.loads(compose(event, SENDER, takes=EVENT_TYPES).payload)
            assert check(resource, level="jft", now=event.at + timedelta(hours=1), mode="test") == ()

    def test_names_synthetic_people_only(self, kind: type[VendorConnector], example: Example) -> None:
        for number in re.findall(rb"(?<!\d)\d{11}(?!\d)", example.payload):
            assert number_kind(number.decode()) is NumberKind.SYNTHETIC

    async def test_told_twice_is_registered_once(self, kind: type[VendorConnector], example: Example) -> None:
        hub = MemoryTransport()
        async with kind(hub, municipality="314159265", sender="Acme_Prove_Testvik") as connector:
            for _ in range(2):
                told = await connector.take(example.payload)
                assert all([(await t.answered()).receipt == "accepted" for t in told])
        assert len(hub.received) == len(example.events) == hub.sends
