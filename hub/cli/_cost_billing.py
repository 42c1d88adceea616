"""What is invoiced, as `cost invoice` keeps it beside the invoices and `cost explain` finds it again."""

from __future__ import annotations

from pathlib import Path

from hub.cli._cost_order import MeteredBy, settings_for
from hub.metering.billing_order import RUN_FILE, Billing, BillingForm, billing_of
from hub.metering.input_table import InputText
from hub.metering.order_form import OrderForm
from hub.model.errors import ConfigurationError, ConfigurationFault


def read_billing(form: OrderForm, use: MeteredBy | None, *, model: str, vat: str, grace_days: int) -> BillingForm:
    """What is to be invoiced, as it is kept beside the invoices."""
    try:
        return BillingForm(
            order=form.model_copy(update={"model": model, "settings": settings_for(form, model, [model])}),
            vat=vat,
            grace_days=grace_days,
            use=str(use.path.resolve()) if use else None,
            is_sample=use.is_sample if use else False,
        )
    except ValueError as error:
        raise ConfigurationError([ConfigurationFault(0, "--grace-days", "må være fra 0 til 28")]) from error


def kept_billing(folder: Path) -> Billing:
    """The invoices that a folder's order made, made again. Raises ConfigurationError where there is no order."""
    path = folder / RUN_FILE if folder.is_dir() else folder
    try:
        form = BillingForm.model_validate_json(InputText.from_file(path).text)
    except ValueError as error:
        text = "er ikke en avregning som `cost invoice` har skrevet"
        raise ConfigurationError([ConfigurationFault(0, path.name, text)]) from error
    use = MeteredBy(Path(form.use), form.is_sample).source() if form.use else None
    return billing_of(form, use)
