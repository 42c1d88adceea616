"""An order for invoices as it is kept beside them, so that any line can be explained later from the same figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, Field

from hub.metering.bills import Billed, BillingTerms
from hub.metering.counting import GRACE_DAYS
from hub.metering.input_table import parsed_decimal
from hub.metering.ledger import UsageTable
from hub.metering.order_form import OrderForm, order_of
from hub.metering.use_source import UseSource, count_of
from hub.model.errors import ConfigurationError, ConfigurationFault

#: Beside the invoices: the form that they were made by.
RUN_FILE = "run.json"


class BillingForm(BaseModel):
    """What is invoiced: an order, VAT in per cent, the days into the next month that a month stays open."""

    order: OrderForm
    vat: str = "25"
    grace_days: int = Field(GRACE_DAYS, ge=0, le=28)
    use: str | None = Field(None, description="målingen, som en sti")
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Billing:
    """The invoices of a form, and the ledger that they were metered by (None: assumed use, or a sample)."""

    billed: Billed
    table: UsageTable | None


def billing_of(form: BillingForm, use: UseSource | None) -> Billing:
    """The invoices that `form` asks for, by the use that `use` holds. Raises ConfigurationError."""
    terms = BillingTerms(_percent(form.vat), form.grace_days)
    order = order_of(form.order)
    if use is None:
        return Billing(Billed(order, None, terms), None)
    if use.is_sample:
        return Billing(Billed(order_of(form.order, metered=use.metered(order)), None, terms), None)
    table = use.table()
    return Billing(Billed(order, count_of(table, order, form.grace_days), terms), table)


def _percent(text: str) -> Decimal:
    try:
        return parsed_decimal(text.rstrip("% "))
    except ValueError as error:
        raise ConfigurationError([ConfigurationFault(0, "--vat", str(error))]) from error
