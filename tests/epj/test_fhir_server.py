"""The simulated FHIR server behaves as a decent one: conditional create, search, paging, history, locks."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome

from epj_adapter.document import document_bundle
from hub.model.errors import Refused

from .conftest import ADAPTERS, Running
from .notes import amended, fresh_note

_KEY = "urn:knutepunkt:journal-note"


async def test_a_conditional_create_answers_201_and_then_200_with_the_same_note(fhir_epj: Running) -> None:
    note = fresh_note()
    headers = {"If-None-Exist": f"identifier={_KEY}|{note.key}"}
    async with fhir_epj.http.post(f"{fhir_epj.url}/Bundle", data=document_bundle(note), headers=headers) as first:
        assert first.status == 201
        assert first.headers["Location"] == f"{fhir_epj.url}/Bundle/1/_history/1"
        assert first.headers["ETag"] == 'W/"1"'
        assert (await first.json(content_type=None))["id"] == "1"
    async with fhir_epj.http.post(f"{fhir_epj.url}/Bundle", data=document_bundle(note), headers=headers) as second:
        assert second.status == 200
        assert (await second.json(content_type=None))["identifier"]["value"] == note.key
    assert (await fhir_epj.counts())["notes"] == 1


async def test_racing_conditional_creates_make_one_note(fhir_epj: Running) -> None:
    note = fresh_note()
    written = await asyncio.gather(*(fhir_epj.adapter.write(note, note.key) for _ in range(12)))
    assert sorted(w.how for w in written).count("created") == 1
    assert (await fhir_epj.counts())["notes"] == 1


async def test_with_the_switch_on_racing_creates_make_doubles_as_some_epjs_do(fhir_epj: Running) -> None:
    await fhir_epj.ask("POST", "/switches", {"race": True})
    note = fresh_note()
    await asyncio.gather(*(fhir_epj.adapter.write(note, note.key) for _ in range(4)))
    counts = await fhir_epj.counts()
    assert counts["notes"] > 1
    assert counts["registered_twice"] == 1
    with pytest.raises(Refused):
        await fhir_epj.adapter.find(note.key)
    with pytest.raises(Refused):
        await fhir_epj.adapter.write(note, note.key)


async def test_without_parameters_all_notes_are_listed_page_by_page(fhir_epj: Running) -> None:
    keys = []
    for _ in range(5):
        note = fresh_note()
        keys.append(note.key)
        await fhir_epj.adapter.write(note, note.key)
    seen, url = [], f"{fhir_epj.url}/Bundle?_count=2"
    while url:
        async with fhir_epj.http.get(url) as answer:
            page = orjson.loads(await answer.read())
        Bundle.model_validate(page)
        assert (page["type"], page["total"]) == ("searchset", 5)
        seen += [e["resource"]["identifier"]["value"] for e in page["entry"]]
        url = next((link["url"] for link in page["link"] if link["relation"] == "next"), "")
    assert seen == keys


async def test_the_notes_can_be_counted_without_being_sent(fhir_epj: Running) -> None:
    for _ in range(3):
        await fhir_epj.adapter.write(note := fresh_note(), note.key)
    async with fhir_epj.http.get(f"{fhir_epj.url}/Bundle?_summary=count") as answer:
        found = orjson.loads(await answer.read())
    assert found["total"] == 3
    assert "entry" not in found


async def test_a_search_that_finds_nothing_has_no_entry(fhir_epj: Running) -> None:
    async with fhir_epj.http.get(f"{fhir_epj.url}/Bundle", params={"identifier": f"{_KEY}|none"}) as answer:
        found = orjson.loads(await answer.read())
    Bundle.model_validate(found)
    assert found["total"] == 0
    assert "entry" not in found


async def test_a_search_finds_a_key_with_characters_that_addresses_treat_specially(fhir_epj: Running) -> None:
    key = r"a+b&c=d|e/f, %20æ\$g"
    written = await fhir_epj.adapter.write(fresh_note(), key)
    again = await fhir_epj.adapter.write(fresh_note(), key)
    found = await fhir_epj.adapter.find(key)
    assert found is not None
    assert found.reference == written.reference == again.reference
    assert again.how == "existed"


async def test_history_holds_every_version(fhir_epj: Running) -> None:
    note = fresh_note()
    reference = (await fhir_epj.adapter.write(note, note.key)).reference
    await fhir_epj.adapter.amend(amended(note), note.key, reference=reference, since=1)
    async with fhir_epj.http.get(f"{fhir_epj.url}/Bundle/{reference}/_history") as answer:
        history = orjson.loads(await answer.read())
    assert (history["type"], history["total"]) == ("history", 2)
    assert [e["resource"]["meta"]["versionId"] for e in history["entry"]] == ["2", "1"]


async def test_a_signed_note_can_not_be_rewritten_but_added_to(fhir_epj: Running) -> None:
    note = fresh_note()
    await fhir_epj.adapter.write(note, note.key)
    await fhir_epj.ask("POST", "/notes/1/state", {"state": "signed"})
    body = document_bundle(amended(note), reference="1")
    async with fhir_epj.http.put(f"{fhir_epj.url}/Bundle/1", data=body) as answer:
        assert answer.status == 423
        OperationOutcome.model_validate_json(await answer.read())


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"resourceType":"Bundle","type":"collection"}',
        b'{"resourceType":"Bundle","type":"document","identifier":{"value":"x"},"entry":[]}',
        b'{"resourceType":"Bundle","type":"document","identifier":{"value":"x"},"entry":[{"resource":{"resourceType":'
        b'"Composition"}}]}',
    ],
)
async def test_what_is_no_journal_note_is_refused_with_an_operation_outcome(fhir_epj: Running, body: bytes) -> None:
    async with fhir_epj.http.post(f"{fhir_epj.url}/Bundle", data=body) as answer:
        assert answer.status == 422
        OperationOutcome.model_validate_json(await answer.read())
    assert (await fhir_epj.counts())["notes"] == 0


async def test_a_note_can_not_change_key_or_patient(fhir_epj: Running) -> None:
    note = fresh_note()
    await fhir_epj.adapter.write(note, note.key)
    async with fhir_epj.http.put(f"{fhir_epj.url}/Bundle/1", data=document_bundle(fresh_note())) as answer:
        assert answer.status == 422
    async with fhir_epj.http.put(f"{fhir_epj.url}/Bundle/99", data=document_bundle(note)) as answer:
        assert answer.status == 404


async def test_the_server_says_what_it_can_do(fhir_epj: Running) -> None:
    async with fhir_epj.http.get(f"{fhir_epj.url}/metadata") as answer:
        CapabilityStatement.model_validate_json(await answer.read())


async def test_a_server_that_ignores_the_search_is_not_taken_to_lack_the_note(unused_tcp_port: int) -> None:
    other = document_bundle(fresh_note(), reference="1").decode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = f'{{"resourceType":"Bundle","type":"searchset","entry":[{{"resource":{other}}}]}}'.encode()
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", unused_tcp_port)
    adapter = ADAPTERS["fhir_rest"].build(
        f"http://127.0.0.1:{unused_tcp_port}", timeout_s=5, max_in_flight=1, secret=None
    )
    with pytest.raises(Refused):
        await adapter.find("another")
    await adapter.aclose()
    server.close()
