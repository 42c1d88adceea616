"""Worked examples of the `fhir_rest` adapter: what it asks of a FHIR server, and what it makes of the answers."""

from __future__ import annotations

from epj_adapter.adapter import Example, Exchange
from epj_adapter.document import document_bundle
from epj_adapter.example_note import AMENDED, NOTE
from hub.model.errors import OutcomeUnknown, PatientUnknown, Refused, Unreachable
from hub.model.ports import Written

_CONDITION = {"If-None-Exist": "identifier=urn:knutepunkt:journal-note|eksempel-1"}
_QUERY = "/Bundle?identifier=urn%3Aknutepunkt%3Ajournal-note%7Ceksempel-1"
_STORED = document_bundle(NOTE, reference="7").decode()
_SENT = ('"value":"eksempel-1"', '"type":"document"', '"value":"A-1001"', "Trygghetsalarm – meldt")
_UNKNOWN = '{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-found",'


def _create(status: int, answer: str = "", **headers: str) -> Exchange:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Exchange("POST", "/Bundle", status, answer, _SENT, _CONDITION, named)


def _found(*resources: str) -> Exchange:
    entries = ",".join(f'{{"resource":{r}}}' for r in resources)
    return Exchange("GET", _QUERY, 200, f'{{"resourceType":"Bundle","type":"searchset","entry":[{entries}]}}')


EXAMPLES = (
    Example(
        "et nytt notat får id fra Location",
        "write",
        NOTE,
        (_create(201, Location="http://epj.test/fhir/Bundle/7/_history/1"),),
        Written("7", 1, "created"),
    ),
    Example(
        "et notat som finnes fra før, blir ikke ført en gang til",
        "write",
        NOTE,
        (_create(200, _STORED),),
        Written("7", 1, "existed"),
    ),
    Example(
        "uten id i svaret slås notatet opp",
        "write",
        NOTE,
        (_create(201), _found(_STORED)),
        Written("7", 1, "created"),
    ),
    Example(
        "ukjent pasient",
        "write",
        NOTE,
        (_create(422, _UNKNOWN + '"expression":["Bundle.entry[0].resource.subject"]}]}'),),
        PatientUnknown,
    ),
    Example("avvist innhold", "write", NOTE, (_create(422, '{"resourceType":"OperationOutcome"}'),), Refused),
    Example("flere notater med nøkkelen", "write", NOTE, (_create(412),), Refused),
    Example("journalsystemet er nede", "write", NOTE, (_create(503, Retry_After="30"),), Unreachable),
    Example("tilgang mangler", "write", NOTE, (_create(401),), Unreachable),
    Example("feil underveis", "write", NOTE, (_create(500),), OutcomeUnknown),
    Example("oppslag uten treff", "find", NOTE, (_found(),), None),
    Example("oppslag med treff", "find", NOTE, (_found(_STORED),), Written("7", 1, "existed")),
    Example("oppslag med to treff", "find", NOTE, (_found(_STORED, _STORED),), Refused),
    Example(
        "et ulest notat erstattes",
        "amend",
        AMENDED,
        (Exchange("PUT", "/Bundle/7", 200, holds=('"id":"7"', '"code":"2"', '"value":"B-77"')),),
        Written("7", 2, "replaced"),
        reference="7",
    ),
    Example(
        "et signert notat får tillegg",
        "amend",
        AMENDED,
        (
            Exchange("PUT", "/Bundle/7", 423),
            Exchange("GET", "/Bundle/7", 200, _STORED),
            Exchange("PUT", "/Bundle/7", 200, holds=("Trygghetsalarm – meldt", "Tillegg (revisjon 2)", '"B-77"')),
        ),
        Written("7", 2, "addendum"),
        reference="7",
    ),
)
