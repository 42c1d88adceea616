"""The work behind `knutepunkt conformance verify`."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from joserfc.jwk import Key

from hub.conformance.report import Trust, verify_report
from hub.conformance.report.words import RESULTS
from hub.jose.keys import BadKey, public_key
from hub.model.language import Language

_TRUST = {
    Trust.TRUSTED: "den betrodde",
    Trust.STRANGER: "en annen enn den betrodde",
    Trust.UNKNOWN: "hvem den tilhører, er ikke kontrollert; bruk --key",
}


def verified(report: Path, key: Path | None) -> int:
    """Check the report and say what was found; the exit status."""
    try:
        trusted = _public(key) if key is not None else None
    except (OSError, ValueError, BadKey) as error:
        typer.echo(f"{key}: ingen offentlig nøkkel (JWK): {error}", err=True)
        return 2
    found = verify_report(report, trusted=trusted)
    for fault in found.faults:
        typer.echo(fault.said(Language.NB), err=True)
    if found.report is not None:
        typer.echo(f"{found.report.plan_title.nb}: {found.report.target}, {RESULTS[found.report.result].nb}")
    if found.thumbprint:
        typer.echo(f"Signert med nøkkelen {found.thumbprint} ({_TRUST[found.trust]})")
    if found.checked:
        typer.echo(f"Kontrollert: {', '.join(found.checked)}")
    if found.unchecked:
        typer.echo(f"Ikke kontrollert: {', '.join(found.unchecked)}")
    typer.echo("Rapporten er uendret." if found.holds else "Rapporten kan IKKE brukes.")
    return 0 if found.holds else 1


def _public(path: Path) -> Key:
    return public_key(json.loads(path.read_text(encoding="utf-8")))
