"""`knutepunkt client`: clients of the token service, and the service's own signing key."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from hub.jose.keys import KeyKind, new_key, private_jwk, public_jwk, write_secret
from hub.model.client import Client
from hub.model.errors import ConfigurationError
from hub.model.validation import in_norwegian
from hub.token_service.signing_keys import KEY_FILE, SigningKeys

app = typer.Typer(help="Klienter i tokentjenesten (HelseID-stedfortrederen) og tjenestens egen nøkkel.")

_SCOPES = ["nhn:vkp/api/user/bundle.write", "nhn:jft/api", "nhn:pit/api.read", "nhn:pit/api.write"]


class _Key(StrEnum):
    RSA = "rsa"
    EC = "ec"


@app.command("new")
def new_client(
    client_id: Annotated[str, typer.Argument(help="Klientens id, for eksempel Acme_Alarm_Testvik.")],
    organisation: Annotated[str, typer.Option("--organisation-number", help="Kommunens organisasjonsnummer.")],
    name: Annotated[str, typer.Option(help="Navnet som mottakerne ser.")] = "",
    scope: Annotated[list[str], typer.Option(help="Et scope; kan gjentas.")] = _SCOPES,
    key: Annotated[_Key, typer.Option(help="Nøkkeltype: rsa (RS256) eller ec (ES256).")] = _Key.RSA,
    vkp_id: Annotated[str, typer.Option(help="Avsenderens VKP-id; uten den gjelder klientens id.")] = "",
    supplier: Annotated[str, typer.Option(help="Leverandørens organisasjonsnummer: gjør klienten multi-tenant.")] = "",
    out: Annotated[Path | None, typer.Option(help="Filen til den private nøkkelen.")] = None,
) -> None:
    """Lag en klient med ny nøkkel; skriver den private nøkkelen til fil og viser hva som limes inn hvor."""
    path = out or Path(f"{client_id}.jwk.json")
    kind: KeyKind = "RSA" if key is _Key.RSA else "EC"
    made = new_key(kind)
    fields = {
        "client_id": client_id,
        "name": name or client_id,
        "jwks": [public_jwk(made)],
        "scopes": scope,
        "vkp_id": vkp_id or client_id,
        **_organisation_fields(organisation, supplier),
    }
    try:
        client = Client.model_validate(fields)
        write_secret(path, private_jwk(made))
    except ValidationError as error:
        raise _stopped("\n".join(_fault(dict(e)) for e in error.errors())) from error
    except OSError as error:
        raise _stopped(f"Kan ikke skrive {path}: {'finnes fra før' if path.exists() else error.strerror}") from error
    typer.echo(_guide(client, path, municipality=organisation))


#: Which option gave each field.
_OPTIONS = {
    "client_id": "klientens id",
    "name": "--name",
    "scopes": "--scope",
    "vkp_id": "--vkp-id",
    "organisation_number": "--organisation-number",
    "delegations": "--organisation-number",
    "supplier": "--supplier",
}


def _fault(error: dict[str, Any]) -> str:
    option = _OPTIONS.get(str(error["loc"][0])) if error["loc"] else None
    return f"{option}: {in_norwegian(error)}" if option else in_norwegian(error)


def _organisation_fields(organisation: str, supplier: str) -> dict[str, object]:
    if not supplier:
        return {"organisation_number": organisation}
    return {"tenancy": "multi-tenant", "supplier": supplier, "delegations": [organisation]}


def _guide(client: Client, path: Path, *, municipality: str) -> str:
    return (
        f"Privat nøkkel: {path.resolve()} (bare du kan lese den; den skal bli hos klienten)\n\n"
        f"Lim inn i knutepunktets konfigurasjon:\n\n{client_toml(client)}\n"
        "Er VKP-id-en ikke alt en avsender for kommunen, lim også inn:\n\n"
        f'[[sender]]\nid = {json.dumps(client.vkp_id)}\nmunicipality = "{municipality}"\n\n'
        "Klienten trenger adressen til tokentjenesten (token_service i endpoints.json), client_id og den private\n"
        "nøkkelen. Til HelseID lastes bare den offentlige nøkkelen opp, den som står i jwks over."
    )


def client_toml(client: Client) -> str:
    """`client` as a `[[client]]` table of the configuration, ready to paste."""
    values = client.model_dump(exclude_defaults=True)
    lines = ["[[client]]"]
    for name, value in values.items():
        if name == "jwks":
            keys = ", ".join(f"'{json.dumps(jwk)}'" for jwk in value)
            lines.append(f"jwks = [{keys}]")
        else:
            lines.append(f"{name} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


@app.command("rotate-signing-key")
def rotate_signing_key(
    data_dir: Annotated[Path, typer.Option(help="Knutepunktets datakatalog.")] = Path("data"),
) -> None:
    """Lag ny signeringsnøkkel for tokentjenesten; den gamle godtas til tokenene den har signert er utløpt."""
    path = data_dir / KEY_FILE
    if not path.exists():
        raise _stopped(f"Fant ingen nøkkelfil: {path}")
    try:
        key_id = SigningKeys(path).rotate(datetime.now(UTC).timestamp())
    except ConfigurationError as error:
        raise _stopped(str(error)) from error
    typer.echo(f"Ny signeringsnøkkel: {key_id}. Kjørende prosesser tar den i bruk ved neste token.")


def _stopped(text: str) -> typer.Exit:
    typer.echo(text, err=True)
    return typer.Exit(1)
