"""The cost command as a script uses it: JSON back, or what was refused."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from hub.cli.cost import app
from hub.metering.municipalities import read_municipalities
from hub.metering.order_form import OrderForm, order_of
from hub.metering.run import run
from hub.metering.run_answer import RunAnswer, run_answer

KNOWN = read_municipalities()


def cost(*arguments: str) -> Any:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr


RUN = ("run", "--model", "nhn-2024", "--total", "120000000", "--from", "2025-01", "--months", "12", "--json")


def answer(**fields: Any) -> RunAnswer:
    form = {"model": "nhn-2024", "total": "120000000", "from": "2025-01", **fields}
    return run_answer(run(order_of(OrderForm.model_validate(form))))


def key_file(path: Path, **weights: str) -> Path:
    rows = [f"{m.number},{weights.get('m' + m.number, m.population)}" for m in KNOWN]
    path.write_text("\n".join(["number,weight", *rows]) + "\n", encoding="utf-8")
    return path
