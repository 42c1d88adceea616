"""Synthetic patients and their Observations for the benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson

from hub.model.person import IDENTITY_NUMBER, check_digits


def patients(many: int) -> list[str]:
    """`many` different synthetic identity numbers (month plus 80), always the same ones."""
    found: list[str] = []
    serial = 0
    while len(found) < many:
        day, month, number = 1 + serial % 28, 81 + serial // 28 % 12, serial // 336
        first = f"{day:02d}{month}50{number:03d}"
        if digits := check_digits(first):
            found.append(first + digits)
        serial += 1
    return found


def observations(many: int, *, prefix: str) -> Iterator[bytes]:
    """`many` different pulse measurements of about 1 KB, spread over 2,000 patients."""
    people = patients(2_000)
    today = datetime.now(UTC).isoformat(timespec="seconds")
    for i in range(many):
        yield orjson.dumps(
            {
                "resourceType": "Observation",
                "id": f"{prefix}-{i}",
                "meta": {"profile": ["http://hl7.no/fhir/StructureDefinition/vkp-Observation-Heartrate-v090"]},
                "identifier": [{"system": "https://acme.example/observation", "value": f"{prefix}-{i}"}],
                "status": "final",
                "category": [
                    {
                        "coding": [
                            {
                                "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                                "code": "vital-signs",
                                "display": "Vital Signs",
                            }
                        ]
                    }
                ],
                "code": {
                    "coding": [
                        {"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"},
                        {"system": "http://snomed.info/sct", "code": "364075005", "display": "Heart rate"},
                    ],
                    "text": "Puls",
                },
                "subject": {"identifier": {"system": IDENTITY_NUMBER, "value": people[i * 7 % len(people)]}},
                "effectiveDateTime": today,
                "performer": [{"display": "Egenmåling hjemme"}],
                "valueQuantity": {
                    "value": 60 + i % 60,
                    "unit": "slag/min",
                    "system": "http://unitsofmeasure.org",
                    "code": "/min",
                },
                "device": {
                    "identifier": {"system": "https://acme.example/device", "value": f"puls-{i % 500}"},
                    "display": "Pulsmåler",
                },
                "note": [{"text": "Målt i hvile etter fem minutter. " * 4}],
            }
        )
