"""An order as people write it, in a request or on a command line, checked and made into an `Order`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from hub.metering.input_table import InputText, parsed_decimal
from hub.metering.metered_use import MeteredUse
from hub.metering.month import Month
from hub.metering.run import Order
from hub.metering.scenario import Scenario, WhoFirst, parsed_adoption
from hub.metering.state_share import state_share
from hub.model.errors import ConfigurationError, ConfigurationFault

T = TypeVar("T")


#: A number as people write it: a text in Norwegian form, or a number of JSON's, which is read digit by digit too.
Written = Annotated[
    str,
    Field(coerce_numbers_to_str=True),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}]}, mode="validation"),
]


class OrderForm(BaseModel):
    """An order in words. Numbers may be written the Norwegian way; tables are CSV text."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    model: str = Field("nhn-2024", description="prismodellens navn")
    total: Written = Field(description="brutto kostnad i kroner per kalenderår")
    start: str = Field(alias="from", description="første måned, ÅÅÅÅ-MM")
    months: int = Field(12, description="antall måneder, 1 til 120")
    connected: Written = Field("all", description="all, et antall eller metered")
    connected_csv: str | None = Field(None, description="tabell med number, from, to")
    state_share: Written = Field("0", description="statens andel i prosent")
    state_rules: list[str] = Field(default_factory=list, description="first=5, small=5000, ta=50")
    key_csv: str | None = Field(None, description="tabell med number, weight")
    changes_csv: str | None = Field(None, description="tabell med month, from, to, share, name")
    settings: dict[str, Written] = Field(default_factory=dict, description="modellens parametre")
    prices: Literal["recover", "list"] = "recover"
    adoption: str | None = Field(None, description="default, eller punkter som 0:30,12:50,60:all")
    who_first: WhoFirst = "largest"
    use: Written = "1"
    growth: Written = "0"
    population_growth: Written = "0"
    price_change: Written = "0"
    seed: int | None = None
    file_names: dict[str, str] = Field(default_factory=dict, description="hva tabellene kalles i feilmeldinger")

    @property
    def draws_seed(self) -> int:
        """The seed of simulated draws, also where none was asked for."""
        return 1 if self.seed is None else self.seed


def order_of(form: OrderForm, *, metered: MeteredUse | None = None) -> Order:
    """The order that `form` asks for. Raises ConfigurationError naming every field that is wrong."""
    reader = _Reader()
    named = form.file_names
    scenario = Scenario(
        start=reader.read("--from", form.start, Month.parse, Month(2025, 1)),
        months=form.months,
        total=reader.decimal("--total", form.total),
        price_change=reader.decimal("--price-change", form.price_change),
        connected=_table("connected_csv", form.connected_csv, named) or form.connected,
        adoption=reader.parsed(lambda: parsed_adoption(form.adoption or ""), ()) if form.adoption else (),
        who_first=form.who_first,
        use=reader.decimal("--use-factor", form.use),
        growth=reader.decimal("--growth", form.growth),
        population_growth=reader.decimal("--population-growth", form.population_growth),
        seed=form.seed,
    )
    percent = reader.decimal("--state-share", form.state_share.rstrip("% "))
    order = Order(
        model=form.model,
        scenario=scenario,
        state=reader.parsed(lambda: state_share(percent, form.state_rules), state_share(Decimal(0))),
        settings={name: reader.decimal(f"--set {name}", value) for name, value in form.settings.items()},
        prices=form.prices,
        key_table=_table("key_csv", form.key_csv, named),
        changes_table=_table("changes_csv", form.changes_csv, named),
        metered=metered,
    )
    reader.parsed(scenario.checked, scenario)
    reader.finish()
    return order


def _table(field: str, text: str | None, names: Mapping[str, str]) -> InputText | None:
    return None if text is None else InputText(names.get(field, field), text)


class _Reader:
    """Reads fields one by one and remembers all that is wrong."""

    def __init__(self) -> None:
        self.faults: list[ConfigurationFault] = []

    def read(self, name: str, text: str, parse: Callable[[str], T], otherwise: T) -> T:
        try:
            return parse(text)
        except ValueError as error:
            self.faults.append(ConfigurationFault(0, name, str(error)))
            return otherwise

    def decimal(self, name: str, text: str) -> Decimal:
        return self.read(name, text, parsed_decimal, Decimal(0))

    def parsed(self, parse: Callable[[], T], otherwise: T) -> T:
        try:
            return parse()
        except ConfigurationError as error:
            self.faults += error.faults
            return otherwise

    def finish(self) -> None:
        if self.faults:
            raise ConfigurationError(self.faults)
