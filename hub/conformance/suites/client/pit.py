"""PIT: patients page by page, within what the service takes, and submitted as they are."""

from __future__ import annotations

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.heard import read
from hub.conformance.plan import Group
from hub.conformance.suites.client._asking import asking, expect_ids, values
from hub.conformance.suites.client._seeding import OVER_A_PAGE, patient_resource, seed_patients
from hub.conformance.verdicts import both, expect

GROUP = Group("client", "pit", both("Pasienter i PIT", "Patients in PIT"), ("api-client",), place=30)
_READ, _WRITE = "pit.read", "pit.write"


@GROUP.test("all-pages", "PITR-1", both("Alle sider hentes", "All pages are fetched"))
async def all_pages(bench: ConnectorBench) -> None:
    """More patients than a page holds: each comes once."""
    async with asking(bench, _READ) as it:
        wanted = await seed_patients(bench, it.lane, OVER_A_PAGE)
        expect_ids(await it.get(_READ), wanted)


@GROUP.test("precise-time", "PITR-2", both("Tidspunktet er presist nok", "The time is precise enough"))
async def precise_time(bench: ConnectorBench) -> None:
    """`_lastUpdated` has a prefix that PIT takes, and at least minutes; what is new comes, and only that."""
    async with asking(bench, _READ) as it:
        await seed_patients(bench, it.lane, 2)
        newest = str((await it.get(_READ))[-1]["meta"]["lastUpdated"])
        new = await seed_patients(bench, it.lane, 2)
        found = await it.ask(_READ, since=newest)
        asked = values(it.asked("pit")[-1], "_lastUpdated")
        expect(
            asked and all(text[:2] in ("gt", "ge", "lt", "le") and "T" in text for text in asked),
            expected=both("_lastUpdated med gt, ge, lt eller le, og minst minutter", "gt, ge, lt or le, and minutes"),
            seen=both(f"_lastUpdated: {asked or 'mangler'}", f"_lastUpdated: {asked or 'none'}"),
        )
        if not it.is_attended:
            expect_ids([dict(resource) for resource in found.resources], new)


@GROUP.test("count", "PITR-3", both("Antallet er fra 1 til 50", "The count is from 1 to 50"))
async def count(bench: ConnectorBench) -> None:
    """A wish for more than PIT gives on a page is kept within its limits, or said to be impossible."""
    async with asking(bench, _READ) as it:
        for wish in (200, 50):
            await it.ask(_READ, count=wish)
        counts = [text for request in it.asked("pit") for text in values(request, "_count")]
        expect(
            it.asked("pit") and all(text.isdigit() and 1 <= int(text) <= 50 for text in counts),
            expected=both("_count fra 1 til 50", "_count from 1 to 50"),
            seen=both(f"_count: {', '.join(counts) or 'ingen'}", f"_count: {', '.join(counts) or 'none'}"),
        )


@GROUP.test("write", "PITR-4", both("Pasienten sendes som den er", "The patient is sent as it is"))
async def write(bench: ConnectorBench) -> None:
    """`POST /v1/Patient` as FHIR JSON, with every letter."""
    async with asking(bench, _WRITE) as it:
        told = patient_resource(bench.patient(), "Bjørnærå")
        await it.ask(_WRITE, patient=told)
        sent = it.asked("pit")
        expect(
            len(sent) == 1
            and (sent[0].method, sent[0].path) == ("POST", "/pit/v1/Patient")
            and "json" in sent[0].header("content-type")
            and sent[0].status == 202
            and read(sent[0].body) == told,
            expected=both("én POST av pasienten, mottatt med 202", "one POST of the patient, taken with 202"),
            seen=both(
                f"{[(r.method, r.path, r.status) for r in sent]}, innholdet er "
                + ("likt" if sent and read(sent[-1].body) == told else "endret"),
                f"{[(r.method, r.path, r.status) for r in sent]}",
            ),
        )


@GROUP.test("write-refused", "CLI-2", both("Et avslag blir vist", "A refusal is shown"))
async def write_refused(bench: ConnectorBench) -> None:
    """A patient that PIT doesn't take: shown as an error, and not sent again."""
    async with asking(bench, _WRITE) as it:
        await it.fail(_WRITE, patient={"resourceType": "Patient", "active": True})
        expect(
            len(it.asked("pit")) == 1,
            expected=both("én sending", "one sending"),
            seen=both(f"{len(it.asked('pit'))} sendinger", f"{len(it.asked('pit'))} sendings"),
        )
