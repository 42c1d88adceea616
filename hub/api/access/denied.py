"""Refusals, with the WWW-Authenticate header that tells a client what to change (RFC 6750, 3; RFC 9449, 7.1).

AccessDenied (hub.model.errors)
└── Challenge             has `headers`, which the answer must carry
    ├── TokenRejected     401: no token, a bad token, a bad proof
    ├── InsufficientScope 403: a good token for something else
    └── KeysUnavailable   503: we can't tell now, since the issuer's keys can't be had
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.api.access.rules import AccessRules, Scheme
from hub.model.errors import AccessDenied

#: Codes of VKP's operation-outcome table: no access, not authorised, timed out.
_NO_ACCESS, _NOT_AUTHORISED, _TIMED_OUT = "1.4", "1.5", "3.1"

#: For `responses=` of a protected route, so that its OpenAPI tells of what the gate may answer.
ACCESS_ANSWERS: dict[int | str, dict[str, Any]] = {
    401: {"description": "Token eller DPoP-bevis mangler eller holder ikke; WWW-Authenticate sier hva"},
    403: {"description": "Tokenet er gyldig, men gir ikke adgang hit (insufficient_scope)"},
    503: {"description": "Utstederens nøkler kan ikke hentes nå"},
}


class Challenge(AccessDenied):
    """A refusal with headers. The text is for a developer; it repeats nothing of the token."""

    def __init__(self, text: str, *, code: str, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(text, code=code, status=status)
        self.headers = dict(headers)


class TokenRejected(Challenge):
    """The request has no acceptable token. `error` is the code in the header, empty when there was no token."""

    def __init__(self, text: str, *, error: str, scheme: Scheme, rules: AccessRules) -> None:
        self.error = error
        challenges = [_challenge(s, rules, error if s == scheme else "", text) for s in _in_order(scheme, rules)]
        headers = {"WWW-Authenticate": ", ".join(challenges)}
        super().__init__(text, code=_NOT_AUTHORISED, status=401, headers=headers)


class InsufficientScope(Challenge):
    """The token is good, but has none of the scopes that the route takes."""

    def __init__(self, scheme: Scheme, rules: AccessRules) -> None:
        self.error = "insufficient_scope"
        text = "the token has none of the scopes that this needs"
        header = f'{_challenge(scheme, rules, self.error, text)}, scope="{" ".join(rules.any_scope)}"'
        super().__init__(text, code=_NO_ACCESS, status=403, headers={"WWW-Authenticate": header})


class KeysUnavailable(Challenge):
    """The issuer's keys could not be fetched, so no token can be judged. Worth another try in a while."""

    def __init__(self, text: str) -> None:
        super().__init__(text, code=_TIMED_OUT, status=503, headers={"Retry-After": "30"})


def _in_order(scheme: Scheme, rules: AccessRules) -> tuple[Scheme, ...]:
    """The schemes to offer, the one that was tried first."""
    return tuple(sorted(rules.schemes, key=lambda s: s != scheme))


def _challenge(scheme: Scheme, rules: AccessRules, error: str, text: str) -> str:
    parameters = [f'error="{error}"', f'error_description="{text}"'] if error else []
    if scheme == "DPoP":
        parameters.append(f'algs="{" ".join(rules.algorithms)}"')
    return f"{scheme} {', '.join(parameters)}" if parameters else scheme
