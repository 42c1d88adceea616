"""Identity numbers and notes are in bodies only: never in addresses, which everybody logs, nor in error texts."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from hub.conformance.epj.bench import EpjBench, refusal
from hub.conformance.plan import Group
from hub.conformance.verdicts import both, expect
from hub.model.language import Text
from hub.model.note import JournalNote

GROUP = Group("epj", "privacy", both("Personvern", "Privacy"), ("epj",), place=60)
_WORDS = "Brukeren gråt og ville hjem til mor"
_TAKEN = both("en feil", "an error")


@GROUP.test("addresses", "EPJ-50", both("Ikke fødselsnummer i noen adresse", "No identity number in any address"))
async def addresses(bench: EpjBench) -> None:
    """Neither where the hub asks nor where the EPJ says that the note is."""
    story = bench.story().close()
    written = await bench.write(story.note())
    await bench.find(story.key)
    await bench.held(written.reference)
    said = [
        text
        for request in bench.heard.requests
        for text in (
            request.url,
            *(v for n, v in request.answer_headers.items() if n in ("location", "content-location", "link")),
        )
    ]
    _expect_nowhere(said, story.patient.value, both("en adresse", "an address"))


@GROUP.test("links", "EPJ-50", both("Ikke fødselsnummer i lenker i svar", "No identity number in links of answers"))
async def links(bench: EpjBench) -> None:
    """Nor in the addresses that an answer's content holds, nor in the note's id."""
    story = bench.story().close()
    written = await bench.write(story.note())
    await bench.references(story.key)
    await bench.held(written.reference)
    said = [written.reference]
    said += [
        text for r in bench.heard.requests for text in r.answer.decode("utf-8", "replace").split('"') if "://" in text
    ]
    _expect_nowhere(said, story.patient.value, both("en lenke", "a link"))


@GROUP.test(
    "errors",
    "EPJ-51",
    both("Ikke fødselsnummer eller notat i feiltekster", "No identity number or note in error texts"),
)
async def errors(bench: EpjBench) -> None:
    """An unknown patient, a note without text, and half a note: three refusals, none with content."""
    async with bench.stranger() as patient:
        story = bench.story(patient=patient).close(_WORDS)
        note = story.note()
        await refusal(bench.adapter.write(note, note.key), expected=_TAKEN)
    known = bench.story().close(_WORDS)
    await bench.ask_create(known.note(), bench.dialect.without_text(known.note()))
    await bench.ask_create(known.note(), _half(bench, known.note()))
    said = [r.answer.decode("utf-8", "replace") for r in bench.heard.requests if r.status >= 400]
    for number in (patient.value, known.patient.value):
        _expect_nowhere(said, number, both("en feiltekst", "an error text"))
    expect(
        not any(_WORDS in text for text in said),
        expected=both("feilteksten gjengir ikke notatet", "the error text repeats nothing of the note"),
        seen=both("den gjengir notatets tekst", "it repeats the note's text"),
    )


def _half(bench: EpjBench, note: JournalNote) -> bytes:
    """The note as it is sent, with its end missing."""
    body = orjson.dumps(bench.dialect.written(note))
    return body[: len(body) * 3 // 4]


def _expect_nowhere(said: Iterable[str], number: str, what: Text) -> None:
    spaced = f"{number[:6]} {number[6:]}"
    shown = any(number in text or spaced in text for text in said)
    expect(
        not shown,
        expected=both(f"ikke noe fødselsnummer i {what.nb}", f"no identity number in {what.en}"),
        seen=both(f"pasientens nummer står i {what.nb}", f"the patient's number stands in {what.en}"),
    )
