"""An EPJ that fetches its notes itself: it gets them all, and acknowledges what it has journaled and nothing else."""

from __future__ import annotations

from hub.conformance.epj.fetching_bench import FetchingBench
from hub.conformance.national.script import Answer, Cut
from hub.conformance.plan import Group
from hub.conformance.verdicts import both, expect

GROUP = Group("epj", "fetching", both("Å hente notater selv", "Fetching notes oneself"), ("epj",), place=80)
_OVER_A_PAGE = 120
_BROKEN = Answer(200, {"Content-Type": "application/fhir+json"}, b'{"resourceType": "Bundle", "entry": [')


@GROUP.test("all", "EPJ-70", both("Notatene blir hentet og kvittert", "The notes are fetched and acknowledged"))
async def all_of_them(bench: FetchingBench) -> None:
    """Three cases before the EPJ asks, and one more when it has asked."""
    await bench.journal(*(bench.story() for _ in range(3)))
    await bench.expect_acknowledged(3)
    await bench.journal(bench.story())
    await bench.expect_acknowledged(4)


@GROUP.test("once", "EPJ-71", both("Hvert notat blir kvittert én gang", "Each note is acknowledged once"))
async def once(bench: FetchingBench) -> None:
    """Also when the EPJ goes on asking."""
    await bench.journal(*(bench.story() for _ in range(3)))
    await bench.expect_acknowledged(3)
    await bench.more_polls(2)
    most = max(bench.acknowledged().values())
    expect(
        most == 1,
        expected=both("én kvittering for hvert notat", "one acknowledgement of each note"),
        seen=both(f"opptil {most}", f"up to {most}"),
    )


@GROUP.test("only-new", "EPJ-72", both("Det spørres bare etter nytt", "Only what is new is asked for"))
async def only_new(bench: FetchingBench) -> None:
    """By `_tag:not`, `_lastUpdated` or the cursor: what is acknowledged isn't handed out again and again."""
    await bench.journal(*(bench.story() for _ in range(3)))
    await bench.expect_acknowledged(3)
    await bench.more_polls(1)
    before = sum(bench.served().values())
    await bench.more_polls(2)
    again = sum(bench.served().values()) - before
    expect(
        again == 0,
        expected=both("tomme svar når alt er kvittert", "empty answers when all is acknowledged"),
        seen=both(f"{again} notater hentet på nytt", f"{again} notes fetched again"),
    )


@GROUP.test("pages", "EPJ-73", both("Alle sider blir hentet", "All pages are fetched"))
async def pages(bench: FetchingBench) -> None:
    """More notes than a page holds."""
    await bench.journal(*(bench.story() for _ in range(_OVER_A_PAGE)))
    await bench.expect_acknowledged(_OVER_A_PAGE)


@GROUP.test(
    "unanswered",
    "EPJ-74",
    both("En kvittering uten svar sendes igjen", "An acknowledgement without an answer is sent again"),
)
async def unanswered(bench: FetchingBench) -> None:
    """One is refused for the moment, one gets lost on its way."""
    bench.lane.script.next(Answer(503), Cut("before"), kind="write")
    await bench.journal(*(bench.story() for _ in range(3)))
    await bench.expect_acknowledged(3)


@GROUP.test("failing", "EPJ-75", both("Et oppslag som svikter, gjøres igjen", "A search that fails is made again"))
async def failing(bench: FetchingBench) -> None:
    """An error of the server, a broken connection, half an answer, a token that isn't taken: then all is well."""
    bench.lane.script.next(Answer(500), Cut("after"), _BROKEN, Answer(401), kind="read")
    await bench.journal(*(bench.story() for _ in range(3)))
    await bench.expect_acknowledged(3)


@GROUP.test(
    "amended",
    "EPJ-76",
    both("Et endret notat blir hentet og kvittert igjen", "An amended note is fetched and acknowledged again"),
)
async def amended(bench: FetchingBench) -> None:
    """The follow-up comes when the alarm is journaled already."""
    story = bench.story()
    await bench.journal(story)
    await bench.expect_acknowledged(1)
    story.close()
    await bench.journal(story)
    await bench.expect_acknowledged(2)


@GROUP.test(
    "unknown-patient",
    "EPJ-77",
    both("Et notat om en ukjent pasient blir ikke kvittert", "A note about an unknown patient isn't acknowledged"),
)
async def unknown_patient(bench: FetchingBench) -> None:
    """What isn't journaled isn't acknowledged; and it holds nobody else's note up."""
    async with bench.stranger() as patient:
        await bench.journal(bench.story(patient=patient), bench.story())
        await bench.expect_acknowledged(1)
        await bench.more_polls(2)
        await bench.expect_acknowledged(1)


@GROUP.test("addresses", "EPJ-50", both("Ikke fødselsnummer i noen adresse", "No identity number in any address"))
async def addresses(bench: FetchingBench) -> None:
    """Neither in searches nor in acknowledgements."""
    story = bench.story()
    await bench.journal(story)
    await bench.expect_acknowledged(1)
    expect(
        not any(story.patient.value in text for text in bench.lane.heard.texts()),
        expected=both("ikke noe fødselsnummer i en adresse", "no identity number in an address"),
        seen=both("pasientens nummer", "the patient's number"),
    )
