"""A note is for one patient, whom the EPJ knows; the hub makes no patients, and neither may its notes."""

from __future__ import annotations

from hub.conformance.epj.bench import EpjBench, refusal, said_of
from hub.conformance.plan import Group
from hub.conformance.verdicts import both, expect
from hub.model.errors import PatientUnknown
from hub.model.note import JournalNote
from hub.model.person import HELP_NUMBER, PatientRef

GROUP = Group("epj", "patients", both("Pasienten", "The patient"), ("epj",), place=40)
_CLEARLY = both("notatet blir avvist fordi pasienten er ukjent", "the note is refused because the patient is unknown")


@GROUP.test(
    "unknown", "EPJ-30", both("En ukjent pasient blir avvist, tydelig", "An unknown patient is refused, clearly")
)
async def unknown(bench: EpjBench) -> None:
    """A person must be told to re-address it: the answer names the patient by code."""
    async with bench.stranger() as patient:
        note = bench.story(patient=patient).note()
        await _refused(bench, note)
        await bench.expect_notes(note.key, 0)


@GROUP.test(
    "not-created", "EPJ-31", both("Et avvist notat lager ingen pasient", "A note that is refused makes no patient")
)
async def not_created(bench: EpjBench) -> None:
    """The next note about the same person is refused like the first."""
    async with bench.stranger() as patient:
        await refusal(_write(bench, bench.story(patient=patient).note()), expected=_CLEARLY)
        await _refused(bench, bench.story(patient=patient).note())


@GROUP.test(
    "kind",
    "EPJ-32",
    both(
        "Samme sifre som et annet slags nummer er en annen pasient",
        "The same digits as another kind of number are another patient",
    ),
)
async def kind(bench: EpjBench) -> None:
    """A common help number with the digits of an identity number is refused, where only the latter is known."""
    known = bench.patient()
    await bench.write(bench.story(patient=known).note())
    other = PatientRef(HELP_NUMBER, known.value)
    async with bench.beside.without(other):
        await _refused(bench, bench.story(patient=other).note())


async def _refused(bench: EpjBench, note: JournalNote) -> None:
    error = await refusal(_write(bench, note), expected=_CLEARLY)
    expect(isinstance(error, PatientUnknown), expected=_CLEARLY, seen=said_of(error))


async def _write(bench: EpjBench, note: JournalNote) -> None:
    await bench.adapter.write(note, note.key)
