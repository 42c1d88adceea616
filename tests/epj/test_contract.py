"""The contract with an EPJ, for every adapter and every fault, over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from hub.model.errors import DeliveryFailed, OutcomeUnknown, PatientUnknown, Refused, Unreachable
from hub.model.ports import EpjAdapter

from .conftest import ADAPTERS, WRITING, Running
from .notes import amended, fresh_note


@pytest.mark.parametrize("name", sorted(ADAPTERS))
async def test_what_a_plugin_builds_is_an_adapter(name: str) -> None:
    plugin = ADAPTERS[name]
    built = plugin.build("http://127.0.0.1:9", timeout_s=1, max_in_flight=1, secret=None)
    assert isinstance(built, EpjAdapter)
    assert built.abilities == plugin.abilities
    assert getattr(built, "pulls", False) == plugin.pulls
    await built.aclose()


async def test_a_note_is_registered_and_found_again(epj: Running) -> None:
    note = fresh_note()
    assert await epj.adapter.find(note.key) is None
    written = await epj.adapter.write(note, note.key)
    assert (written.how, written.revision) == ("created", 1)
    found = await epj.adapter.find(note.key)
    assert found is not None
    assert (found.reference, found.revision) == (written.reference, 1)
    stored = (await epj.notes())[0]
    assert (stored["key"], stored["title"], stored["source"]) == (note.key, note.title, note.source)
    assert stored["patient"] == {"system": note.patient.system, "value": note.patient.value}


async def test_an_unread_note_is_replaced(epj: Running) -> None:
    note = fresh_note()
    reference = (await epj.adapter.write(note, note.key)).reference
    changed = await epj.adapter.amend(amended(note), note.key, reference=reference, since=1)
    assert (changed.how, changed.revision, changed.reference) == ("replaced", 2, reference)
    stored = (await epj.notes())[0]
    assert stored["title"] == "Trygghetsalarm – fulgt opp"
    assert [v["how"] for v in stored["versions"]] == ["created", "replaced"]


@pytest.mark.parametrize("state", ["read", "signed"])
async def test_a_note_that_was_read_or_signed_gets_an_addendum_in_the_same_note(epj: Running, state: str) -> None:
    note = fresh_note()
    reference = (await epj.adapter.write(note, note.key)).reference
    await epj.ask("POST", "/state", {"key": note.key, "state": state})
    changed = await epj.adapter.amend(amended(note), note.key, reference=reference, since=1)
    assert (changed.how, changed.revision) == ("addendum", 2)
    assert (await epj.counts())["notes"] == 1
    stored = (await epj.notes())[0]
    assert stored["title"] == note.title
    assert [v["how"] for v in stored["versions"]] == ["created", "addendum"]
    found = await epj.adapter.find(note.key)
    assert found is not None
    assert found.revision == 2
    page = await (await epj.http.get(epj.admin.removesuffix("/admin") + "/notat/1")).text()
    assert "Varsel: Trygghetsalarm" in page
    assert "Tillegg" in page
    assert "Nytt: 02.03.2026 kl. 09:20:00 – Oppfølging: toveis tale" in page
    assert "B-77" in page


async def test_the_same_addendum_is_not_given_twice(epj: Running) -> None:
    note = fresh_note()
    reference = (await epj.adapter.write(note, note.key)).reference
    await epj.ask("POST", "/state", {"key": note.key, "state": "signed"})
    for _ in range(2):
        await epj.adapter.amend(amended(note), note.key, reference=reference, since=1)
    assert [v["how"] for v in (await epj.notes())[0]["versions"]] == ["created", "addendum"]


async def test_an_unknown_patient_is_told_as_such_and_nothing_is_registered(epj: Running) -> None:
    note = fresh_note()
    unknown = {"system": note.patient.system, "value": note.patient.value}
    await epj.ask("PUT", "/patients", {"unknown": [unknown]})
    with pytest.raises(PatientUnknown) as failed:
        await epj.adapter.write(note, note.key)
    assert note.patient.value not in str(failed.value)
    assert (await epj.counts())["notes"] == 0
    await epj.ask("PUT", "/patients", {})
    assert (await epj.adapter.write(note, note.key)).how == "created"


async def test_a_patient_who_was_known_and_is_no_more_is_told_as_unknown(epj: Running) -> None:
    await epj.adapter.write(fresh_note(), "first")
    await epj.ask("PUT", "/patients", {"known": []})
    with pytest.raises(PatientUnknown):
        await epj.adapter.write(fresh_note(), "second")


async def test_down_means_unreachable_with_the_wait_that_was_asked_for(epj: Running) -> None:
    await epj.fail("down", count=1, delay_s=7)
    with pytest.raises(Unreachable) as failed:
        await epj.adapter.write(fresh_note(), "any")
    assert failed.value.retry_after == 7
    assert (await epj.adapter.write(fresh_note(), "any")).how == "created"


async def test_a_closed_port_means_unreachable_until_it_opens_again(epj: Running) -> None:
    note = fresh_note()
    await epj.adapter.find(note.key)
    await epj.fail("closed")
    with pytest.raises((Unreachable, OutcomeUnknown)):  # a kept connection breaks, a new one is refused
        await epj.adapter.write(note, note.key)
    with pytest.raises(Unreachable):
        await epj.adapter.write(note, note.key)
    await epj.ask("DELETE", "/faults")
    assert (await epj.adapter.write(note, note.key)).how == "created"


async def test_refused_means_that_a_person_must_look(epj: Running) -> None:
    await epj.fail("refuses", count=1)
    with pytest.raises(Refused) as failed:
        await epj.adapter.write(fresh_note(), "any")
    assert not isinstance(failed.value, PatientUnknown)
    assert (await epj.counts())["notes"] == 0


async def test_a_slow_answer_within_the_time_limit_is_an_answer(epj: Running) -> None:
    await epj.fail("slow", count=1, delay_s=0.05)
    assert (await epj.adapter.write(fresh_note(), "any")).how == "created"


@pytest.mark.parametrize("gives_up_after_s", [0.4])
@pytest.mark.parametrize("fault", ["late", "drops"])
async def test_doubt_is_settled_by_looking_up_and_the_note_is_there_once(epj: Running, fault: str) -> None:
    note = fresh_note()
    await epj.fail(fault, count=1, delay_s=0.6)
    with pytest.raises(OutcomeUnknown):
        await epj.adapter.write(note, note.key)
    found = await epj.adapter.find(note.key)
    assert found is not None
    assert found.revision == 1
    counts = await epj.counts()
    assert (counts["notes"], counts["registered_twice"]) == (1, 0)


@pytest.mark.parametrize("gives_up_after_s", [0.4])
@pytest.mark.parametrize("fault", ["late", "drops"])
async def test_a_doubtful_amendment_is_told_by_its_revision(epj: Running, fault: str) -> None:
    note = fresh_note()
    reference = (await epj.adapter.write(note, note.key)).reference
    await epj.fail(fault, count=1, delay_s=0.6)
    with contextlib.suppress(OutcomeUnknown):  # a PUT is safe to repeat: the line does so on a new connection
        await epj.adapter.amend(amended(note), note.key, reference=reference, since=1)
    found = await epj.adapter.find(note.key)
    assert found is not None
    assert found.revision == 2


async def test_many_notes_at_once_are_each_registered_once(epj: Running) -> None:
    notes = [fresh_note() for _ in range(150)]
    written = await asyncio.gather(*(epj.adapter.write(n, n.key) for n in notes))
    assert len({w.reference for w in written}) == 150
    assert await epj.counts() | {"patients": 1} == {"notes": 150, "registered_twice": 0, "patients": 1, "addenda": 0}


@pytest.mark.parametrize("name", WRITING)
async def test_an_address_where_nobody_listens_is_unreachable(name: str, unused_tcp_port: int) -> None:
    for url in (f"http://127.0.0.1:{unused_tcp_port}/x", "http://no-such-host.invalid/x"):
        adapter = ADAPTERS[name].build(url, timeout_s=2, max_in_flight=1, secret=None)
        with pytest.raises(Unreachable):
            await adapter.find("any")
        await adapter.aclose()


@pytest.mark.parametrize("name", [n for n in ADAPTERS if ADAPTERS[n].pulls])
async def test_an_epj_that_pulls_is_never_written_to(name: str) -> None:
    adapter = ADAPTERS[name].build("", timeout_s=1, max_in_flight=1, secret=None)
    note = fresh_note()
    for call in (
        adapter.write(note, note.key),
        adapter.find(note.key),
        adapter.amend(note, note.key, reference="1", since=1),
    ):
        with pytest.raises(DeliveryFailed):
            await call
