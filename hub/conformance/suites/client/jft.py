"""Reading JFT: every event once, in order, whatever the number of pages; and polling again for what is new."""

from __future__ import annotations

from collections.abc import Sequence

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.script import Answer, Fine
from hub.conformance.plan import Group
from hub.conformance.suites.client._asking import (
    Asking,
    Resource,
    asking,
    expect_ids,
    outcome,
    parameters,
    searchset,
    values,
)
from hub.conformance.suites.client._seeding import NOTE, OVER_A_PAGE, seed_doses, seed_notes
from hub.conformance.verdicts import both, expect
from hub.model.times import parse_time

GROUP = Group("client", "jft", both("Lesing fra JFT", "Reading from JFT"), ("api-client",), place=20)
_READ = "jft.read"
#: A cursor as an API may make it: with letters that mean something in addresses.
_CURSOR = "Zm9v%2BYmFy%2Fw%3D%3D.~aB"


@GROUP.test("all-pages", "JFTR-1", both("Alle sider hentes", "All pages are fetched"))
async def all_pages(bench: ConnectorBench) -> None:
    """More events than a page holds: each comes once, in order."""
    async with asking(bench, _READ) as it:
        wanted = await seed_notes(bench, it.lane, OVER_A_PAGE)
        expect_ids(await it.get(_READ), wanted)


@GROUP.test("types", "JFTR-2", both("Hver type har sin adresse", "Each type has its address"))
async def types(bench: ConnectorBench) -> None:
    """Doses are read as MedicationDispense, notes as Bundle."""
    async with asking(bench, _READ) as it:
        notes, doses = await seed_notes(bench, it.lane, 2), await seed_doses(bench, it.lane, 3)
        expect_ids(await it.get(_READ, type="MedicationDispense"), doses)
        expect_ids(await it.get(_READ, type="Bundle"), notes)


@GROUP.test("cursor", "JFTR-3", both("Markøren brukes som den er", "The cursor is used as it is"))
async def cursor(bench: ConnectorBench) -> None:
    """The `next` link leads to the next page, with all that stands in it; its cursor is nobody's to read or change."""
    async with asking(bench, _READ) as it:
        address = f"{it.lane.base}/jft/v1/Bundle?_count=7&cursor={_CURSOR}"
        it.lane.script.next(searchset(_event("a"), next_page=address), searchset(_event("b")), kind="read")
        await it.ask(_READ)
        last = it.asked("jft")[-1] if it.asked("jft") else None
        asked = sorted(parameters(last)) if last else []
        expect(
            len(it.asked("jft")) == 2 and asked == [("_count", "7"), ("cursor", "Zm9v+YmFy/w==.~aB")],
            expected=both("neste side med lenkens egne parametere", "the next page with the link's own parameters"),
            seen=both(f"{len(it.asked('jft'))} forespørsler, sist med {asked}", f"asked for {asked}"),
        )


@GROUP.test(
    "other-origin", "CLI-4", both("Tokenet følger ingen lenke til andre", "The token follows no link to others")
)
async def other_origin(bench: ConnectorBench) -> None:
    """A `next` link to somebody else's address: nothing that lets one in is sent there."""
    async with bench.lane() as other, asking(bench, _READ) as it:
        page = searchset(_event("a"), next_page=f"{other.base}/jft/v1/Bundle?cursor=1")
        it.lane.script.next(page, kind="read")
        await it.ask(_READ)
        sent = [r for r in other.heard.requests if r.header("authorization") or r.header("dpop")]
        expect(
            it.asked("jft") and not sent,
            expected=both("ingen token til en annen vert", "no token to another host"),
            seen=both(
                f"{len(it.asked('jft'))} forespørsler til JFT, {len(sent)} med token til en annen vert",
                f"{len(it.asked('jft'))} requests to JFT, {len(sent)} with a token to another host",
            ),
        )


@GROUP.test("circle", "CLI-8", both("Sider som går i ring", "Pages that lead in a circle"))
async def circle(bench: ConnectorBench) -> None:
    """A page that leads to itself is not read for ever."""
    async with asking(bench, _READ) as it:
        it.lane.script.always(searchset(_event("a"), next_page=f"{it.lane.base}/jft/v1/Bundle?cursor=1"), kind="read")
        await it.ask(_READ)
        asked = len(it.asked("jft"))
        expect(
            asked <= 5,
            expected=both("at lesingen stopper", "that the reading stops"),
            seen=both(f"{asked} forespørsler", f"{asked} requests"),
        )


@GROUP.test("half-a-list", "CLI-9", both("En halv liste er ikke et svar", "Half a list is no answer"))
async def half_a_list(bench: ConnectorBench) -> None:
    """The second page can't be had: that is an error, never a shorter list."""
    async with asking(bench, _READ) as it:
        await seed_notes(bench, it.lane, OVER_A_PAGE)
        it.lane.script.next(Fine(), kind="read")
        it.lane.script.always(outcome(500, "Noe gikk galt.", code="exception"), kind="read")
        await it.fail(_READ)


@GROUP.test("second-page-again", "CLI-13", both("En side som svikter, spørres om igjen", "A page is asked for again"))
async def second_page_again(bench: ConnectorBench) -> None:
    """The second page fails once: it is asked for again, and nothing is doubled or lost."""
    async with asking(bench, _READ) as it:
        wanted = await seed_notes(bench, it.lane, OVER_A_PAGE)
        it.lane.script.next(Fine(), Answer(503), kind="read")
        expect_ids(await it.get(_READ), wanted)


@GROUP.test("polling-again", "JFTR-4", both("Neste gang bare det som er nytt", "The next time only what is new"))
async def polling_again(bench: ConnectorBench) -> None:
    """`_lastUpdated` to its last digit, on every page: nothing comes twice and nothing is skipped."""
    async with asking(bench, _READ) as it:
        first = await seed_notes(bench, it.lane, 3)
        found = await it.get(_READ)
        expect_ids(found, first)
        newest, before = str(found[-1]["meta"]["lastUpdated"]), len(it.asked("jft"))
        new = await seed_notes(bench, it.lane, OVER_A_PAGE)
        expect_ids(await it.get(_READ, since=newest), new)
        for request in it.asked("jft")[before:]:
            asked = values(request, "_lastUpdated")
            expect(
                len(asked) == 1 and asked[0][:2] in ("gt", "ge", "sa") and _is_no_later(asked[0][2:], newest),
                expected=both(f"_lastUpdated=gt{newest} på hver side", f"_lastUpdated=gt{newest} on every page"),
                seen=both(f"_lastUpdated: {asked or 'mangler'}", f"_lastUpdated: {asked or 'none'}"),
            )


@GROUP.test("waiting", "JFTR-5", both("Det som ikke er kvittert", "What is not acknowledged"))
async def waiting(bench: ConnectorBench) -> None:
    """`_tag:not` on every page gives exactly the events that nobody has acknowledged."""
    async with asking(bench, _READ, "jft.acknowledge") as it:
        ids = await seed_notes(bench, it.lane, OVER_A_PAGE + 2)
        for each in ids[:2]:
            await it.ask("jft.acknowledge", type="Bundle", id=each)
        found = await it.get(_READ, waiting=True)
        without = [r for r in it.asked("jft") if r.kind == "read" and not values(r, "_tag:not")]
        expect(
            not without,
            expected=both("_tag:not på hver side", "_tag:not on every page"),
            seen=both(f"{len(without)} forespørsler uten", f"{len(without)} requests without it"),
        )
        expect_ids(found, ids[2:])


@GROUP.test("only-read", "JFTR-6", both("Å lese er ikke å kvittere", "To read is not to acknowledge"))
async def only_read(bench: ConnectorBench) -> None:
    """What was only fetched is not acknowledged: it is not in the journal yet."""
    async with asking(bench, _READ) as it:
        await seed_notes(bench, it.lane, 3)
        await it.ask(_READ)
        written = [r.path for r in it.asked("jft") if r.kind == "write"]
        expect(
            not written,
            expected=both("ingen kvittering før journalføringen", "no acknowledgement before the journaling"),
            seen=both(f"{len(written)} kvitteringer", f"{len(written)} acknowledgements"),
        )


@GROUP.test("acknowledged-once", "JFTR-7", both("Hver hendelse kvitteres én gang", "Each event is acknowledged once"))
async def acknowledged_once(bench: ConnectorBench) -> None:
    """The events that were journaled, each once at its own address, and no other."""
    async with asking(bench, _READ, "jft.acknowledge") as it:
        ids = await seed_notes(bench, it.lane, 4)
        await it.ask(_READ)
        for each in ids[:3]:
            await it.get("jft.acknowledge", type="Bundle", id=each)
        _expect_acknowledged(it, ids[:3])


@GROUP.test("answer-lost", "JFTR-8", both("Kvitteringen mister svaret sitt", "An acknowledgement's answer is lost"))
async def answer_lost(bench: ConnectorBench) -> None:
    """An acknowledgement without an answer is made again, or shown as an error: never taken as made."""
    async with asking(bench, _READ, "jft.acknowledge") as it:
        [one] = await seed_notes(bench, it.lane, 1)
        it.lane.script.next(outcome(503, "Lageret svarer ikke.", code="transient"), kind="write")
        answer = await it.ask("jft.acknowledge", type="Bundle", id=one)
        made = [r for r in it.asked("jft") if r.kind == "write"]
        expect(
            len(made) > 1 or answer.error or it.is_attended,
            expected=both("en ny kvittering, eller en feil", "another acknowledgement, or an error"),
            seen=both("én kvittering uten svar, tatt som gjort", "one acknowledgement without answer, taken as made"),
        )


@GROUP.test("status", "JFTR-9", both("Statusen leses riktig", "The status is read rightly"))
async def status(bench: ConnectorBench) -> None:
    """Registered, read and journaled as they come about."""
    async with asking(bench, _READ, "jft.status", "jft.acknowledge") as it:
        [one] = await seed_notes(bench, it.lane, 1)
        _expect_times(await it.get("jft.status", type="Bundle", id=one), {"registered"})
        await it.ask(_READ)
        _expect_times(await it.get("jft.status", type="Bundle", id=one), {"registered", "read"})
        await it.ask("jft.acknowledge", type="Bundle", id=one)
        _expect_times(await it.get("jft.status", type="Bundle", id=one), {"registered", "read", "journaled"})


@GROUP.test("letters", "CLI-6", both("Norske bokstaver er hele", "Norwegian letters arrive whole"))
async def letters(bench: ConnectorBench) -> None:
    """A note's letters and signs reach the journal as they were written."""
    async with asking(bench, _READ) as it:
        await seed_notes(bench, it.lane, 1)
        found = await it.get(_READ)
        expect(
            NOTE.split(":")[1].split(".")[0] in str(found),
            expected=both("notatets tekst, bokstav for bokstav", "the note's text, letter by letter"),
            seen=both("en annen tekst", "another text"),
        )


@GROUP.test("unknown-elements", "CLI-7", both("Ukjente elementer tåles", "Unknown elements are borne"))
async def unknown_elements(bench: ConnectorBench) -> None:
    """What the client doesn't know is ignored where it stands, and not a reason to lose the event."""
    async with asking(bench, _READ) as it:
        extension = [{"url": "urn:future", "valueString": "ny"}]
        event = _event("a") | {"extension": extension, "meta": {"tag": [{"system": "urn:new", "code": "x"}]}}
        it.lane.script.next(searchset(event, future={"new": [True, None]}, signature={"who": {}}), kind="read")
        expect_ids(await it.get(_READ), ["a"])


def _is_no_later(asked: str, newest: str) -> bool:
    """Whether nothing between the two times is skipped; whoever asks from before sorts out what comes again."""
    at, limit = parse_time(asked.replace(" ", "+")), parse_time(newest)
    return at is not None and limit is not None and at <= limit


def _event(name: str) -> Resource:
    return {"resourceType": "Bundle", "id": name, "type": "document"}


def _expect_acknowledged(it: Asking, ids: Sequence[str]) -> None:
    found = sorted(r.path for r in it.asked("jft") if r.kind == "write")
    expect(
        found == sorted(f"/jft/v1/Bundle/{each}/$journaling-acknowledged" for each in ids),
        expected=both(f"{len(ids)} kvitteringer, én for hver", f"{len(ids)} acknowledgements, one for each"),
        seen=both(f"{len(found)} kvitteringer, {len(set(found))} ulike", f"{len(found)}, of {len(set(found))} events"),
    )


def _expect_times(found: Sequence[Resource], wanted: set[str]) -> None:
    told = found[0] if len(found) == 1 else {}
    known = {name for name in ("registered", "read", "journaled", "failed") if parse_time(told.get(name))}
    expect(
        known == wanted,
        expected=both(f"tidene {', '.join(sorted(wanted))}", f"the times {', '.join(sorted(wanted))}"),
        seen=both(f"tidene {', '.join(sorted(known)) or 'ingen'}", f"the times {', '.join(sorted(known)) or 'none'}"),
    )
