"""The hand-over to operation: nothing waits, no alert is open, the traffic flows, and it is known whom to call."""

from __future__ import annotations

from hub.rehearsal.checks.outcome import Outcome
from hub.rehearsal.checks.trial import Trial
from hub.rehearsal.results import Said, failed, passed


async def handover(trial: Trial) -> Outcome:
    """Whether operation begins with a clean table."""
    found = await trial.hub.at_rest(trial.municipality)
    return Outcome(
        (
            _none(found.pending, ("saker venter på EPJ", "cases wait for the EHR")),
            _none(found.alerts_pending, ("varsler venter på responssenteret", "alerts wait for the response centre")),
            _none(found.waiting, ("leveringer venter på et menneske", "deliveries wait for a person")),
            _none(found.quarantined, ("meldinger ligger i karantene", "messages are in quarantine")),
            *(failed(f"Åpent varsel til drift: {text}", f"Open alert to operations: {text}") for text in found.alerts),
            *(() if found.alerts else (passed("Ingen åpne varsler til drift.", "No open alerts to operations."),)),
            _flow(held=found.held),
            _contacts(trial),
        )
    )


def _none(count: int, words: tuple[str, str]) -> Said:
    if not count:
        return passed(f"Ingen {words[0]}.", f"No {words[1]}.")
    return failed(
        f"{words[0].capitalize()}: {count}. Se siden «Drift».", f"{words[1].capitalize()}: {count}. See “Operations”."
    )


def _flow(*, held: bool) -> Said:
    if held:
        return failed("Trafikken til EPJ er holdt tilbake.", "The traffic to the EHR is held.")
    return passed("Trafikken til EPJ går.", "The traffic to the EHR flows.")


def _contacts(trial: Trial) -> Said:
    if trial.has_contacts:
        return passed("Kontaktpunktene er skrevet ned.", "The contact points are written down.")
    return failed("Kontaktpunktene er ikke skrevet ned.", "The contact points are not written down.")
