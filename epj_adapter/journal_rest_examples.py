"""Worked examples of the `journal_rest` adapter: what it asks of the API, and what it makes of the answers."""

from __future__ import annotations

from epj_adapter.adapter import Example, Exchange
from epj_adapter.example_note import AMENDED, NOTE
from hub.model.errors import NotAnsweredYet, OutcomeUnknown, PatientUnknown, Refused, Unreachable
from hub.model.ports import Written

_QUERY = "/notes?externalSystem=urn%3Aknutepunkt%3Ajournal-note&externalReference=eksempel-1"
_LOOKED_UP = Exchange("POST", "/patients/lookup", 200, '{"patientId":"P12"}', ('"value":"13917404089"',))


def _create(status: int, answer: str = "", **headers: str) -> Exchange:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    sent = ('"value":"eksempel-1"', '"externalRevision":1', '"value":"A-1001"', "Trygghetsalarm – meldt")
    return Exchange("POST", "/patients/P12/notes", status, answer, sent, answer_headers=named)


def _found(*notes: str) -> Exchange:
    return Exchange("GET", _QUERY, 200, f'{{"total":{len(notes)},"notes":[{",".join(notes)}]}}')


EXAMPLES = (
    Example(
        "et nytt notat føres på pasienten",
        "write",
        NOTE,
        (_LOOKED_UP, _create(201, '{"noteId":"N7","version":1}')),
        Written("N7", 1, "created"),
    ),
    Example(
        "ukjent pasient",
        "write",
        NOTE,
        (Exchange("POST", "/patients/lookup", 404, '{"code":"PATIENT_NOT_FOUND"}'),),
        PatientUnknown,
    ),
    Example("adressen finnes ikke", "write", NOTE, (Exchange("POST", "/patients/lookup", 404, "Not found"),), Refused),
    Example("avvist innhold", "write", NOTE, (_LOOKED_UP, _create(422, '{"code":"INVALID"}')), Refused),
    Example("for mange forespørsler", "write", NOTE, (_LOOKED_UP, _create(429, Retry_After="5")), Unreachable),
    Example("svar uten id", "write", NOTE, (_LOOKED_UP, _create(201, "{}")), OutcomeUnknown),
    Example("tidsavbrudd hos journalsystemet", "write", NOTE, (_LOOKED_UP, _create(504)), NotAnsweredYet),
    Example("oppslag uten treff", "find", NOTE, (_found(),), None),
    Example(
        "oppslag med treff",
        "find",
        NOTE,
        (_found('{"noteId":"N7","externalRevision":2}'),),
        Written("N7", 2, "existed"),
    ),
    Example("oppslag med to treff", "find", NOTE, (_found('{"noteId":"N7"}', '{"noteId":"N8"}'),), Refused),
    Example(
        "et ulest notat erstattes",
        "amend",
        AMENDED,
        (Exchange("PUT", "/notes/N7", 200, holds=('"externalRevision":2', '"value":"B-77"')),),
        Written("N7", 2, "replaced"),
        reference="N7",
    ),
    Example(
        "et signert notat får tillegg",
        "amend",
        AMENDED,
        (
            Exchange("PUT", "/notes/N7", 423),
            Exchange("GET", "/notes/N7", 200, '{"noteId":"N7","externalRevision":1}'),
            Exchange("POST", "/notes/N7/addenda", 201, "{}", ("Ny melding (oppfølging).", '"externalRevision":2')),
        ),
        Written("N7", 2, "addendum"),
        reference="N7",
    ),
    Example(
        "et tillegg som alt er ført, føres ikke en gang til",
        "amend",
        AMENDED,
        (
            Exchange("PUT", "/notes/N7", 423),
            Exchange("GET", "/notes/N7", 200, '{"noteId":"N7","externalRevision":2}'),
        ),
        Written("N7", 2, "addendum"),
        reference="N7",
    ),
)
