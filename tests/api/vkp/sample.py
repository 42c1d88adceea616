"""A message built as NHN's published sample is: the same structure and the same flaws, in our own words.

A person by the EPJ's own number, alert code 7 with a text that says safety alarm, an alert code where the document's
type belongs, seven-digit fractions, a local time without offset in the wrong place, an empty identifier value.
"""

from tests.messages import uuid

_CODES = "http://ehelse.no/fhir/CodeSystem/vkp-{}-v090"
_PROFILE = "http://ehelse.no/fhir/StructureDefinition/vkp-{}-v090"
_NUMBER = "0F3A2B1C4D5E620240607101500"


def _concept(system, code, text=None):
    return {"coding": [{"system": system, "code": code}]} | ({"text": text} if text else {})


def _person():
    return {"identifier": {"system": "http://cosdoc.dips.no/lopenummer", "value": "1302"}}


def _step(code, at):
    return {"code": [_concept(_CODES.format("composition-event"), code)], "period": {"start": at}}


def _section(title, text, alarm, ordered):
    return {
        "title": title,
        "code": _concept(_CODES.format("composition-section"), "2"),
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>'},
        "orderedBy": _concept("Acme:timestamp", ordered),
        "entry": [{"reference": alarm}],
    }


def sample_message():
    note, alarm, device = uuid("sample-note"), uuid("sample-alarm"), uuid("sample-device")
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "Acme:GlobalAlarmId", "value": _NUMBER},
        "type": "document",
        "timestamp": "2024-06-07T10:16:37.1234567+00:00",
        "entry": [
            {
                "fullUrl": note,
                "resource": {
                    "resourceType": "Composition",
                    "meta": {"profile": [_PROFILE.format("Composition")]},
                    "status": "final",
                    "type": _concept(_CODES.format("alert-code"), "7", "Trygghetsalarm"),
                    "category": [_concept(_CODES.format("composition-category"), "1")],
                    "subject": _person(),
                    "date": "2024-06-07T10:16:37Z",
                    "author": [{"identifier": {"system": "Acme:UserName", "value": "abc@testvik"}}],
                    "title": f"Alarm {_NUMBER}",
                    "event": [_step("0", "2024-06-07T10:15:00Z"), _step("3", "2024-06-07T10:16:20Z")],
                    "section": [
                        _section("Alarm", f"Alarmnummer: {_NUMBER}.", alarm, "2024-06-07T10:15:00"),
                        _section("Sted", "Sist sett: inngang nord", alarm, "2024-06-07T10:15:04"),
                    ],
                },
            },
            {
                "fullUrl": alarm,
                "resource": {
                    "resourceType": "DetectedIssue",
                    "meta": {"profile": [_PROFILE.format("DetectedIssue")]},
                    "status": "final",
                    "code": _concept(_CODES.format("alert-code"), "7", "300 - Trygghetsalarm"),
                    "patient": _person(),
                    "identifiedDateTime": "2024-06-07T10:15:00Z",
                    "author": {"reference": device},
                },
            },
            {
                "fullUrl": device,
                "resource": {
                    "resourceType": "Device",
                    "identifier": [
                        {"system": "https://acme.example/IMEI", "value": ""},
                        {"system": "Acme:Transmitter", "value": "C02_00001"},
                    ],
                    "deviceName": [{"name": "GPT3", "type": "model-name"}],
                    "owner": {"display": "Testvik kommune"},
                },
            },
        ],
    }
