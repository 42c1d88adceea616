"""`knutepunkt cost` on use that was metered or sampled."""

import csv
from pathlib import Path

from typer.testing import CliRunner

from hub.cli.cost import app
from tests.metering.cost_line import RUN, cost, refused
from tests.metering.ledgers import OSLO_NUMBER, UTSIRA_NUMBER, case, ledger_file


def test_what_is_metered_under_an_ended_number_falls_on_those_that_took_over(tmp_path: Path) -> None:
    records = [case(n, day=f"2025-0{m}-05") for n, m in enumerate((1, 2, 3))]
    records += [case(9, day="2025-03-06", municipality="9301"), case(10, day="2025-03-06", municipality=UTSIRA_NUMBER)]
    changes = tmp_path / "changes.csv"
    changes.write_text(
        "month,from,to,share,name\n2025-02,0301,9301,,Nye Oslo\n2025-03,9301,9301,50,\n2025-03,9301,1151,50,\n"
    )
    ledger = ledger_file(tmp_path / "use.csv", records, "csv")
    run_of = (*RUN, "--months", "3", "--model", "per-case", "--use", str(ledger), "--changes", str(changes))
    paid = {m["number"]: m["months"] for m in cost(*run_of)["municipalities"]}
    month = 1_000_000_000
    assert paid["0301"] == [month, 0, 0]
    assert paid["9301"] == [0, month, 333_333_333]
    assert paid["1151"] == [0, 0, 666_666_667]


def test_metered_use_decides_who_pays_when_a_ledger_is_given(tmp_path: Path) -> None:
    records = [case(n, day="2025-02-10") for n in range(3)] + [case(9, municipality="4601", day="2025-02-11")]
    path = ledger_file(tmp_path / "use.ndjson", records, "cloudevents")
    found = cost(
        "run",
        "--model",
        "per-case",
        "--total",
        "1200",
        "--from",
        "2025-02",
        "--months",
        "1",
        "--use",
        str(path),
        "--json",
    )
    paid = {m["number"]: m["total_ore"] for m in found["municipalities"] if m["total_ore"]}
    assert paid == {"0301": 75_00, "4601": 25_00}
    assert any("use.ndjson" in text for text in found["sources"])


def test_metered_can_also_mean_who_is_connected(tmp_path: Path) -> None:
    path = ledger_file(tmp_path / "use.csv", [case(1, municipality=OSLO_NUMBER, day="2025-02-10")], "csv")
    found = cost(*RUN, "--connected", "metered", "--use", str(path))
    variable = [m for m in found["municipalities"] if m["variable_ore"]]
    assert [m["number"] for m in variable] == ["0301"]
    assert found["months"][0]["carried_out_ore"] > 0


def test_a_simulated_day_can_be_scaled_up(tmp_path: Path) -> None:
    day = [case(n, municipality="314159265", patient=n % 5) for n in range(20)]
    path = ledger_file(tmp_path / "day.parquet", day)
    found = cost(
        "run", "--model", "per-case", "--total", "1200000", "--from", "2025-01", "--sample", str(path), "--json"
    )
    assert found["municipal_ore"] == 120_000_000
    assert any("ganget opp" in text for text in found["sources"])
    assert "kan ikke brukes sammen" in refused(*RUN, "--use", str(path), "--sample", str(path))


def test_a_ledger_is_exported_and_counted(tmp_path: Path) -> None:
    path = ledger_file(tmp_path / "use.parquet", [case(1), case(2)])
    result = CliRunner().invoke(app, ["export", str(path), "--format", "csv", "--out", str(tmp_path / "use.csv")])
    assert result.exit_code == 0
    assert "2 poster" in result.stdout
    assert len(list(csv.DictReader((tmp_path / "use.csv").open()))) == 2
