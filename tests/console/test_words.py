"""The two languages say the same things, and everything that a page may ask for is there."""

import re
import string
from pathlib import Path

import pytest

import hub.console
from hub.console.cost_sliders import SLIDERS
from hub.console.happenings import WHATS
from hub.console.scenarios import scenario_names
from hub.console.sign_in_pages import TEST_USERS
from hub.console.trial_messages import TRIALS
from hub.console.trial_pages import FAULTS
from hub.console.words import LANGUAGES, say, words
from hub.model.codes import EventKind, ServiceCode

HERE = Path(hub.console.__file__).parent


def fields(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_both_languages_have_the_same_keys():
    assert words("nb").keys() == words("en").keys()


def test_no_text_is_empty_and_each_takes_the_same_values_in_both_languages():
    for key, text in words("nb").items():
        assert text.strip()
        assert words("en")[key].strip()
        assert fields(text) == fields(words("en")[key]), key


@pytest.mark.parametrize("file", sorted((HERE / "templates").glob("*.html")), ids=lambda f: f.name)
def test_every_text_that_a_template_asks_for_is_there(file):
    asked = re.findall(r"""\bt\(["']([a-z_.]+)["'](?=[,)])""", file.read_text(encoding="utf-8"))
    assert {key for key in asked if key not in words("nb")} == set()


@pytest.mark.parametrize("file", sorted(HERE.glob("*.py")), ids=lambda f: f.name)
def test_every_text_that_the_code_asks_for_is_there(file):
    text = file.read_text(encoding="utf-8")
    asked = re.findall(r"""\bsay\((?:language, )?["']([a-z_.]+)["']""", text)
    asked += re.findall(r"""Stop\(\d+, "([a-z_.]+)"\)""", text)
    assert {key for key in asked if key not in words("nb")} == set()


def test_every_word_of_the_hubs_vocabularies_can_be_said():
    keys = [
        *(f"what.{what}" for what in WHATS),
        *(f"kind.{kind.value}" for kind in EventKind),
        *(f"service.{service.value}" for service in ServiceCode),
        *(f"fault.{fault}" for fault in FAULTS),
        *(f"trial.{name}" for name in TRIALS),
        *(f"scenario.{name}" for name in scenario_names()),
        *(f"sign_in.user_{user.subject}" for user in TEST_USERS),
        *(f"role.{role}" for user in TEST_USERS for role in user.roles),
        *(f"cost.{slider.name}" for slider in SLIDERS),
        *(slider.unit for slider in SLIDERS),
        *(f"quarantine.{key}" for key in ("checked_ok", "checked_bad", "still_rejected", "still_conflict")),
        *(f"sign_in.why_{why}" for why in ("needed", "idle", "failed", "key", "out")),
        *(f"reason.{why}" for why in ("refused", "patient_unknown", "in_doubt", "fault", "unreachable", "sending")),
        *(f"standing.{standing}" for standing in ("current", "superseded", "late", "linked")),
    ]
    assert [key for key in keys for language in LANGUAGES if key not in words(language)] == []


def test_a_value_is_put_into_its_text():
    assert say("nb", "source.line", line=7) == "linje 7"
    assert say("en", "source.line", line=7) == "line 7"
