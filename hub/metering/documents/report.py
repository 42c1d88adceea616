"""The comparison report as one HTML page: charts, tables, formulas, assumptions and sources."""

from __future__ import annotations

from hub.metering.comparison import SWING_TEXT, ComparisonAnswer
from hub.metering.documents import charts
from hub.metering.documents.pages import chart, page
from hub.metering.run import price_model


def comparison_report(answer: ComparisonAnswer) -> str:
    """The report. It needs nothing from any other place: no scripts, no fonts, no pictures to fetch."""
    draws = f"{answer.draws} trekninger"
    return page(
        "sammenligning.html",
        answer=answer,
        assumptions=answer.assumptions,
        sources=answer.sources,
        swing_text=SWING_TEXT,
        formulas=[(one.model, price_model(one.model).formula) for one in answer.models],
        who_pays=chart(charts.who_pays(answer), "Hva kommunene og staten betaler under hver modell, i perioden."),
        ranking=chart(
            charts.ranking(answer),
            "Alle kommuner rangert etter kostnad per innbygger og år: jo flatere linje, jo jevnere fordeling.",
        ),
        adoption=chart(charts.adoption(answer), f"Tilknyttede kommuner ved utgangen av hvert år, midt i {draws}."),
        fans=[
            chart(charts.fan(answer, i), f"Kommunenes samlede regning med {one.model}: 8 av 10 av {draws} i båndet.")
            for i, one in enumerate(answer.models)
        ],
    )
