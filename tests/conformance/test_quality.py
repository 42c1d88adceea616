from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.templates.making import make_project
from hub.conformance.declarations import read_declarations
from hub.conformance.quality import quality_of
from hub.conformance.quality_rules import DECLARATIONS, RULES, TIERS, ByTests
from hub.conformance.requirement import PLANS, Grade, Level
from hub.conformance.results import Result, RuleResult, TestResult
from hub.model.errors import ConfigurationError
from tests.conformance.made import outcome

ALL_DECLARED = dict.fromkeys(DECLARATIONS, "gjort")
SILVER_DECLARED = {name: "gjort" for name, rule in DECLARATIONS.items() if rule.tier == "silver"}
GOLD_DECLARED = {name: "gjort" for name, rule in DECLARATIONS.items() if rule.tier != "platinum"}
SHOULD = {"level": Level.SHOULD, "grade": Grade.C}


def everything() -> list[TestResult]:
    """A connector that passes a test of every group that the rules know, by both ways."""
    groups = ("identity", "order", "amendment", "retraction", "strictness")
    return [
        *(outcome(f"messages.{group}.kept.{way}", grade=Grade.A) for group in groups for way in ("mqtt", "jft")),
        outcome("signin.token.renewed", grade=Grade.A),
        outcome("privacy.privacy.topics", grade=Grade.A),
        outcome("product.own.understood"),
        outcome("devices.heartbeat.told", **SHOULD),
        outcome("delivery.durability.killed", grade=Grade.A),
    ]


def but(test_id: str, result: Result) -> list[TestResult]:
    """Everything, but this test ended otherwise."""
    tests = [t.model_copy(update={"result": result}) if t.id == test_id else t for t in everything()]
    assert tests != everything()
    return tests


def tier(tests: list[TestResult], declarations: dict[str, str] = ALL_DECLARED, plan: str = "connector") -> str:
    return quality_of(tests, declarations, plan, complete=True)[0]


def rule(name: str, tests: list[TestResult], declarations: dict[str, str] = ALL_DECLARED) -> RuleResult:
    return next(r for r in quality_of(tests, declarations, "connector", complete=True)[1] if r.id == name)


@pytest.mark.parametrize(
    ("declared", "reached"),
    [({}, "bronze"), (SILVER_DECLARED, "silver"), (GOLD_DECLARED, "gold"), (ALL_DECLARED, "platinum")],
)
def test_who_passes_everything_rises_with_what_is_declared(declared: dict[str, str], reached: str) -> None:
    assert tier(everything(), declared) == reached


def test_a_run_that_is_not_complete_reaches_nothing() -> None:
    reached, rules = quality_of(everything(), ALL_DECLARED, "connector", complete=False)
    assert reached == "none"
    assert all(r.met for r in rules)


def test_a_run_of_nothing_reaches_nothing() -> None:
    assert all(tier([], plan=plan) == "none" for plan in PLANS)


@pytest.mark.parametrize("result", [Result.FAIL, Result.ERROR])
@pytest.mark.parametrize("test", [t for t in everything() if t.level is Level.MUST], ids=lambda t: str(t.id))
def test_one_failure_of_what_must_hold_takes_everything(test: TestResult, result: Result) -> None:
    assert tier(but(test.id, result)) == "none"


@pytest.mark.parametrize(
    ("test_id", "result", "reached"),
    [
        ("signin.token.renewed", Result.SKIP, "bronze"),
        ("messages.order.kept.mqtt", Result.SKIP, "bronze"),
        ("messages.order.kept.mqtt", Result.WAIT, "silver"),
        ("devices.heartbeat.told", Result.FAIL, "silver"),
        ("devices.heartbeat.told", Result.WAIT, "silver"),
        ("delivery.durability.killed", Result.SKIP, "gold"),
        ("delivery.durability.killed", Result.OMIT, "gold"),
        ("product.own.understood", Result.SKIP, "none"),
    ],
)
def test_what_could_not_be_tried_costs_the_tier_that_asks_for_it(test_id: str, result: Result, reached: str) -> None:
    assert tier(but(test_id, result)) == reached


def test_what_does_not_apply_costs_nothing_as_long_as_another_test_passed() -> None:
    assert tier(but("messages.order.kept.mqtt", Result.OMIT)) == "platinum"
    without_jft = [t if t.way != "jft" else t.model_copy(update={"result": Result.OMIT}) for t in everything()]
    assert tier(without_jft) == "silver"
    assert not rule("gold-two-ways", without_jft).met


@pytest.mark.parametrize("name", [r.id for r in RULES if isinstance(r.decided_by, ByTests)])
def test_a_rule_whose_tests_did_not_run_is_not_met(name: str) -> None:
    assert not rule(name, []).met
    assert rule(name, everything()).met


def test_a_rule_says_which_tests_stand_in_its_way_and_not_all_of_many() -> None:
    failed = [outcome(f"signin.proof.fault{i}", Result.FAIL) for i in range(9)]
    found = rule("silver-sign-in", [*everything(), *failed])
    assert found.because is not None
    assert found.because.en == f"Not passed: {', '.join(t.id for t in failed[:5])} …"
    assert found.because.nb.startswith("Ikke bestått: ")


def test_a_declaration_is_shown_as_one_with_the_vendors_words() -> None:
    found = rule("silver-support-contact", everything(), {"support-contact": "hjelp@acme.example"})
    assert (found.by, found.met) == ("declaration", True)
    assert found.because is not None
    assert found.because.nb == found.because.en == "hjelp@acme.example"
    assert not rule("silver-support-contact", everything(), {"support-contact": "  "}).met


@pytest.mark.parametrize("plan", [plan for plan in PLANS if plan != "connector"])
def test_the_other_plans_rise_by_level_and_grade_alone(plan: str) -> None:
    tests = [outcome("reading.patients.found", grade=Grade.A), outcome("reading.notes.kept", **SHOULD)]
    assert tier(tests, plan=plan) == "platinum"
    assert tier(tests[:1], plan=plan) == "silver"
    assert tier([*tests, outcome("reading.notes.amended", Result.SKIP)], plan=plan) == "bronze"


def test_the_scale_has_a_machines_rule_at_the_bottom_and_ids_of_its_own() -> None:
    assert len({r.id for r in RULES}) == len(RULES) >= 20
    assert [r.tier for r in RULES] == sorted((r.tier for r in RULES), key=TIERS.index)
    assert all(isinstance(r.decided_by, ByTests) for r in RULES if r.tier == "bronze")
    assert all(r.id.startswith(r.tier) for r in RULES)


_RANK = {result: rank for rank, result in enumerate((Result.PASS, Result.SKIP, Result.ERROR, Result.FAIL))}


@given(st.lists(st.sampled_from(list(_RANK)), min_size=len(everything()), max_size=len(everything())), st.data())
def test_a_worse_result_never_gives_a_better_tier(results: list[Result], data: st.DataObject) -> None:
    tests = [t.model_copy(update={"result": r}) for t, r in zip(everything(), results, strict=True)]
    at = data.draw(st.integers(0, len(tests) - 1))
    worse = data.draw(st.sampled_from([r for r in _RANK if _RANK[r] >= _RANK[tests[at].result]]))
    after = [*tests[:at], tests[at].model_copy(update={"result": worse}), *tests[at + 1 :]]
    assert TIERS.index(tier(after)) <= TIERS.index(tier(tests))


def declared(folder: Path, text: str) -> dict[str, str]:
    file = folder / "conformance.toml"
    file.write_text(text, encoding="utf-8")
    return read_declarations(file)


def test_declarations_are_read_with_who_and_when(tmp_path: Path) -> None:
    text = '[declarations]\nwho = "Kari, Acme"\ndate = 2026-11-23\nsupport-contact = " Ring 22 33 "\nkey-renewal = ""\n'
    assert declared(tmp_path, text) == {"who": "Kari, Acme", "date": "2026-11-23", "support-contact": "Ring 22 33"}


@pytest.mark.parametrize("text", ["", "[declarations]", '[declarations]\nwho = "Kari"\nsupport-contact = ""'])
def test_nothing_declared_is_no_fault(tmp_path: Path, text: str) -> None:
    assert declared(tmp_path, text) == {}


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = '[declarations]\n# who = "Kari"\nsupport-contact = "ja"\nkey-renewal = true\nsupport = "ja"\n[other]\n'
    with pytest.raises(ConfigurationError) as told:
        declared(tmp_path, text)
    assert [(f.line, f.key) for f in told.value.faults] == [
        (0, "date"),
        (0, "who"),
        (4, "key-renewal"),
        (5, "support"),
        (6, "other"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("[declarations\n", 1, ""),
        ('declarations = "ja"\n', 1, "declarations"),
        ('[declarations]\nwho = "K"\ndate = "i går"\nkey-renewal = "ja"\n', 3, "date"),
        ('[declarations]\nwho = " "\ndate = 2026-11-23\nkey-renewal = "ja"\n', 2, "who"),
    ],
)
def test_a_fault_is_told_where_it_stands(tmp_path: Path, text: str, line: int, key: str) -> None:
    with pytest.raises(ConfigurationError) as told:
        declared(tmp_path, text)
    assert [(fault.line, fault.key) for fault in told.value.faults] == [(line, key)]


def test_a_new_project_has_every_declaration_to_fill_in_and_declares_nothing_yet(tmp_path: Path) -> None:
    make_project("Acme Alarm", tmp_path / "acme")
    file = tmp_path / "acme" / "conformance.toml"
    assert read_declarations(file) == {}
    text = file.read_text(encoding="utf-8")
    filled = text.replace("# who", "who").replace("# date", "date")
    for name, of in DECLARATIONS.items():
        assert of.title.nb in text
        assert of.title.en in text
        filled = filled.replace(f'# {name} = ""', f'{name} = "gjort"')
    assert declared(tmp_path, filled).keys() == {"who", "date", *DECLARATIONS}
    assert "/rapport/" in (tmp_path / "acme" / ".gitignore").read_text()
