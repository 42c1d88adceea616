"""Why a line on an invoice is what it is: the rule, the figures that made the amount, and the cases behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from pydantic import BaseModel

from hub.metering.bill import BillLine
from hub.metering.bill_lines import CARRIED, READS, Cell, at, component_ore, pot_ore
from hub.metering.bills import Billed, Step
from hub.metering.charges import PotCharge
from hub.metering.counting import closing_condition
from hub.metering.kroner import grouped, kroner, number
from hub.metering.ledger import UsageTable
from hub.metering.municipalities import Municipality, positions
from hub.metering.run import Run
from hub.metering.year_steps import year_sums
from hub.model.codes import SERVICE_NAMES
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.usage import UsageRecord

_FOLLOWS_USE = "Beløpet følger sakene."
_FOLLOWS_CONNECTION = "Beløpet følger ikke antallet saker, bare at tjenesten er i bruk."
_MERGED = "Kommunen er slått sammen eller delt: sakene er alle målt i kommunene som den kom av."
_CAME_LATE = "Sakene kom eller ble rettet etter forrige avregning. Andre kommuners sene saker endrer også delingen."


class Figure(BaseModel):
    """One step of the calculation: what it is, and its value as a person reads it."""

    text: str
    value: str


class CaseBehind(BaseModel):
    """A usage record behind a line: never more than the ledger holds, the patient as a pseudonym."""

    id: str
    day: str
    recorded_at: str
    service: str
    event_kind: str
    sender: str
    pseudonym: str
    quantity: int
    size: int
    corrects: str | None


class Explanation(BaseModel):
    """A line explained. `cases` are those known at the invoice's closing; `remarks` say what they mean for it."""

    line: str
    bill: str
    municipality: str
    title: str
    ore: int
    rule: str
    formula: str
    figures: list[Figure]
    cases: list[CaseBehind]
    remarks: list[str]
    sources: list[str]


def explain(billed: Billed, line_id: str, table: UsageTable | None) -> Explanation:
    """The explanation of the line called `line_id`. `table` is the ledger that it was metered by, if any.

    Raises ConfigurationError where there is no such line.
    """
    step, place, line = _found(billed, line_id)
    run, cell = step.run, Cell(step.run.world.months.index(line.month), place)
    figures, rule = _told(step, line, cell)
    cases, remarks = _cases(step, line, place, table, billed.terms.grace_days)
    municipality = run.world.municipalities[place]
    return Explanation(
        line=line.id,
        bill=line_id.partition(".")[0],
        municipality=f"{municipality.number} {municipality.name}",
        title=f"{line.title}, {line.month.norwegian}",
        ore=line.ore,
        rule=rule,
        formula=run.model.formula.strip(),
        figures=figures,
        cases=cases,
        remarks=remarks,
        sources=[*run.assumptions(), *run.sources()],
    )


def _found(billed: Billed, line_id: str) -> tuple[Step, int, BillLine]:
    number, _, label = line_id.partition(".")[0].partition("-")
    step = billed.step_of(label)
    place = positions(billed.last.world.municipalities).get(number)
    if step is not None and place is not None:
        for line in billed.bill(step, place).lines:
            if line.id == line_id:
                return step, place, line
    raise ConfigurationError([ConfigurationFault(0, line_id, "det finnes ingen slik fakturalinje i denne avregningen")])


def _told(step: Step, line: BillLine, cell: Cell) -> tuple[list[Figure], str]:
    if line.kind == "adjustment":
        rule = "ny beregning av en eldre måned, minus det som alt er fakturert for den"
        return list(_adjusted(step, line, cell)), rule
    if line.kind == "state":
        return list(_covered(step.run, line, cell)), " ".join(step.run.terms.state.texts())
    one = next(p for p in step.run.charges.pots if p.pot.name == line.pot)
    return list(_charged(step.run, one, line, cell)), one.pot.rule


def _adjusted(step: Step, line: BillLine, cell: Cell) -> Iterator[Figure]:
    before = step.before[line.component].run
    was, becomes = component_ore(before, line.component, cell), component_ore(step.run, line.component, cell)
    yield Figure(text=f"{line.month.norwegian} etter det som var kjent ved forrige avregning", value=kroner(was))
    yield Figure(text=f"{line.month.norwegian} etter det som nå er kjent", value=kroner(becomes))
    yield Figure(text="Forskjell", value=kroner(becomes - was))
    for text, run in (("før", before), ("nå", step.run)):
        own, all_of_them = _case_counts(run, cell)
        yield Figure(text=f"Kommunens saker i måneden, {text}", value=f"{grouped(own)} av {grouped(all_of_them)}")


def _case_counts(run: Run, cell: Cell) -> tuple[int, int]:
    cases = run.world.cases[0, cell.month]
    return int(cases[cell.place].sum()), int(cases.sum())


def _covered(run: Run, line: BillLine, cell: Cell) -> Iterator[Figure]:
    before = sum(pot_ore(one, line.component, cell) for one in run.charges.pots)
    yield Figure(text="Kommunens del før statens dekning", value=kroner(before))
    yield Figure(text="Innbyggere", value=grouped(int(run.world.population[cell.month, cell.place])))
    yield Figure(text="Kommunen betaler", value=kroner(component_ore(run, line.component, cell)))
    yield Figure(text="Staten dekker", value=kroner(-line.ore))


def _charged(run: Run, one: PotCharge, line: BillLine, cell: Cell) -> Iterator[Figure]:
    yield from _month_figures(run, line, cell)
    yield from _pot_figures(run, one, cell)
    if line.service is not None and one.pot.services is not None:
        place = run.world.services.index(line.service)
        rate = Fraction(int(one.pot.services.rates[place]), 10_000)
        name = SERVICE_NAMES[line.service]
        units = int(one.pot.services.units[0, cell.month, cell.place, place])
        text = f"{name}: {grouped(units)} {one.pot.services.unit}(er) ganger {float(rate):g}".replace(".", ",")
        yield Figure(text=text, value=f"{float(units * rate):.4f}".replace(".", ","))
    yield Figure(text=f"Linjens beløp, {line.title.removesuffix(CARRIED)}", value=kroner(line.ore))


def _month_figures(run: Run, line: BillLine, cell: Cell) -> Iterator[Figure]:
    if run.terms.prices == "list":
        yield Figure(text="Prisliste: beløpet er bruk ganger pris; staten dekker resten av totalen", value="")
        return
    gross = year_sums(run.world.yearly_gross, run.world.months)
    percent = Fraction(run.terms.state.percent) / 100
    state = gross.part([percent] * len(run.world.months))
    years = sorted({m.year for m in run.world.months})
    yearly = int(run.world.yearly_gross[0, years.index(line.month.year)])
    month, own = int(gross.in_month[0, cell.month]), int(state.in_month[0, cell.month])
    yield Figure(text=f"Brutto kostnad i {line.month.year}", value=kroner(yearly))
    yield Figure(text=f"En tolvdel i {line.month.norwegian}", value=kroner(month))
    yield Figure(text=f"Statens andel, {number(run.terms.state.percent)} %", value=kroner(own))
    yield Figure(text="Igjen til kommunene", value=kroner(month - own))


def _pot_figures(run: Run, one: PotCharge, cell: Cell) -> Iterator[Figure]:
    t = cell.month
    payable = int(one.payable[0, t])
    before = int(one.carried[0, t - 1]) if t else 0
    if before:
        yield Figure(text="Båret hit fra måneder med ingen å dele på", value=kroner(before))
    weight, whole = at(one.pot.weights, cell), int(one.pot.weights[0, t].sum())
    yield Figure(text=f"{one.pot.title}: å dele i måneden", value=kroner(payable))
    yield Figure(text="Kommunens vekt av alles vekt", value=f"{grouped(weight)} av {grouped(whole)}")
    if whole and run.terms.prices == "recover":
        exact = Fraction(payable * weight, whole) / 100
        yield Figure(text="Andelen før avrunding til øre", value=f"{float(exact):.6f}".replace(".", ","))
    if one.pot.least is not None and one.pot.most is not None:
        bounds = f"{kroner(at(one.pot.least, cell))} til {kroner(at(one.pot.most, cell))}"
        yield Figure(text="Gulv og tak for måneden", value=bounds)
    text = "Kommunens del (største rest: øre som er igjen, går til de største brøkdelene)"
    yield Figure(text=text, value=kroner(at(one.parts, cell)))


def _cases(
    step: Step, line: BillLine, place: int, table: UsageTable | None, grace_days: int
) -> tuple[list[CaseBehind], list[str]]:
    if table is None:
        return [], ["Bruken er en forutsetning, ikke målt: det finnes ingen saker bak linjen."]
    if line.component == "fixed" and line.kind != "adjustment":
        return [], ["Fast del: beløpet avhenger ikke av bruk, og ingen saker ligger bak linjen."]
    structure = step.run.foundation.structure
    numbers = [n for i in structure.origins(place, line.month) for n in _numbers(structure.municipalities[i])]
    kinds = _kinds(line)
    conditions = [f"municipality IN ({_holes(numbers)})", "year(day) = ?", "month(day) = ?"]
    conditions.append(f"usage_kind IN ({_holes(kinds)})")
    parameters: list[object] = [*numbers, line.month.year, line.month.number, *kinds]
    if line.service is not None:
        conditions.append("service_code = ?")
        parameters.append(str(line.service))
    condition, remark = _known_then(step, line, grace_days)
    where = " AND ".join([*conditions, condition])
    merged = [_MERGED] if len(numbers) > 2 else []
    return [_case(record) for record in table.records(where, parameters)], [*remark, *merged]


def _numbers(municipality: Municipality) -> tuple[str, str]:
    return municipality.number, municipality.organisation_number


def _kinds(line: BillLine) -> tuple[str, ...]:
    """What was counted for the line; an adjustment may come of both."""
    if line.kind == "adjustment":
        return ("case", "read")
    return ("read",) if line.id.endswith(f".{READS}") else ("case",)


def _holes(values: Sequence[str]) -> str:
    return ", ".join("?" for _ in values)


def _known_then(step: Step, line: BillLine, grace_days: int) -> tuple[str, list[str]]:
    now = closing_condition(step.period.known_through, grace_days)
    if line.kind != "adjustment":
        by_use = any(p.pot.follows_use for p in step.run.charges.pots if p.pot.name == line.pot or not line.pot)
        return now, [_FOLLOWS_USE if by_use else _FOLLOWS_CONNECTION]
    before = step.invoiced_through(line.component)
    late = f"{now} AND NOT ({closing_condition(before, grace_days)})"
    return late, [_CAME_LATE]


def _case(record: UsageRecord) -> CaseBehind:
    return CaseBehind(
        id=record.id,
        day=record.day.isoformat(),
        recorded_at=record.recorded_at.isoformat(),
        service=record.service_code,
        event_kind=record.event_kind,
        sender=record.sender,
        pseudonym=record.pseudonym,
        quantity=record.quantity,
        size=record.size,
        corrects=record.corrects,
    )


def explanation_lines(found: Explanation) -> Iterator[str]:
    """The explanation as lines in Norwegian."""
    yield f"{found.line}: {found.title}, {found.municipality}: {kroner(found.ore)} kroner uten mva."
    yield f"Regel: {found.rule}."
    yield from (f"  {figure.text:<75}{figure.value:>24}" for figure in found.figures)
    yield from found.remarks
    for case in found.cases:
        sign = "" if case.quantity == 1 else f"  retter {case.corrects}"
        who = f"pasient {case.pseudonym[:8]}…"
        yield f"  {case.day}  {case.service:<6}{case.event_kind:<13}{who}  {case.sender}  {case.id}{sign}"
    yield from ("", "Formelen:", found.formula, "", "Forutsetninger og kilder:")
    yield from (f"- {text}" for text in found.sources)
