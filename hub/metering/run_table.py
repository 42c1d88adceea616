"""A run as a table for a terminal, in Norwegian."""

from __future__ import annotations

from collections.abc import Iterator

from hub.metering.kroner import kroner
from hub.metering.run_answer import RunAnswer

_SHOWN = 15


def run_table(answer: RunAnswer) -> Iterator[str]:
    """The lines of the table: warnings first, sums, then the municipalities that pay most."""
    yield from (f"ADVARSEL: {warning}" for warning in answer.warnings)
    yield f"{answer.title} ({answer.model}), {answer.period_months} måneder fra {answer.period_from}"
    for text, ore in (
        ("Brutto", answer.total_ore),
        ("Staten", answer.state_ore),
        ("Kommunene", answer.municipal_ore),
        ("Båret videre", answer.carried_ore),
    ):
        yield f"  {text:<14}{kroner(ore):>20}"
    yield f"{'Nr':<6}{'Kommune':<28}{'Fast':>16}{'Variabelt':>16}{'Sum':>16}{'Per innb.':>11}"
    ranked = sorted(answer.municipalities, key=lambda m: -m.total_ore)
    for one in ranked[:_SHOWN]:
        amounts = "".join(f"{kroner(ore):>16}" for ore in (one.fixed_ore, one.variable_ore, one.total_ore))
        yield f"{one.number:<6}{one.name[:27]:<28}{amounts}{kroner(one.per_inhabitant_ore):>11}"
    if len(ranked) > _SHOWN:
        yield f"      ... og {len(ranked) - _SHOWN} kommuner til (--json eller --csv viser alle)"
    yield from (f"* {line.text}: {kroner(line.ore)}" for line in answer.lines)
    yield "Forutsetninger:"
    yield from (f"- {text}" for text in answer.assumptions)
    yield "Kilder:"
    yield from (f"- {text}" for text in answer.sources)
