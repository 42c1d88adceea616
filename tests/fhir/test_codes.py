"""Names of codes, and texts that contradict their code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.fhir import codes
from hub.fhir.contradiction import contradicted


@pytest.mark.parametrize(
    ("system", "code", "name"),
    [
        (codes.ALERT_CODE, "5.3.2", "Måling ikke rapportert"),
        (codes.COMPOSITION_EVENT, "2", None),
        (codes.LOINC, "29463-7", "Kroppsvekt"),
        (codes.LOINC, "29563-7", "Kroppsvekt"),
        (codes.UCUM, "mm[Hg]", "mmHg"),
        ("http://ehelse.no/fhir/ValueSet/vkp-severity-level-v090", "30", "Alvorlig"),
        ("urn:ukjent", "1", None),
        (None, "1", None),
        (codes.ALERT_CODE, None, None),
    ],
)
def test_a_code_has_its_norwegian_name(system: str | None, code: str | None, name: str | None) -> None:
    assert codes.name_of(system, code) == name


@pytest.mark.parametrize(
    ("code", "text", "other"),
    [
        ("7", "300 - Trygghetsalarm", "trygghetsalarm"),
        ("4.1", "Forlatt rom", "forlatt rom"),
        ("4.18", "Manglende bevegelse", "manglende bevegelse"),
        ("3", "Fall på badet", "fall"),
        # what says the same, more, less, or nothing known
        ("3", "Trygghetsalarm: fall på badet", None),
        ("4.19", "Ingen bevegelse registrert", None),
        ("1.5", "Elektronisk medisineringsstøtte", None),
        ("1", "Teknisk feil", None),
        ("3", "Fallalarm", None),
        ("3", "kbf@kommune", None),
        ("3", "", None),
        ("99", "Trygghetsalarm", None),
    ],
)
def test_a_text_contradicts_its_code_when_it_names_another(code: str, text: str, other: str | None) -> None:
    assert contradicted(codes.ALERT_CODE, code, text) == other


@given(st.sampled_from([(s, c) for s, table in codes.SYSTEMS.items() for c in table]))
def test_no_code_contradicts_its_own_name(coded: tuple[str, str]) -> None:
    assert contradicted(*coded, codes.name_of(*coded) or "") is None


@given(st.sampled_from([*codes.SYSTEMS, "urn:x"]), st.text(max_size=8), st.text())
def test_any_text_can_be_asked_about(system: str, code: str, text: str) -> None:
    contradicted(system, code, text)
