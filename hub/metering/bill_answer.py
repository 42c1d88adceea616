"""Invoices as an answer: the JSON of `cost invoice` and `/cost/invoice`, and which municipalities are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from hub.metering.bill import Bill
from hub.metering.bills import Billed
from hub.metering.input_table import padded, unknown_number
from hub.metering.municipalities import positions
from hub.model.errors import ConfigurationError, ConfigurationFault


class LineAnswer(BaseModel):
    """An invoice line: `ore` without VAT."""

    line: str
    kind: str
    title: str
    month: str
    quantity: int | None
    ore: int


class BillAnswer(BaseModel):
    """An invoice in øre."""

    bill: str
    number: str
    name: str
    organisation_number: str
    issued: str
    due: str
    net_ore: int
    vat_ore: int
    gross_ore: int
    lines: list[LineAnswer]


def bill_answer(bill: Bill) -> BillAnswer:
    """The invoice as an answer."""
    return BillAnswer(
        bill=bill.number,
        number=bill.municipality.number,
        name=bill.municipality.name,
        organisation_number=bill.municipality.organisation_number,
        issued=bill.period.issued.isoformat(),
        due=bill.period.due.isoformat(),
        net_ore=bill.net_ore,
        vat_ore=bill.vat_ore,
        gross_ore=bill.gross_ore,
        lines=[
            LineAnswer(
                line=line.id,
                kind=line.kind,
                title=line.title,
                month=str(line.month),
                quantity=line.quantity,
                ore=line.ore,
            )
            for line in bill.lines
        ],
    )


def places_of(billed: Billed, numbers: Sequence[str]) -> list[int]:
    """Where the municipalities with these numbers stand; all when none is named. ConfigurationError names unknown."""
    known = positions(billed.last.world.municipalities)
    asked = [padded(number) for number in numbers]
    faults = [ConfigurationFault(0, "--municipality", unknown_number(n)) for n in asked if n not in known]
    if faults:
        raise ConfigurationError(faults)
    return [known[n] for n in asked] if asked else list(range(len(billed.last.world.municipalities)))
