"""The price models as a list: what each is, can be set to, and how it calculates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from hub.metering.price_model import PriceModel
from hub.metering.run import price_model
from hub.plugins import PRICE_MODELS, discover


class ParameterAnswer(BaseModel):
    """A parameter with its default as text, so that no decimal is lost."""

    name: str
    title: str
    default: str
    unit: str


class ModelAnswer(BaseModel):
    """A price model with its published formula and worked examples."""

    name: str
    title: str
    formula: str
    parameters: list[ParameterAnswer]
    examples: list[str]


def model_answers(name: str | None = None) -> list[ModelAnswer]:
    """All price models, or the one called `name`. Raises ConfigurationError where there is none."""
    found: list[PriceModel] = [price_model(name)] if name else list(discover(PRICE_MODELS).values())
    return [_answer(model) for model in sorted(found, key=lambda m: m.name)]


def _answer(model: PriceModel) -> ModelAnswer:
    return ModelAnswer(
        name=model.name,
        title=model.title,
        formula=model.formula,
        parameters=[
            ParameterAnswer(name=p.name, title=p.title, default=str(p.default), unit=p.unit) for p in model.parameters
        ],
        examples=[example.text for example in model.examples],
    )


def model_lines(answers: Sequence[ModelAnswer], *, whole: bool) -> Iterator[str]:
    """The list as lines in Norwegian; `whole` with parameters, formula and examples."""
    for answer in answers:
        yield f"{answer.name:<16}{answer.title}"
        if whole:
            yield from ("", answer.formula.strip(), "", "Parametre:")
            yield from (f"  {p.name:<14}{p.title}: {p.default} {p.unit}" for p in answer.parameters)
            yield from ("Regneeksempler:", *(f"  {text}" for text in answer.examples))
