"""A comparison as a table for a terminal, in Norwegian."""

from __future__ import annotations

from collections.abc import Iterator

from hub.metering.comparison import SWING_TEXT, ComparisonAnswer
from hub.metering.kroner import decimal_comma, kroner


def comparison_table(answer: ComparisonAnswer) -> Iterator[str]:
    """The lines of the table: warnings, sums, spread, what happens at the margin, the years."""
    yield from (f"ADVARSEL: {warning}" for warning in answer.warnings)
    yield f"{answer.period_months} måneder fra {answer.period_from}; vinnere og tapere mot {answer.base}"
    yield f"{'Modell':<16}{'Staten':>18}{'Kommunene':>18}{'Per innb. og år: lavest':>26}{'midterst':>10}{'høyest':>10}"
    for one in answer.models:
        heads = (one.per_inhabitant_min_ore, one.per_inhabitant_median_ore, one.per_inhabitant_max_ore)
        low, middle, high = (kroner(ore) for ore in heads)
        sums = f"{kroner(one.state_ore):>18}{kroner(one.municipal_ore):>18}"
        yield f"{one.model:<16}{sums}{low:>26}{middle:>10}{high:>10}"
    yield f"{'Modell':<16}{'Gini':>8}{'Utslag':>8}{'Vinnere':>9}{'Tapere':>8}{'Én til: spart i mnd.':>22}"
    for one in answer.models:
        more = "–" if one.one_more_joining_ore is None else kroner(one.one_more_joining_ore)
        spread = (f"{one.gini:.3f}", f"{one.small_bill_swing:.2f}")
        gini, swing = map(decimal_comma, spread)
        yield f"{one.model:<16}{gini:>8}{swing:>8}{one.winners:>9}{one.losers:>8}{more:>22}"
    yield f"{SWING_TEXT}, i siste år."
    for one in answer.models:
        for point in one.break_even:
            if point.use_factor is not None:
                factor = decimal_comma(f"{point.use_factor:.2f}")
                yield f"{one.model}: {point.name} betaler som i {answer.base} ved {factor} ganger forventet bruk"
    for one in answer.models:
        last = one.years[-1]
        band = f"{kroner(last.municipal_p10_ore)} til {kroner(last.municipal_p90_ore)}"
        yield f"{one.model}: kommunene samlet i {last.year}, 8 av 10 trekninger: {band}"
    yield "Forutsetninger:"
    yield from (f"- {text}" for text in answer.assumptions)
    yield "Kilder:"
    yield from (f"- {text}" for text in answer.sources)
