"""What a nurse sees of a simulated EPJ."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace

import pytest

from hub.model.note import NoteSection

from .conftest import Running
from .notes import fresh_note


def _root(epj: Running) -> str:
    return epj.admin.removesuffix("/admin")


async def _page(epj: Running, path: str) -> str:
    async with epj.http.get(_root(epj) + path) as answer:
        assert answer.status == 200
        assert "script-src" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        return await answer.text()


async def test_a_nurse_finds_the_patient_the_note_and_its_text(epj: Running) -> None:
    note = fresh_note()
    await epj.adapter.write(note, note.key)
    patients = await _page(epj, "/")
    assert note.patient.value in patients
    notes = await _page(epj, re.search(r'href="(/pasient/\d+)"', patients).group(1))  # type: ignore[union-attr]
    assert note.title in notes
    page = await _page(epj, re.search(r'href="(/notat/\d+)"', notes).group(1))  # type: ignore[union-attr]
    for text in (note.title, "Varsel: Trygghetsalarm", "02.03.2026 kl. 09:14:05", note.source, "Ulest", "A-1001"):
        assert text in page


async def test_the_pages_are_open_on_the_epjs_own_address_too(epj: Running) -> None:
    async with epj.http.get(epj.url.rpartition("/")[0] + "/") as answer:
        assert answer.status == 200


async def test_nothing_in_a_note_becomes_markup(epj: Running) -> None:
    evil = "<script>alert(1)</script> & <b>fet</b>"
    note = replace(fresh_note(), title=evil, sections=(NoteSection("Hendelse", (evil,)),))
    await epj.adapter.write(note, note.key)
    page = await _page(epj, "/notat/1")
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;fet&lt;/b&gt;" in page


async def test_pages_hold_no_script_no_inline_style_and_nothing_from_elsewhere(epj: Running) -> None:
    note = fresh_note()
    await epj.adapter.write(note, note.key)
    for path in ("/", "/pasient/1", "/notat/1"):
        page = await _page(epj, path)
        assert '<html lang="nb">' in page
        assert not re.search(r"<script|style=|https?://|//cdn", page)
    style = await _page(epj, "/stil.css")
    assert "url(" not in style


async def test_many_notes_are_shown_a_hundred_at_a_time(epj: Running) -> None:
    notes = [fresh_note() for _ in range(101)]
    await asyncio.gather(*(epj.adapter.write(n, n.key) for n in notes))
    first = await _page(epj, "/pasient/1")
    older = re.search(r'href="(/pasient/1[^"]+)"', first)
    assert older is not None
    second = await _page(epj, older.group(1))
    assert (first.count('href="/notat/'), second.count('href="/notat/')) == (100, 1)
    assert "Vis eldre" not in second


@pytest.mark.parametrize("path", ["/pasient/7", "/notat/7"])
async def test_what_does_not_exist_is_said_so(epj: Running, path: str) -> None:
    async with epj.http.get(_root(epj) + path) as answer:
        assert answer.status == 404
        assert "finnes ikke" in await answer.text()


async def test_the_two_kinds_look_different(epj: Running) -> None:
    name = {"/fhir": "Fjordjournal", "/journal": "Bygdejournal"}["/" + epj.url.rpartition("/")[2]]
    assert name in await _page(epj, "/")
