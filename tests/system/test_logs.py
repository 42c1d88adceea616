"""The hub's logs: one line an event, no identity number, and no other program's logger silenced for good."""

from __future__ import annotations

import logging

import pytest

from hub.app.logs import set_up_logs


def test_an_identity_number_that_slips_in_is_blotted_out_also_of_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs()
    try:
        raise ValueError("no such person: 13116900216")
    except ValueError:
        logging.getLogger("hub.somewhere").exception("patient 13116900216 is unknown")
    said = capsys.readouterr().err
    assert "13116900216" not in said
    assert "ERROR hub.somewhere: patient " in said
    assert "ValueError: no such person" in said


def test_setting_up_the_logs_silences_no_logger_of_the_process() -> None:
    before = {name for name, logger in logging.root.manager.loggerDict.items() if getattr(logger, "disabled", False)}
    set_up_logs()
    after = {name for name, logger in logging.root.manager.loggerDict.items() if getattr(logger, "disabled", False)}
    assert after == before
