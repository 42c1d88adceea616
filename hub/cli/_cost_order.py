"""The options that all cost commands share: what they are called, and how they become an `Order`."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from hub.metering.input_table import InputText
from hub.metering.order_form import OrderForm, order_of
from hub.metering.run import Order, price_model
from hub.metering.use_source import UseSource
from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.validation import in_norwegian


def _options(
    total: Annotated[str, typer.Option(help="Brutto kostnad i kroner per kalenderår.")],
    start: Annotated[str, typer.Option("--from", help="Første måned, ÅÅÅÅ-MM.")],
    months: Annotated[int, typer.Option(help="Antall måneder, 1 til 120.")] = 12,
    connected: Annotated[str, typer.Option(help="all, et antall, metered, eller en fil (number, from, to).")] = "all",
    state_share: Annotated[str, typer.Option(help="Statens andel i prosent.")] = "0",
    state_rule: Annotated[list[str] | None, typer.Option(help="first=5, small=5000, TJENESTE=PROSENT.")] = None,
    key: Annotated[Path | None, typer.Option(help="Kostnadsnøkkel: fil med number, weight.")] = None,
    changes: Annotated[Path | None, typer.Option(help="Kommuneendringer: month, from, to, share, name.")] = None,
    use: Annotated[Path | None, typer.Option(help="Målt bruk: .ndjson, .csv, .parquet eller datamappe.")] = None,
    sample: Annotated[Path | None, typer.Option(help="Målt døgn (som --use) som ganges opp til måneder.")] = None,
    settings: Annotated[list[str] | None, typer.Option("--set", help="Modellparameter NAVN=VERDI.")] = None,
    prices: Annotated[str, typer.Option(help="recover: dekk totalen. list: prisliste.")] = "recover",
    adoption: Annotated[str | None, typer.Option(help="default, eller punkter som 0:30,12:50,60:all.")] = None,
    who_first: Annotated[str, typer.Option(help="largest, smallest eller random.")] = "largest",
    use_factor: Annotated[str, typer.Option(help="Bruk per mottaker, ganger forutsetningen.")] = "1",
    growth: Annotated[str, typer.Option(help="Vekst i mottakere, prosent i året.")] = "0",
    population_growth: Annotated[str, typer.Option(help="Vekst i folketall, prosent i året.")] = "0",
    price_change: Annotated[str, typer.Option(help="Endring i totalkostnaden, prosent i året.")] = "0",
    seed: Annotated[int | None, typer.Option(help="Frø: trekk hvem som er med, og usikkerhet.")] = None,
) -> None: ...


def with_order(command: Callable[..., None]) -> Callable[..., None]:
    """`command(form, use, ...)` as a command with the shared options before its own."""
    hints = {**get_type_hints(command, include_extras=True), **get_type_hints(_options, include_extras=True)}
    shared = inspect.signature(_options).parameters
    own = [p for p in inspect.signature(command).parameters.values() if p.name not in ("form", "use")]

    def wrapper(**given: Any) -> None:
        values = {name: given.pop(name) for name in shared}
        with telling_faults():
            command(_form(values), _metered_by(values), **given)

    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [p.replace(kind=keyword, annotation=hints[p.name]) for p in (*shared.values(), *own)]
    wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by typer
    wrapper.__annotations__ = {p.name: hints[p.name] for p in parameters}
    wrapper.__doc__ = command.__doc__
    return wrapper


@dataclass(frozen=True, slots=True)
class MeteredBy:
    """Where the use was metered, as it was asked for."""

    path: Path
    is_sample: bool

    def source(self) -> UseSource:
        """The ledger there: a file, or the hub's own in its data directory."""
        if self.path.is_dir():
            from hub.cli._own_ledger import own_ledger

            return UseSource(partial(own_ledger, self.path), self.is_sample)
        return UseSource.file(self.path, is_sample=self.is_sample)


def _metered_by(values: dict[str, Any]) -> MeteredBy | None:
    if values["use"] and values["sample"]:
        raise ConfigurationError([ConfigurationFault(0, "--sample", "kan ikke brukes sammen med --use")])
    path = values["use"] or values["sample"]
    return MeteredBy(path, bool(values["sample"])) if path else None


def _form(values: dict[str, Any]) -> OrderForm:
    texts = {field: InputText.from_file(values[field]).text for field in ("key", "changes") if values[field]}
    names = ("total", "months", "prices", "who_first", "growth", "population_growth", "price_change", "seed")
    connected = _connected_table(values["connected"])
    try:
        return OrderForm.model_validate(
            {
                **{name: values[name] for name in names},
                "from": values["start"],
                "use": values["use_factor"],
                "adoption": values["adoption"],
                "connected": values["connected"],
                "connected_csv": connected,
                "state_share": values["state_share"],
                "state_rules": values["state_rule"] or [],
                "key_csv": texts.get("key"),
                "changes_csv": texts.get("changes"),
                "settings": dict(_pairs(values["settings"] or [])),
                "file_names": _file_names(values),
            }
        )
    except ValidationError as error:
        raise ConfigurationError([_fault(one) for one in error.errors(include_url=False)]) from error


def _connected_table(who: str) -> str | None:
    """The text of the file that `--connected` names; a count and a word are never a file."""
    path = Path(who)
    is_file = who not in ("all", "metered") and not who.isdecimal() and path.is_file()
    return InputText.from_file(path).text if is_file else None


def _fault(error: ErrorDetails) -> ConfigurationFault:
    option = "--" + str(error["loc"][0]).replace("_", "-")
    return ConfigurationFault(0, option, in_norwegian(error))


def _file_names(values: dict[str, Any]) -> dict[str, str]:
    named = {"key_csv": values["key"], "changes_csv": values["changes"], "connected_csv": values["connected"]}
    return {field: Path(path).name for field, path in named.items() if path}


def _pairs(settings: Sequence[str]) -> Iterator[tuple[str, str]]:
    for one in settings:
        name, equals, value = one.partition("=")
        if not equals:
            raise ConfigurationError([ConfigurationFault(0, f"--set {one}", "må være NAVN=VERDI")])
        yield name.strip(), value.strip()


def ordered(form: OrderForm, use: MeteredBy | None, models: Sequence[str]) -> list[Order]:
    """The order for each model, with metered use read once where a source is given.

    A setting `MODEL:NAME` goes to that model only; others to every model that has the parameter.
    """
    _check_settings(form, models)
    forms = [
        form.model_copy(update={"model": model, "settings": settings_for(form, model, models)}) for model in models
    ]
    orders = [order_of(one) for one in forms]
    if use is None:
        return orders
    metered = use.source().metered(orders[0])
    return [order_of(one, metered=metered) for one in forms]


def _check_settings(form: OrderForm, models: Sequence[str]) -> None:
    known = {f"{model}:{p.name}" for model in models for p in price_model(model).parameters}
    names = known | {name.partition(":")[2] for name in known}
    faults = [
        ConfigurationFault(0, f"--set {name}", "ingen av modellene har denne parameteren")
        for name in form.settings
        if len(models) > 1 and name not in names
    ]
    if faults:
        raise ConfigurationError(faults)


def settings_for(form: OrderForm, model: str, models: Sequence[str]) -> dict[str, str]:
    """The form's settings that are `model`'s."""
    found: dict[str, str] = {}
    for name, value in form.settings.items():
        wanted, _, own = name.rpartition(":")
        known = {p.name for p in price_model(model).parameters}
        if wanted == model or (not wanted and (len(models) == 1 or own in known)):
            found[own] = value
    return found


@contextmanager
def telling_faults() -> Iterator[None]:
    """Every fault on a line of its own on standard error, and exit status 2."""
    try:
        yield
    except ConfigurationError as error:
        for fault in error.faults:
            sys.stderr.write(f"{fault}\n")
        raise typer.Exit(2) from error


def write_text(path: Path, content: str | bytes) -> None:
    """Write a document. Raises ConfigurationError where it can't be."""
    try:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise ConfigurationError([ConfigurationFault(0, str(path), f"kan ikke skrives: {error.strerror}")]) from error
