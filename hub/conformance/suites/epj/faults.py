"""What is wrong is refused with a reason, and leaves nothing behind."""

from __future__ import annotations

from epj_adapter.verdict import Answer
from hub.conformance.epj.bench import EpjBench
from hub.conformance.plan import Group
from hub.conformance.verdicts import both, expect

GROUP = Group("epj", "faults", both("Feil i det som sendes", "Faults in what is sent"), ("epj",), place=50)
_BROKEN = (b"", b"{", b'{"resourceType": "Bundle", ', b"[]", b'"notat"', b"\xff\xfe\x00", b"<Bundle/>")
_HUGE = 24_000_000


@GROUP.test("broken", "EPJ-40", both("Ødelagt innhold blir avvist", "Broken content is refused"))
async def broken(bench: EpjBench) -> None:
    """No content, half of it, other JSON, no JSON: each is the sender's fault and not the EPJ's."""
    note = bench.story().note()
    for body in _BROKEN:
        _expect_refused(await bench.ask_create(note, body))
    await bench.expect_notes(note.key, 0)


@GROUP.test("explained", "EPJ-41", both("Svaret sier hva som er galt", "The answer says what is wrong"))
async def explained(bench: EpjBench) -> None:
    """A person must see what to mend."""
    answer = await bench.ask_create(bench.story().note(), _BROKEN[1])
    expect(
        bench.dialect.says_why(answer),
        expected=both(
            "en OperationOutcome med en feil, eller en feilkode med tekst",
            "an OperationOutcome with an issue, or a code with text",
        ),
        seen=both(f"svar {answer.status} uten grunn", f"answer {answer.status} without a reason"),
    )


@GROUP.test("incomplete", "EPJ-42", both("Et notat uten tekst blir avvist", "A note without text is refused"))
async def incomplete(bench: EpjBench) -> None:
    """The key alone makes no note."""
    note = bench.story().note()
    _expect_refused(await bench.ask_create(note, bench.dialect.without_text(note)))
    await bench.expect_notes(note.key, 0)


@GROUP.test(
    "content-type",
    "EPJ-43",
    both("Feil innholdstype gir ingen intern feil", "A wrong content type makes no internal error"),
)
async def content_type(bench: EpjBench) -> None:
    """Either of two right answers, and nothing in between."""
    note = bench.story().note()
    answer = await bench.ask_create(note, bench.dialect.written(note), content_type="text/plain")
    await _expect_whole_or_refused(bench, note.key, answer)


@GROUP.test(
    "too-large", "EPJ-43", both("For stort gir ingen intern feil", "Too large makes no internal error"), within_s=90
)
async def too_large(bench: EpjBench) -> None:
    """Either of two right answers, and nothing in between."""
    note = bench.story().note()
    body = bench.dialect.written(note)
    filling = {
        "resourceType": "Binary",
        "id": bench.key()[-36:],
        "contentType": "text/plain",
        "data": "QUJD" * (_HUGE // 4),
    }
    bench.dialect.add_to_sources(body, filling)
    answer = await bench.ask_create(note, body)
    await _expect_whole_or_refused(bench, note.key, answer)


@GROUP.test(
    "unknown-element",
    "EPJ-44",
    both("Et ukjent element blir tatt vare på eller avvist", "An unknown element is kept or refused"),
)
async def unknown_element(bench: EpjBench) -> None:
    """What the EPJ doesn't know may still matter to somebody."""
    note = bench.story().note()
    body = bench.dialect.written(note)
    strange = {"resourceType": "Basic", "id": bench.key()[-36:], "feltFraFremtiden": {"verdi": "42.50"}}
    bench.dialect.add_to_sources(body, strange)
    answer = await bench.ask_create(note, body)
    if not answer.ok:
        _expect_refused(answer)
        return
    held = await bench.held(bench.dialect.place(answer))
    kept = any(each.get("feltFraFremtiden") == strange["feltFraFremtiden"] for each in held.resources)
    expect(
        kept,
        expected=both(
            "elementet er der ennå, eller notatet ble avvist", "the element is still there, or the note was refused"
        ),
        seen=both("notatet ble tatt imot, og elementet er borte", "the note was taken, and the element is gone"),
    )


@GROUP.test("after", "EPJ-45", both("Etter feil tar systemet imot som før", "After faults it takes notes as before"))
async def after(bench: EpjBench) -> None:
    """A fault is over when it is answered."""
    note = bench.story().close().note()
    for body in _BROKEN:
        await bench.ask_create(note, body)
    await bench.write(note)
    await bench.expect_notes(note.key, 1)


async def _expect_whole_or_refused(bench: EpjBench, key: str, answer: Answer) -> None:
    if not answer.ok:
        _expect_refused(answer)
    await bench.expect_notes(key, 1 if answer.ok else 0)


def _expect_refused(answer: Answer) -> None:
    expect(
        400 <= answer.status < 500,
        expected=both("avvist med en feil i 400-rekken", "refused with an error of the 400s"),
        seen=both(f"svar {answer.status}", f"answer {answer.status}"),
    )
