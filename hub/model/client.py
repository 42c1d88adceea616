"""A client of the token service as it stands in the configuration, with its public keys. Never a private key.

`Client` is a pydantic model, so that `hub.settings` can take it as a section (`client: tuple[Client, ...]`) and
list its faults with their lines; `clients_from` does the same for a configuration read by somebody else.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from hub.model.errors import ConfigurationError, ConfigurationFault
from hub.model.person import organisation_number_is_test, organisation_number_is_valid
from hub.model.validation import dotted, in_norwegian

_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_NEEDED_MEMBERS = {"RSA": ("n", "e"), "EC": ("crv", "x", "y")}
_TEST_SCOPES = frozenset({"nhn:vkp/api/*.*"})


def _parsed(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("er ikke gyldig JSON") from None


def _public(jwk: dict[str, Any]) -> dict[str, Any]:
    if _PRIVATE_MEMBERS & jwk.keys():
        raise ValueError("er en privat nøkkel; lim inn den offentlige (den private skal bli hos klienten)")
    needed = _NEEDED_MEMBERS.get(str(jwk.get("kty")))
    if needed is None:
        raise ValueError("kty må være RSA eller EC")
    if missing := [m for m in needed if not isinstance(jwk.get(m), str)]:
        raise ValueError(f"mangler {', '.join(missing)}")
    return jwk


def _organisation(number: str) -> str:
    if not (organisation_number_is_valid(number) or organisation_number_is_test(number)):
        raise ValueError("ikke et gyldig organisasjonsnummer (ni sifre med riktig kontrollsiffer)")
    return number


#: A public key as a JWK (RFC 7517): a TOML table, or the JSON text that `knutepunkt client new` prints.
PublicJwk = Annotated[dict[str, Any], BeforeValidator(_parsed), AfterValidator(_public)]
OrganisationNumber = Annotated[str, AfterValidator(_organisation)]
Scope = Annotated[str, Field(pattern=r"^[\x21\x23-\x5B\x5D-\x7E]+$")]
Grant = Literal["client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange", "authorization_code"]


class Client(BaseModel):
    """Who may ask for tokens, how it proves who it is (`jwks`), and what its tokens say.

    A single-tenant client speaks for `organisation_number`; a multi-tenant one names the organisation in each
    request and may name those in `delegations` (`*` for any). `child_organisation_numbers` limits which children
    may be named; empty means any. `exchanges` are the audiences whose tokens it may exchange for its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    client_id: str = Field(pattern=r"^[\x21-\x7E]{1,200}$")
    name: str = Field(min_length=1, max_length=200)
    jwks: tuple[PublicJwk, ...] = Field(min_length=1)
    scopes: tuple[Scope, ...] = Field(min_length=1)
    tenancy: Literal["single-tenant", "multi-tenant"] = "single-tenant"
    organisation_number: OrganisationNumber | None = None
    child_organisation_numbers: tuple[OrganisationNumber, ...] = ()
    supplier: OrganisationNumber | None = None
    delegations: tuple[Literal["*"] | OrganisationNumber, ...] = ()
    vkp_id: str | None = Field(default=None, min_length=1, max_length=120)
    grants: tuple[Grant, ...] = ("client_credentials",)
    exchanges: tuple[str, ...] = ()
    redirect_uris: tuple[str, ...] = ()
    access_token_lifetime_s: int = Field(default=600, ge=30, le=86_400)

    @model_validator(mode="after")
    def _fits_together(self) -> Client:
        if self.tenancy == "single-tenant" and self.organisation_number is None:
            raise ValueError("en single-tenant-klient må ha organisation_number")
        if self.tenancy == "multi-tenant" and (self.supplier is None or not self.delegations):
            raise ValueError("en multi-tenant-klient må ha supplier og delegations")
        if "authorization_code" in self.grants and not self.redirect_uris:
            raise ValueError("authorization_code krever redirect_uris")
        return self


def clients_from(config: Mapping[str, Any]) -> tuple[Client, ...]:
    """The clients of a whole configuration's `[[client]]` tables. Raises ConfigurationError with every fault."""
    rows = config.get("client", [])
    if not isinstance(rows, list):
        raise ConfigurationError([ConfigurationFault(0, "client", "må være en liste av tabeller: [[client]]")])
    clients: list[Client] = []
    faults = list(client_relations(config))
    for number, row in enumerate(rows, 1):
        try:
            clients.append(Client.model_validate(row))
        except ValidationError as error:
            faults += [_fault(number, dict(e)) for e in error.errors() if not _is_echo(dict(e))]
    if faults:
        raise ConfigurationError(faults)
    return tuple(clients)


def client_relations(config: Mapping[str, Any]) -> Iterator[ConfigurationFault]:
    """The faults that no single client shows: one id twice, and test-only values outside test mode."""
    rows = config.get("client", [])
    tables = [(n, r) for n, r in enumerate(rows, 1) if isinstance(r, dict)] if isinstance(rows, list) else []
    ids = Counter(str(row.get("client_id")) for _, row in tables)
    for number, row in tables:
        if ids[str(row.get("client_id"))] > 1:
            yield ConfigurationFault(0, f"client[{number}].client_id", "står flere ganger")
        if config.get("mode") == "production":
            yield from _test_only(number, row)


def _test_only(number: int, row: Mapping[str, Any]) -> Iterator[ConfigurationFault]:
    where, only = f"client[{number}]", "bare tillatt når mode er «test»"
    if organisation_number_is_test(str(row.get("organisation_number", ""))):
        yield ConfigurationFault(0, f"{where}.organisation_number", f"er et testnummer, {only}")
    if "*" in row.get("delegations", ()):
        yield ConfigurationFault(0, f"{where}.delegations", f"«*» er {only}")
    if _TEST_SCOPES & {str(s) for s in row.get("scopes", ())}:
        yield ConfigurationFault(0, f"{where}.scopes", f"nhn:vkp/api/*.* er {only}")


def _is_echo(error: Mapping[str, Any]) -> bool:
    """Whether pydantic calls a list too short only because its elements have faults of their own."""
    return error["type"] == "too_short" and bool(error["input"])


def _fault(number: int, error: Mapping[str, Any]) -> ConfigurationFault:
    return ConfigurationFault(0, dotted(("client", number - 1, *error["loc"])), in_norwegian(error))
