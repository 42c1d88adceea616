"""Whatever a message holds: it is taken or rejected with findings, and nobody else's message waits for it."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from hub.ingest import accepting
from hub.ingest.accepting import examine
from hub.model.errors import RejectedMessage
from hub.model.event import Event, Inbound
from hub.model.person import without_identity_numbers
from hub.store import schema
from tests.ingest.intake import NOW, intake, rules, settings
from tests.messages import LINE, MUNICIPALITY, SENDER, Json, alarm, composition, document, follow_up, observation, raw

_RULES = rules(settings())
_SAMPLES = (
    alarm(),
    observation(),
    follow_up(),
    document("d", composition(), alarm(), {"resourceType": "Device", "identifier": [{"value": "x"}]}),
)
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(
        ["#", "#a", "urn:uuid:", ":", "DetectedIssue/1", "2026", "9999-12-31T23:59:59-14:00", "\x1f", LINE]
    ),
)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
_NAME_LIST = """resourceType identifier system value reference type entry resource fullUrl meta lastUpdated timestamp
    date code coding subject patient author section text event period start identifiedDateTime id contained"""
_NAMES = st.sampled_from(_NAME_LIST.split())


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, child in items for found in ((*path, key), *_places(child, (*path, key)))]


@st.composite
def _bent(draw: st.DrawFn) -> Json:
    """A sound message with some of its places replaced, renamed or added to."""
    message = deepcopy(draw(st.sampled_from(_SAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(_places(message) or [("resourceType",)]))
        holder = message
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = draw(_VALUES)
        if isinstance(holder, dict):
            holder[draw(_NAMES)] = draw(_VALUES)
    return message


@hypothesis_settings(max_examples=400)
@given(_bent())
def test_examining_a_message_gives_a_candidate_or_findings_and_never_anything_else(message: Json) -> None:
    inbound = Inbound("mqtt", MUNICIPALITY, SENDER, "dev", raw(message), NOW)
    event, error = None, None
    try:
        event = examine(inbound, _RULES).event
    except RejectedMessage as rejection:
        error = rejection
    if error is not None:
        assert any(f.is_error for f in error.findings)
        assert without_identity_numbers(str(error)) == str(error)
    if event is not None:
        assert event.identity.startswith(MUNICIPALITY)
        assert all(len(key) < 1_500 for key in (event.identity, *event.own_keys, *event.reference_keys))


@hypothesis_settings(max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_examined_without_ado(payload: bytes) -> None:
    with pytest.raises(RejectedMessage):
        examine(Inbound("mqtt", MUNICIPALITY, SENDER, "dev", payload, NOW), _RULES)


async def test_a_message_that_the_hub_itself_stumbles_over_is_kept_aside(
    store: Path | str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumbling(resource: Json, inbound: Inbound) -> Event:
        if resource.get("identifier", [{}])[0].get("value") == "poison":
            raise ZeroDivisionError(LINE)
        return accepting_identify(resource, inbound)

    accepting_identify = accepting.identify
    monkeypatch.setattr(accepting, "identify", stumbling)
    async with intake(store) as hub:
        outcomes = await hub.together(observation("a"), observation("poison"), observation("b"))
        assert [o.code for o in outcomes] == ["accepted", "rejected", "accepted"]
        assert outcomes[1].findings[0].rule == "hub-fault"
        (kept,) = await hub.rows(schema.quarantine)
        assert bytes(kept.raw) == raw(observation("poison"))
    assert LINE not in caplog.text


async def test_a_message_that_cannot_be_stored_is_kept_aside_and_the_others_of_its_batch_are_taken(
    store: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    accepting_identify = accepting.identify

    def unstorable(resource: Json, inbound: Inbound) -> Event:
        event = accepting_identify(resource, inbound)
        if event.identifier_value == "poison":
            return replace(event, device="\ud800")
        return event

    monkeypatch.setattr(accepting, "identify", unstorable)
    async with intake(store) as hub:
        outcomes = await hub.together(observation("a"), observation("poison"), observation("b"))
        assert [o.code for o in outcomes] == ["accepted", "rejected", "accepted"]
        counts = await hub.counts()
        assert (counts["received"], counts["accepted"], counts["rejected"], counts["cases"]) == (3, 2, 1, 2)


async def test_names_in_a_topic_may_be_as_long_as_mqtt_lets_them(store: Path | str) -> None:
    async with intake(store) as hub:
        for more in ({"sender": "x" * 60_000}, {"municipality": "9" * 60_000}, {"device": "d" * 60_000}):
            outcome = await hub.ingest.submit(hub.inbound(alarm(), **more))
            assert outcome.code in {"accepted", "rejected"}
        assert (await hub.counts())["received"] == 3
