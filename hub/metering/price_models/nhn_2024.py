"""Today's model: half fixed over all, half variable over those in use, both by the cost key.

Source: regulation on standards and national e-health solutions §13, third paragraph; nhn.no, "betalingsmodell".
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hub.metering.pot import Pot, every_month
from hub.metering.price_model import Billing, PriceModel, Settings
from hub.metering.worked_example import ExampleMunicipality, WorkedExample
from hub.metering.world import World

_FORMULA = """\
Halvparten fast på alle, halvparten variabelt på dem som er i bruk, begge etter kostnadsnøkkelen.

    N      månedens nettokostnad: brutto minus statens prosent
    k(i)   kommunens vekt i delkostnadsnøkkelen for kommunehelse
    fast(i)     = N/2 * k(i) / summen av k for alle kommuner
    variabel(i) = N/2 * k(i) / summen av k for dem som har tjenesten i bruk denne måneden

I en måned der ingen er i bruk, bæres den variable halvdelen til neste måned som har noen.
Kilde: forskrift om standarder og nasjonale e-helseløsninger § 13 tredje ledd; nhn.no, «betalingsmodell».
Den faste delen faktureres kvartalsvis på forskudd, den variable halvårlig på etterskudd.
"""
_EXAMPLES = (
    WorkedExample(
        text=(
            "1 200 kroner i året, ingen statlig andel: 600 fast og 600 variabelt. Nøkkelen er 5, 3 og 2. "
            "Fast: 300, 180, 120. Bare A og B er i bruk: variabelt 600*5/8 = 375 og 600*3/8 = 225."
        ),
        total=Decimal(1200),
        municipalities=(
            ExampleMunicipality("A", 5000, 5, 10, 5, fixed_ore=300_00, variable_ore=375_00),
            ExampleMunicipality("B", 3000, 3, 10, 5, fixed_ore=180_00, variable_ore=225_00),
            ExampleMunicipality("C", 2000, 2, 0, 0, fixed_ore=120_00, variable_ore=0, connected_from=0),
        ),
    ),
    WorkedExample(
        text=(
            "Samme kostnad, staten dekker 25 %: 300 kroner. 450 fast: 225, 135, 90. A tar i bruk i januar, B i juli. "
            "Variabelt 37,50 i måneden: A alene i et halvår (225), så A 5/8 (140,62 eller 140,63) og B 3/8."
        ),
        total=Decimal(1200),
        state_percent=Decimal(25),
        state_ore=300_00,
        municipalities=(
            ExampleMunicipality("A", 5000, 5, 10, 5, fixed_ore=225_00, variable_ore=365_64),
            ExampleMunicipality("B", 3000, 3, 10, 5, fixed_ore=135_00, variable_ore=84_36, connected_from=7),
            ExampleMunicipality("C", 2000, 2, 0, 0, fixed_ore=90_00, variable_ore=0, connected_from=0),
        ),
    ),
    WorkedExample(
        text=(
            "Ingen i bruk før juli: den variable halvdelen for januar til juni (300 kroner) bæres til juli, "
            "og A, som er alene, betaler hele årets variable halvdel."
        ),
        total=Decimal(1200),
        municipalities=(
            ExampleMunicipality("A", 5000, 1, 10, 5, fixed_ore=300_00, variable_ore=600_00, connected_from=7),
            ExampleMunicipality("B", 5000, 1, 0, 0, fixed_ore=300_00, variable_ore=0, connected_from=0),
        ),
    ),
)


def _pots(world: World, settings: Settings) -> tuple[Pot, ...]:
    """The two halves."""
    key = world.key[None]
    return (
        Pot(
            name="fast",
            title="Fast del",
            rule="halvparten av kostnaden, delt på alle kommuner etter kostnadsnøkkelen",
            component="fixed",
            share=every_month(world, Fraction(1, 2)),
            weights=key,
        ),
        Pot(
            name="variabel",
            title="Variabel del",
            rule="halvparten av kostnaden, delt etter kostnadsnøkkelen på kommunene som har tjenesten i bruk",
            component="variable",
            share=every_month(world),
            weights=key * world.connected,
        ),
    )


MODEL = PriceModel(
    name="nhn-2024",
    title="Dagens modell: halvt fast, halvt variabelt, etter kostnadsnøkkel",
    formula=_FORMULA,
    parameters=(),
    billing=Billing("quarterly_in_advance", "half_yearly_in_arrears"),
    examples=_EXAMPLES,
    pots=_pots,
)
