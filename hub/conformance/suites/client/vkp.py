"""VKP's look-ups: how they are asked, on which services, and what is made of the answers."""

from __future__ import annotations

from datetime import timedelta

from hub.conformance.bench.connector import ConnectorBench
from hub.conformance.national.heard import Request
from hub.conformance.plan import Group
from hub.conformance.suites.client._asking import (
    FHIR_JSON,
    FINN,
    LINE,
    SERVICE_CODES,
    Asking,
    asking,
    parameters,
    searchset,
    values,
)
from hub.conformance.verdicts import both, expect
from hub.model.times import parse_time

GROUP = Group("client", "vkp", both("Oppslag i VKP", "Look-ups in VKP"), ("api-client",), place=10)
_SEARCH = "vkp.search"
#: Each look-up, and the parameter that names the patient in it.
_LOOKUPS = {
    "patient": "identifier",
    "episodeofcare": "patient.identifier",
    "careplan": "patient.identifier",
    "composition": "patient.identifier",
    "condition": "patient.identifier",
    "medicationstatement": "patient.identifier",
    "allergyintolerance": "identifier",
}


async def _look_up_everything(it: Asking) -> dict[str, Request]:
    """Every look-up on a patient; the request that each made."""
    made = {}
    for resource in _LOOKUPS:
        before = len(it.asked("vkp"))
        await it.ask(_SEARCH, resource=resource, patient=LINE)
        new = it.asked("vkp")[before:]
        expect(
            new,
            expected=both(f"et oppslag på {resource}", f"a look-up of {resource}"),
            seen=both("ingen forespørsel til VKP", "no request to VKP"),
        )
        made[resource] = new[-1]
    return made


@GROUP.test("form", "VKPR-1", both("Oppslag er POST med skjema", "Look-ups are POSTs of a form"))
async def form(bench: ConnectorBench) -> None:
    """Each of the seven look-ups is a form-encoded POST."""
    async with asking(bench, _SEARCH) as it:
        for resource, request in (await _look_up_everything(it)).items():
            kind = request.header("content-type")
            expect(
                request.method == "POST" and kind.startswith("application/x-www-form-urlencoded"),
                expected=both(
                    "POST med application/x-www-form-urlencoded", "POST of application/x-www-form-urlencoded"
                ),
                seen=both(f"{resource}: {request.method} med {kind}", f"{resource}: {request.method} of {kind}"),
            )


@GROUP.test("number-not-in-address", "CLI-1", both("Fødselsnummer står ikke i adressen", "No number in the address"))
async def number_not_in_address(bench: ConnectorBench) -> None:
    """Addresses and headers end in logs; the patient's number stands in the body alone."""
    async with asking(bench, _SEARCH) as it:
        await _look_up_everything(it)
        shown = [text for text in it.lane.heard.texts() if LINE.value in text]
        expect(
            not shown,
            expected=both("nummeret bare i kroppen", "the number in the body only"),
            seen=both(
                f"nummeret i {len(shown)} adresser eller hoder", f"the number in {len(shown)} addresses or headers"
            ),
        )


@GROUP.test("address", "VKPR-2", both("Riktig adresse for hvert oppslag", "The right address for each look-up"))
async def address(bench: ConnectorBench) -> None:
    """`/epj/r4/{organisation number}/{resource}/_search`, in whatever case."""
    async with asking(bench, _SEARCH) as it:
        for resource, request in (await _look_up_everything(it)).items():
            wanted = f"/epj/r4/{it.lane.municipality}/{resource}/_search"
            expect(
                request.path.lower().rstrip("/") == wanted,
                expected=both(wanted, wanted),
                seen=both(request.path, request.path),
            )


@GROUP.test(
    "parameters", "VKPR-3", both("Riktige parametere for hvert oppslag", "The right parameters for each look-up")
)
async def right_parameters(bench: ConnectorBench) -> None:
    """The patient is named once, by the parameter that the look-up has, and nothing unknown is asked for."""
    async with asking(bench, _SEARCH) as it:
        for resource, request in (await _look_up_everything(it)).items():
            wanted, asked = _LOOKUPS[resource], parameters(request)
            names = sorted({name for name, _ in asked} - {"date", "_format", "_pretty"})
            named = [value for name, value in asked if name == wanted]
            expect(
                names == [wanted] and len(named) == 1 and named[0] in (LINE.value, f"{LINE.system}|{LINE.value}"),
                expected=both(
                    f"{resource}: {wanted} med pasientens nummer", f"{resource}: {wanted}, the patient's number"
                ),
                seen=both(f"{resource}: {', '.join(names) or 'ingen'}", f"{resource}: {', '.join(names) or 'none'}"),
            )


@GROUP.test("period", "VKPR-4", both("Perioden er den det ble spurt om", "The period is the one asked for"))
async def period(bench: ConnectorBench) -> None:
    """Visits and notes of a period: `date=ge…` and `date=le…`, the same moments."""
    since, until = bench.now() - timedelta(days=3), bench.now() + timedelta(hours=5)
    async with asking(bench, _SEARCH) as it:
        for resource in ("careplan", "composition"):
            told = {"since": since.isoformat(), "until": until.isoformat()}
            await it.ask(_SEARCH, resource=resource, patient=LINE, **told)
            dates = values(it.asked("vkp")[-1], "date") if it.asked("vkp") else []
            moments = {text[:2]: parse_time(text[2:].replace(" ", "+")) for text in dates}
            expect(
                len(dates) == 2 and moments == {"ge": since, "le": until},
                expected=both(f"date=ge{since.isoformat()} og date=le{until.isoformat()}", "date=ge… and date=le…"),
                seen=both(f"date: {', '.join(dates) or 'ingen'}", f"date: {', '.join(dates) or 'none'}"),
            )


@GROUP.test("service-codes", "VKPR-5", both("Hodet ServiceCodes", "The header ServiceCodes"))
async def service_codes(bench: ConnectorBench) -> None:
    """Every look-up says on which services it is made: those that the system was set up with."""
    async with asking(bench, _SEARCH) as it:
        for request in (await _look_up_everything(it)).values():
            codes = [code.strip().lower() for code in request.header("servicecodes").split(",") if code.strip()]
            expect(
                codes if it.is_attended else sorted(codes) == sorted(SERVICE_CODES),
                expected=both(f"ServiceCodes: {','.join(SERVICE_CODES)}", f"ServiceCodes: {','.join(SERVICE_CODES)}"),
                seen=both(
                    f"ServiceCodes: {','.join(codes) or 'mangler'}", f"ServiceCodes: {','.join(codes) or 'none'}"
                ),
            )


@GROUP.test("accept", "CLI-3", both("Ber om FHIR JSON", "Asks for FHIR JSON"))
async def accept(bench: ConnectorBench) -> None:
    """`Accept` lets FHIR JSON in."""
    async with asking(bench, _SEARCH) as it:
        for request in (await _look_up_everything(it)).values():
            accepted = request.header("accept")
            kinds = {part.split(";")[0].strip() for part in accepted.lower().split(",")}
            expect(
                kinds & {FHIR_JSON, "application/json+fhir", "application/json"},
                expected=both(f"Accept: {FHIR_JSON}", f"Accept: {FHIR_JSON}"),
                seen=both(f"Accept: {accepted or 'mangler'}", f"Accept: {accepted or 'none'}"),
            )


@GROUP.test(
    "missing-service", "VKPR-6", both("Pasienten har ingen aktiv tjeneste", "The patient has no active service")
)
async def missing_service(bench: ConnectorBench) -> None:
    """Refused with 403 and code 1.3: shown as an error, and not asked for again and again."""
    async with asking(bench, _SEARCH) as it:
        await it.fail(_SEARCH, resource="condition", patient=bench.patient())
        refused = [r for r in it.asked("vkp") if r.status == 403]
        expect(
            len(refused) == 1,
            expected=both("ett oppslag, som ble avvist", "one look-up, which was refused"),
            seen=both(f"{len(refused)} avviste oppslag", f"{len(refused)} refused look-ups"),
        )


@GROUP.test("content", "VKPR-7", both("Utvidelser og bokstaver er med", "Extensions and letters arrive"))
async def content(bench: ConnectorBench) -> None:
    """Zone, household, lock and name of a patient reach those who asked, as they were sent."""
    async with asking(bench, _SEARCH) as it:
        found = await it.get(_SEARCH, resource="patient", patient=FINN)
        patients = [r for r in found if r.get("resourceType") == "Patient"]
        told = str(patients[0]) if len(patients) == 1 else ""
        missing = [text for text in ("Finn", "Åge", "Sone Sør", "Elektronisk lås, kodebrikke") if text not in told]
        expect(
            len(patients) == 1 and not missing,
            expected=both("én pasient med navn, sone og lås", "one patient with name, zone and lock"),
            seen=both(
                f"{len(patients)} pasienter; mangler {', '.join(missing) or 'ingenting'}",
                f"{len(patients)} patients; missing: {', '.join(missing) or 'nothing'}",
            ),
        )


@GROUP.test("nothing-found", "CLI-5", both("Ingen treff er ingen feil", "Nothing found is no error"))
async def nothing_found(bench: ConnectorBench) -> None:
    """No notes in the period: an empty answer, with or without an empty list in it."""
    async with asking(bench, _SEARCH) as it:
        it.lane.script.next(searchset(total=0), searchset(total=0, entry=[]), kind="read")
        for _ in range(2):
            found = await it.get(_SEARCH, resource="composition", patient=LINE)
            expect(
                not found,
                expected=both("et tomt svar", "an empty answer"),
                seen=both(f"{len(found)} ressurser", f"{len(found)} resources"),
            )
