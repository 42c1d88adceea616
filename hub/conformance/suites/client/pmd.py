"""PMD: measurements found by a search, and written in a Bundle of the right kind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hub.api.pmd.bundles import BUNDLE_IDENTIFIER, MUNICIPALITY_NUMBER
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.heard import read
from hub.conformance.plan import Group
from hub.conformance.suites.client._asking import Asking, asking, values
from hub.conformance.suites.client._seeding import observation
from hub.conformance.verdicts import Failed, both, expect, listed
from hub.model.times import parse_time

GROUP = Group("client", "pmd", both("Måledata i PMD", "Measurements in PMD"), ("api-client",), place=40)
_SEARCH, _WRITE = "pmd.search", "pmd.write"
_MUNICIPALITY = "9999"


async def _written(it: Asking, *observations: dict[str, Any]) -> dict[str, Any]:
    """The Bundle in which the client wrote `observations`."""
    await it.ask(_WRITE, observations=list(observations), municipality_number=_MUNICIPALITY)
    sent = [r for r in it.asked("pmd") if r.kind == "write"]
    if not sent or sent[0].method != "POST" or sent[0].path.rstrip("/") != "/pmd":
        raise Failed(
            both(f"{[(r.method, r.path) for r in sent]}", f"{[(r.method, r.path) for r in sent]}"),
            expected=both("POST til basisadressen", "POST to the base address"),
        )
    return dict(read(sent[0].body))


@GROUP.test("form", "PMDR-1", both("Søk er POST med skjema", "Searches are POSTs of a form"))
async def form(bench: ConnectorBench) -> None:
    """`POST /Observation/_search` with `patient.identifier`, and the period that was asked for."""
    who, since = bench.patient(), bench.now() - timedelta(days=2)
    async with asking(bench, _SEARCH) as it:
        await it.ask(_SEARCH, patient=who, since=since.isoformat())
        sent = it.asked("pmd")
        dates = [parse_time(text[2:]) for r in sent for text in values(r, "date") if text[:2] in ("ge", "gt")]
        expect(
            len(sent) == 1
            and (sent[0].method, sent[0].path) == ("POST", "/pmd/Observation/_search")
            and sent[0].header("content-type").startswith("application/x-www-form-urlencoded")
            and values(sent[0], "patient.identifier")[:1] in ([who.value], [f"{who.system}|{who.value}"])
            and dates == [since],
            expected=both("ett skjema til /Observation/_search", "one form to /Observation/_search"),
            seen=both(
                f"{[(r.method, r.path) for r in sent]}, {dates}", f"{[(r.method, r.path) for r in sent]}, {dates}"
            ),
        )


@GROUP.test("number-not-in-address", "CLI-1", both("Fødselsnummer står ikke i adressen", "No number in the address"))
async def number_not_in_address(bench: ConnectorBench) -> None:
    """The patient's number stands in the body alone."""
    who = bench.patient()
    async with asking(bench, _SEARCH) as it:
        await it.ask(_SEARCH, patient=who)
        shown = [text for text in it.lane.heard.texts() if who.value in text]
        expect(
            it.asked("pmd") and not shown,
            expected=both("nummeret bare i kroppen", "the number in the body only"),
            seen=both(
                f"nummeret i {len(shown)} adresser eller hoder", f"the number in {len(shown)} addresses or headers"
            ),
        )


@GROUP.test("bundle", "PMDR-2", both("Bundle av riktig type", "A Bundle of the right type"))
async def bundle(bench: ConnectorBench) -> None:
    """`collection`, which the portal asks for."""
    async with asking(bench, _WRITE) as it:
        sent = await _written(it, observation(bench.patient(), bench.now()))
        said = f"{sent.get('resourceType')}.type {sent.get('type')}"
        expect(
            said == "Bundle.type collection",
            expected=both("Bundle.type collection", "Bundle.type collection"),
            seen=both(said, said),
        )


@GROUP.test("municipality", "PMDR-3", both("Kommunenummeret er merket", "The municipality's number is tagged"))
async def municipality(bench: ConnectorBench) -> None:
    """`meta.tag` has the number of the municipality, in the register's system."""
    async with asking(bench, _WRITE) as it:
        sent = await _written(it, observation(bench.patient(), bench.now()))
        tags = [(tag.get("system"), tag.get("code")) for tag in sent.get("meta", {}).get("tag", [])]
        expect(
            (MUNICIPALITY_NUMBER, _MUNICIPALITY) in tags,
            expected=both(f"meta.tag med kommunenummer {_MUNICIPALITY}", f"meta.tag with number {_MUNICIPALITY}"),
            seen=both(f"meta.tag: {tags or 'mangler'}", f"meta.tag: {tags or 'none'}"),
        )


@GROUP.test("identifier", "PMDR-4", both("Bundle har identifikator", "The Bundle has an identifier"))
async def identifier(bench: ConnectorBench) -> None:
    """By which a sending can be found again; another sending has another."""
    async with asking(bench, _WRITE) as it:
        first = await _written(it, observation(bench.patient(), bench.now()))
        said = first.get("identifier") or {}
        expect(
            said.get("system") == BUNDLE_IDENTIFIER and said.get("value"),
            expected=both(f"identifier i {BUNDLE_IDENTIFIER}", f"an identifier of {BUNDLE_IDENTIFIER}"),
            seen=both(f"identifier i {said.get('system')}", f"an identifier of {said.get('system')}"),
        )


@GROUP.test("entries", "PMDR-5", both("Bare målinger, hver for seg", "Measurements only, each by itself"))
async def entries(bench: ConnectorBench) -> None:
    """Every measurement that was to be written stands in an entry with a `fullUrl` of its own."""
    async with asking(bench, _WRITE) as it:
        who = bench.patient()
        told = [observation(who, bench.now() - timedelta(minutes=m), 70 + m) for m in range(3)]
        sent = (await _written(it, *told)).get("entry", [])
        kinds = [entry.get("resource", {}).get("resourceType") for entry in sent]
        urls = {entry.get("fullUrl") for entry in sent} - {None, ""}
        expect(
            kinds.count("Observation") == 3 and set(kinds) <= {"Observation", "Patient"} and len(urls) == len(sent),
            expected=both("tre Observation, hver med sin fullUrl", "three Observations, each with its fullUrl"),
            seen=both(
                f"{listed(kinds)}, {len(urls)} ulike fullUrl", f"{listed(kinds)}, {len(urls)} different fullUrls"
            ),
        )


@GROUP.test("partly-refused", "PMDR-6", both("Én av målingene blir avvist", "One of the measurements is refused"))
async def partly_refused(bench: ConnectorBench) -> None:
    """The answer is 200 and says of each what became of it: the refused one is shown, the other counts as kept."""
    async with asking(bench, _WRITE) as it:
        good = observation(bench.patient(), bench.now())
        bad = {name: value for name, value in good.items() if name != "status"}
        answer = await it.ask(_WRITE, observations=[good, bad], municipality_number=_MUNICIPALITY)
        statuses = [str(resource.get("status"))[:3] for resource in answer.resources]
        expect(
            it.is_attended or answer.error or statuses == ["200", "400"],
            expected=both("at den andre ble avvist", "that the second was refused"),
            seen=both(f"statusene {listed(statuses)}", f"the statuses {listed(statuses)}"),
        )


@GROUP.test("found-again", "PMDR-7", both("Det som ble skrevet, finnes igjen", "What was written is found again"))
async def found_again(bench: ConnectorBench) -> None:
    """Value, time and letters as they were."""
    who = bench.patient()
    async with asking(bench, _SEARCH, _WRITE) as it:
        told = observation(who, bench.now(), 71.5)
        await it.get(_WRITE, observations=[told], municipality_number=_MUNICIPALITY)
        found = await it.get(_SEARCH, patient=who)
        same = [one for one in found if {k: one.get(k) for k in told} == told]
        expect(
            len(found) == 1 and same,
            expected=both("målingen, som den ble skrevet", "the measurement, as it was written"),
            seen=both(
                f"{len(found)} målinger, {len(same)} uendret", f"{len(found)} measurements, {len(same)} unchanged"
            ),
        )
