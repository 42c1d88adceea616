"""Does the token work? Fetches one and calls a protected door with it, and without, which must be refused."""

from __future__ import annotations

from hub.rehearsal.checks.outcome import Outcome
from hub.rehearsal.checks.trial import Trial
from hub.rehearsal.results import failed, for_a_person, passed

_UNAUTHORIZED = 401


async def sign_in(trial: Trial) -> Outcome:
    """A token is fetched with a signed assertion; the door opens with it and stays shut without."""
    found = await trial.hub.token(trial.municipality, trial.door)
    if found is None:
        nb = "Knutepunktet har ingen klient for kommunen. La leverandøren prøve sin egen, og bekreft med svaret."
        return Outcome((for_a_person(nb, "The hub has no client for it. Let the vendor try its own, and confirm."),))
    said = [passed(f"Tokentjenesten ga et {found.kind}-token.", f"The token service gave a {found.kind} token.")]
    if found.with_token < 300:
        said.append(passed(f"{found.door} åpnet med tokenet.", f"{found.door} opened with the token."))
    else:
        nb, en = f"{found.door} svarte {found.with_token} med token.", f"{found.door} said {found.with_token} to it."
        said.append(failed(nb, en))
    if found.without_token == _UNAUTHORIZED:
        said.append(passed(f"{found.door} svarte 401 uten token.", f"{found.door} said 401 without a token."))
    else:
        nb = f"{found.door} svarte {found.without_token} uten token; skulle ha svart 401."
        said.append(failed(nb, f"{found.door} said {found.without_token} without a token, not 401."))
    return Outcome(tuple(said))
