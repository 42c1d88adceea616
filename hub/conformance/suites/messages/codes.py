"""Codes: the right ones, of the right systems, for each kind of event."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from connectors import (
    AlertCode,
    AlertRaised,
    DispenseGiven,
    DispenseKind,
    MeasurementTaken,
    SafetyAlarmRaised,
    Severity,
    SupervisionDone,
    SupervisionMode,
    SupervisionReason,
)
from connectors import measurements as measured
from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.expecting import expect_registered
from hub.conformance.national.lane import Lane
from hub.conformance.plan import Group
from hub.conformance.reading import codings, of_type, registered, walk
from hub.conformance.suites.messages._telling import WAYS, dose, one_of_each, supervision, tell
from hub.conformance.verdicts import both, expect, listed
from hub.fhir import codes as tables
from hub.ingest.parts import Resource, objects
from hub.model.codes import ServiceCode
from hub.model.language import same

GROUP = Group("messages", "codes", both("Koder", "Codes"), ("connector",), place=90)
_MEASUREMENTS = (
    measured.blood_pressure(142, 83),
    measured.pulse(72),
    measured.oxygen_saturation(97),
    measured.weight(71),
    measured.temperature(37),
    measured.glucose(5),
    measured.respiration(14),
)
_SEVERITY_SYSTEMS = {tables.SEVERITY_LEVEL, tables.SEVERITY_LEVEL.replace("/CodeSystem/", "/ValueSet/")}


@GROUP.test("alert-codes", "COD-1", both("Alle slags varsler har sin kode", "Every kind of alert has its code"))
async def alert_codes(bench: ConnectorBench) -> None:
    """Each of VKP's alert codes comes through in VKP's code system, on an alert of its own."""
    bench.needs_words(AlertRaised)
    async with bench.connected() as it:
        now = bench.now()
        told = {
            now - timedelta(minutes=place): AlertRaised(
                patient=bench.patient(),
                device=f"U-{place}",
                number=bench.number(),
                at=now - timedelta(minutes=place),
                code=code,
            )
            for place, code in enumerate(AlertCode)
        }
        await tell(it.system, *told.values())
        expect_registered(it.lane, len(told))
        found = Counter(
            str(c.get("code")) for m in _of(it.lane, "DetectedIssue") for c in codings(m, tables.ALERT_CODE)
        )
        _expect_codes(set(found), {code.value for code in AlertCode})


@GROUP.test(
    "dispense-kinds", "COD-2", both("Alle slags utleveringer har sin kode", "Every kind of dispense has its code")
)
async def dispense_kinds(bench: ConnectorBench) -> None:
    """Given, with help or without, as needed, for travel."""
    bench.needs_words(DispenseGiven)
    async with bench.connected() as it:
        await tell(it.system, *(dose(bench, kind=kind) for kind in DispenseKind))
        expect_registered(it.lane, len(DispenseKind))
        found = _codes(_of(it.lane, "MedicationDispense"), "category", tables.MEDICATIONDISPENSE_EVENTS)
        _expect_codes(found, {kind.value for kind in DispenseKind})


@GROUP.test(
    "supervision",
    "COD-3",
    both("Alle slags tilsyn har måte og grunn", "Every kind of supervision has its mode and reason"),
)
async def supervisions(bench: ConnectorBench) -> None:
    """By camera, speech or listening; planned or because of an event."""
    bench.needs_words(SupervisionDone)
    kinds = [(mode, reason) for mode in SupervisionMode for reason in SupervisionReason]
    async with bench.connected() as it:
        await tell(it.system, *(supervision(bench, mode=mode, reason=reason) for mode, reason in kinds))
        expect_registered(it.lane, len(kinds))
        pairs = {
            (mode, reason)
            for encounter in _of(it.lane, "Encounter")
            for who in objects(encounter.get("participant"))
            for mode in _codes([who], "type", tables.ENCOUNTER_MODE)
            for reason in _codes([encounter], "reasonCode", tables.ENCOUNTER_REASON)
        }
        _expect_codes({" ".join(pair) for pair in pairs}, {f"{mode.value} {reason.value}" for mode, reason in kinds})


@GROUP.test("measurements", "COD-4", both("Målinger har kode og enhet", "Measurements have codes and units"))
async def measurements(bench: ConnectorBench) -> None:
    """Each measurement with its LOINC or SNOMED CT code and its UCUM unit."""
    bench.needs_words(MeasurementTaken)
    now = bench.now()
    told = [
        MeasurementTaken(patient=bench.patient(), device="DHO-1", number=bench.number(), at=now, measurements=(one,))
        for one in _MEASUREMENTS
    ]
    async with bench.connected() as it:
        await tell(it.system, *told)
        expect_registered(it.lane, len(told))
        found = {pair for observation in _of(it.lane, "Observation") for pair in _measured(observation)}
        missing = []
        for one in _MEASUREMENTS:
            for quantity in one.kind.value.parts or (one.kind.value.whole,):
                wanted = {(code, quantity.ucum) for code in (quantity.snomed, quantity.loinc) if code}
                missing += [] if wanted & found else [quantity.name]
        expect(
            not missing,
            expected=both(
                "LOINC eller SNOMED CT og UCUM-enhet for hver måling", "LOINC or SNOMED CT and a UCUM unit for each"
            ),
            seen=both(f"mangler: {listed(missing)}", f"missing: {listed(missing)}"),
        )


@GROUP.test("severity", "COD-5", both("Alvorlighet", "Severity"))
async def severity(bench: ConnectorBench) -> None:
    """How bad an alert is comes through in VKP's scale, where it is known."""
    bench.needs_words(SafetyAlarmRaised)
    known = [level for level in Severity if level is not Severity.NOT_REPORTED]
    async with bench.connected() as it:
        await tell(it.system, *(bench.alarm(severity=level) for level in known))
        expect_registered(it.lane, len(known))
        found = {
            str(value.get("code"))
            for issue in _of(it.lane, "DetectedIssue")
            for _, _, value in walk(issue)
            if isinstance(value, dict) and value.get("system") in _SEVERITY_SYSTEMS
        }
        _expect_codes(found, {str(level.value) for level in known})


@GROUP.test(
    "service-codes",
    "COD-6",
    both("ServiceCodes sier hvilken tjeneste det gjelder", "ServiceCodes names the service"),
    ways=("vkp",),
)
async def service_codes(bench: ConnectorBench) -> None:
    """VKP looks up the patient's services by the header: the system sends the codes that it was set up with."""
    wanted = {ServiceCode.SAFETY_ALARM.value, ServiceCode.LOCATION.value}
    async with bench.connected(service_codes=tuple(sorted(wanted))) as it:
        await tell(it.system, *one_of_each(bench, of=("SafetyAlarmRaised", "DispenseGiven", "SupervisionDone")))
        sent = it.lane.heard.of_kind("write")
        bad = [
            r.header("servicecodes") for r in sent if {c.strip() for c in r.header("servicecodes").split(",")} != wanted
        ]
        expect(
            sent and not bad,
            expected=both("ServiceCodes: gps,ta i hver melding", "ServiceCodes: gps,ta with each message"),
            seen=both(
                f"{len(bad)} av {len(sent)} uten, som {bad[:1]}", f"{len(bad)} of {len(sent)} without, as {bad[:1]}"
            ),
        )


@GROUP.test("no-remarks", "COD-7", both("Ingen merknader", "No remarks"), ways=WAYS)
async def no_remarks(bench: ConnectorBench) -> None:
    """The hub's checker finds nothing to remark on in any kind of message."""
    async with bench.connected() as it:
        told = one_of_each(bench)
        await tell(it.system, *told)
        expect_registered(it.lane, len(told))
        found = sorted({f"{f.path}: {f.rule}" for taken in it.lane.heard.taken for f in taken.outcome.findings})
        expect(
            not found,
            expected=both("ingen merknader fra kontrollen", "no remarks by the checker"),
            seen=same("; ".join(found[:5]) or "–"),
        )


@GROUP.test("code-and-text", "COD-8", both("Kode og navn sier det samme", "Code and name say the same"))
async def code_and_text(bench: ConnectorBench) -> None:
    """A code of VKP's is known, and the name beside it is the code's own."""
    async with bench.connected() as it:
        await tell(it.system, *one_of_each(bench))
        wrong = sorted(
            {
                f"{coding.get('code')} «{coding.get('display')}»"
                for message in registered(it.lane)
                for system in tables.SYSTEMS
                if "vkp-" in system
                for coding in codings(message, system)
                if _says_otherwise(system, coding)
            }
        )
        expect(
            it.lane.heard.registered() and not wrong,
            expected=both("kjente koder med sine egne navn", "known codes with their own names"),
            seen=same("; ".join(wrong[:5]) or "–"),
        )


def _of(lane: Lane, kind: str) -> list[Resource]:
    return [resource for message in registered(lane) for resource in of_type(message, kind)]


def _codes(resources: list[Resource], name: str, system: str) -> set[str]:
    """The codes of `system` in the element `name` of the resources."""
    return {str(coding.get("code")) for r in resources for coding in codings({name: r.get(name)}, system)}


def _measured(observation: Resource) -> set[tuple[str, str]]:
    """Code and unit of each number in an Observation, single or with components."""
    found = set()
    for one in (observation, *objects(observation.get("component"))):
        quantity = one.get("valueQuantity")
        if isinstance(quantity, dict) and quantity.get("system") == tables.UCUM:
            for system in (tables.LOINC, tables.SNOMED):
                found |= {
                    (str(c.get("code")), str(quantity.get("code"))) for c in codings({"code": one.get("code")}, system)
                }
    return found


def _says_otherwise(system: str, coding: Resource) -> bool:
    name, shown = tables.name_of(system, str(coding.get("code"))), coding.get("display")
    return name is None or (shown is not None and str(shown).casefold() != name.casefold())


def _expect_codes(found: set[str], wanted: set[str]) -> None:
    missing, others = sorted(wanted - found), sorted(found - wanted)
    expect(
        not missing and not others,
        expected=both(f"{len(wanted)} koder", f"{len(wanted)} codes"),
        seen=both(
            f"mangler {listed(missing)}; i stedet {listed(others)}",
            f"lacks {listed(missing)}; instead {listed(others)}",
        ),
    )
