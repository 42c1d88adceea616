"""`knutepunkt cost compare, solve, invoice, explain`."""

import asyncio
import csv
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.cli.cost import app
from hub.model.usage import UsageRecord
from hub.store.engine import STORE_FILE, open_engines
from hub.store.settling import record_usage
from tests.metering.cost_line import cost, refused
from tests.metering.ledgers import a_year, case, ledger_file

ASKED = ("--total", "100000000", "--from", "2025-01")


def fill(database: Path, records: list[UsageRecord]) -> None:
    """Put usage records into a hub's own store."""

    async def written() -> None:
        engines = await open_engines(database)
        async with engines.writing() as connection:
            await record_usage(connection, records)
        await engines.aclose()

    asyncio.run(written())


def told(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def test_models_are_compared_side_by_side_with_bands_that_depend_on_the_seed_only(tmp_path: Path) -> None:
    models = ("compare", "--models", "nhn-2024,per-case,per-inhabitant", *ASKED, "--months", "24", "--draws", "12")
    files = ("--report", str(tmp_path / "r.html"), "--csv", str(tmp_path / "c.csv"))
    found = cost(*models, "--adoption", "default", "--seed", "3", "--json", *files)

    assert [m["model"] for m in found["models"]] == ["nhn-2024", "per-case", "per-inhabitant"]
    for one in found["models"]:
        assert one["total_ore"] == one["state_ore"] + one["municipal_ore"] + one["carried_ore"]
        for year in one["years"]:
            assert year["municipal_p10_ore"] <= year["municipal_p50_ore"] <= year["municipal_p90_ore"]
    flat = found["models"][2]
    assert flat["gini"] == 0
    assert flat["winners"] + flat["losers"] == 357
    assert found["models"][0]["winners"] == found["models"][0]["losers"] == 0
    assert found == cost(*models, "--adoption", "default", "--seed", "3", "--json")
    assert found != cost(*models, "--adoption", "default", "--seed", "4", "--json")
    assert "<svg" in (tmp_path / "r.html").read_text()
    assert len((tmp_path / "c.csv").read_text().splitlines()) == 1 + 3 * 357


def test_the_comparison_reads_well_in_a_terminal() -> None:
    text = told("compare", *ASKED, "--draws", "4", "--set", "per-case:price=3", "--set", "cap=40")
    assert "ADVARSEL: IKKE DEN VIRKELIGE KOSTNADSNØKKELEN" in text
    assert "price 3" in text
    assert "cap 40" in text
    assert "8 av 10 trekninger" in text
    assert "--draws" in refused("compare", *ASKED, "--draws", "0")
    assert "--set capp: ingen av modellene" in refused("compare", *ASKED, "--set", "capp=40")
    assert "--set tiers:cap: ingen av" in refused("compare", *ASKED, "--set", "tiers:cap=40")


def test_a_price_is_found_for_a_state_share_and_told_when_it_breaks_the_limit() -> None:
    asked = ("solve", "--model", "per-case", "--parameter", "price", "--target-state-share", "40", *ASKED, "--json")
    found = cost(*asked, "--max-per-inhabitant", "5")
    assert found["outcome"]["state_percent"] == pytest.approx(40, abs=0.001)
    assert found["met"] is False
    assert found["nearest"]["highest_per_inhabitant_ore"] <= 500
    assert "Det holder ikke alle under 5 kroner" in found["text"][1]

    price = found["outcome"]["value"]
    again = cost("run", "--model", "per-case", *ASKED, "--prices", "list", "--set", f"price={price}", "--json")
    assert again["state_ore"] == found["outcome"]["state_ore"]
    assert cost(*asked, "--max-per-inhabitant", "50")["met"] is True


def test_a_state_share_is_found_for_a_limit_alone() -> None:
    asked = ("solve", "--model", "nhn-2024", "--parameter", "state_share", *ASKED)
    found = cost(*asked, "--max-per-inhabitant", "15", "--json")
    assert found["outcome"]["highest_per_inhabitant_ore"] <= 1500
    lower = float(found["outcome"]["value"]) - 0.1
    before = cost("run", *ASKED, "--state-share", str(lower), "--json")
    assert max(m["per_inhabitant_ore"] for m in before["municipalities"]) > 1500
    assert "state_share = 31" in told(*asked, "--max-per-inhabitant", "15")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), "oppgi --target-state-share"),
        (("--target-state-share", "mye"), "--target-state-share: 'mye' er ikke et tall"),
        (("--target-state-share", "140"), "gir ikke en statlig andel på 140 %"),
        (("--target-state-share", "40", "--parameter", "pris"), "'pris' finnes ikke; bruk en av state_share, price"),
        (("--target-state-share", "40", "--model", "nhn-2024"), "ingen prisliste"),
    ],
)
def test_what_cannot_be_solved_is_told(arguments: tuple[str, ...], text: str) -> None:
    assert text in refused("solve", *ASKED, *arguments)


def invoiced(folder: Path, *more: str) -> Any:
    chosen = ("--municipality", "0301", "--municipality", "1151", "--out", str(folder), "--json")
    return cost("invoice", *ASKED, *chosen, *more)


def test_invoices_and_statements_are_written_and_agree(tmp_path: Path) -> None:
    use = ledger_file(tmp_path / "use.ndjson", a_year(4, records=150), "cloudevents")
    found = invoiced(tmp_path / "ut", "--model", "nhn-2024", "--use", str(use), "--vat", "25", "--months", "3")

    folder = tmp_path / "ut"
    assert json.loads((folder / "fakturaer.json").read_text()) == found
    for bill in found:
        assert sum(line["ore"] for line in bill["lines"]) == bill["net_ore"]
        assert bill["gross_ore"] == bill["net_ore"] + bill["vat_ore"]
        assert (folder / "fakturaer" / f"{bill['bill']}.pdf").read_bytes().startswith(b"%PDF-")
        assert bill["lines"][0]["line"] in (folder / "fakturaer" / f"{bill['bill']}.html").read_text()
    assert (folder / "arsoppgaver" / "0301-2025.html").is_file()
    assert (folder / "arsoppgaver" / "1151-2025.pdf").is_file()
    rows = list(csv.DictReader((folder / "fakturalinjer.csv").open()))
    assert sum(int(row["ore"]) for row in rows) == sum(bill["net_ore"] for bill in found)


def test_any_line_written_can_be_explained_from_the_folder(tmp_path: Path) -> None:
    use = ledger_file(tmp_path / "use.parquet", [case(n, day="2025-01-10") for n in range(3)])
    bills = invoiced(tmp_path / "ut", "--model", "per-case", "--use", str(use), "--format", "html")
    line = bills[0]["lines"][0]

    found = cost("explain", line["line"], "--run", str(tmp_path / "ut"), "--json")
    assert found["ore"] == line["ore"]
    assert [c["id"] for c in found["cases"]] == ["use-0", "use-1", "use-2"]
    text = told("explain", line["line"], "--run", str(tmp_path / "ut" / "run.json"))
    assert "Regel: antall leverte saker ganger tjenestens pris." in text
    assert "use-2" in text
    assert "ingen slik fakturalinje" in refused("explain", "0301-X.1", "--run", str(tmp_path / "ut"))


def test_assumed_use_and_samples_can_be_invoiced_too(tmp_path: Path) -> None:
    assert invoiced(tmp_path / "a", "--model", "tiers", "--format", "html")
    day = ledger_file(tmp_path / "day.csv", [case(n, municipality="314159265") for n in range(3)], "csv")
    bills = invoiced(tmp_path / "b", "--model", "per-case", "--sample", str(day), "--format", "html")
    found = cost("explain", bills[0]["lines"][0]["line"], "--run", str(tmp_path / "b"), "--json")
    assert found["cases"] == []
    text = told("invoice", *ASKED, "--municipality", "1151", "--out", str(tmp_path / "c"), "--format", "html")
    assert "filer skrevet til" in text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--municipality", "9999"), "--municipality: ukjent kommune '9999'"),
        (("--vat", "mye"), "--vat"),
        (("--vat", "120"), "--vat: 120 er ikke fra 0 til 100"),
        (("--grace-days", "40"), "--grace-days"),
        (("--format", "docx"), "ukjent: docx"),
    ],
)
def test_bad_invoice_input_is_told(tmp_path: Path, arguments: tuple[str, ...], text: str) -> None:
    assert text in refused("invoice", *ASKED, "--out", str(tmp_path / "ut"), *arguments)


def test_what_cannot_be_read_or_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    assert "er ikke en avregning" in refused("explain", "x", "--run", str(tmp_path))
    assert "kan ikke leses" in refused("explain", "x", "--run", str(tmp_path / "borte.json"))
    (tmp_path / "fil").write_text("")
    assert "kan ikke skrives" in refused("invoice", *ASKED, "--out", str(tmp_path / "fil"))
    assert "kan ikke skrives" in refused("run", *ASKED, "--csv", str(tmp_path / "fil" / "x.csv"))
    assert "datamappe" in refused("run", *ASKED, "--use", str(tmp_path))


def test_a_run_can_be_written_as_csv_and_workbook(tmp_path: Path) -> None:
    told("run", *ASKED, "--months", "1", "--csv", str(tmp_path / "r.csv"), "--xlsx", str(tmp_path / "r.xlsx"))
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 358
    assert (tmp_path / "r.xlsx").read_bytes().startswith(b"PK")


def test_the_stand_in_key_stays_a_stand_in_when_it_comes_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key.csv"
    assert "IKKE DEN VIRKELIGE" in told("key", "--out", str(path))
    again = cost("run", *ASKED, "--key", str(path), "--json")
    assert again["key"]["is_stand_in"]
    assert again == cost("run", *ASKED, "--json")
    rows = path.read_text().splitlines()
    path.write_text("\n".join([rows[0], "0301,1,Oslo", *rows[2:]]))
    assert not cost("run", *ASKED, "--key", str(path), "--json")["key"]["is_stand_in"]


def test_the_hubs_own_data_directory_is_a_ledger(tmp_path: Path) -> None:
    fill(tmp_path / STORE_FILE, [case(n, day="2025-02-10") for n in range(3)])
    asked = ("--model", "per-case", "--total", "1200", "--from", "2025-02", "--months", "1")
    found = cost("run", *asked, "--use", str(tmp_path), "--json")
    assert {m["number"]: m["total_ore"] for m in found["municipalities"] if m["total_ore"]} == {"0301": 100_00}
    assert any("egen måling" in text for text in found["sources"])


def test_a_record_of_the_hubs_own_is_taken_back_once_by_a_counter_entry(tmp_path: Path) -> None:
    fill(tmp_path / STORE_FILE, [case(n, day="2025-02-10") for n in range(3)])
    assert "Motpost use-1-tilbake tar tilbake use-1" in told("correct", "use-1", "--data-dir", str(tmp_path))
    assert "alt tatt tilbake" in refused("correct", "use-1", "--data-dir", str(tmp_path))
    for no_case in ("use-9", "use-1-tilbake"):
        assert "ingen slik post" in refused("correct", no_case, "--data-dir", str(tmp_path))

    told("export", str(tmp_path), "--format", "csv", "--out", str(tmp_path / "use.csv"))
    rows = list(csv.DictReader((tmp_path / "use.csv").open()))
    assert sorted((row["id"], row["quantity"], row["corrects"]) for row in rows) == [
        ("use-0", "1", ""),
        ("use-1", "1", ""),
        ("use-1-tilbake", "-1", "use-1"),
        ("use-2", "1", ""),
    ]
