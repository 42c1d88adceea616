"""What a system shows of itself when it signs in: its assertions, its proofs, and the tokens that it sends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson

from hub.conformance.national.heard import Request
from hub.conformance.suites.signin._doing import Work
from hub.conformance.suites.signin._jwt import Jwt, read_jwt
from hub.conformance.verdicts import Failed, Omitted, both, expect
from hub.model.language import Text

_A_PROOF = both("et DPoP-bevis (JWT) i hver forespørsel", "a DPoP proof (JWT) in every request")


@dataclass(frozen=True, slots=True)
class Shown:
    """A JWT and the request that it came with."""

    request: Request
    jwt: Jwt

    @property
    def where(self) -> Text:
        """At which end of the national side, for a reader."""
        return _where(self.request)


def form(request: Request) -> dict[str, str]:
    """The fields of a request's form."""
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def assertions(work: Work) -> list[Shown]:
    """The assertion of each token request. Raises Failed when one has none, or when there was no request."""
    return _shown(work.at_tokens, _assertion, both("en client_assertion (JWT)", "a client_assertion (JWT)"))


def proofs(work: Work) -> list[Shown]:
    """The proof of every request at the token endpoint and the APIs. Raises Failed when one lacks it.

    Omitted where the system signs in without DPoP at VKP, which it may.
    """
    if work.way == "vkp" and not any(r.header("dpop") for r in work.at_tokens):
        raise Omitted(both("systemet bruker ikke DPoP mot VKP", "the system doesn't use DPoP with VKP"))
    return [*_shown(work.at_tokens, _proof, _A_PROOF), *(_shown(work.at_api, _proof, _A_PROOF) if work.at_api else ())]


def api_proofs(work: Work) -> list[Shown]:
    """The proof of every request at the APIs; as `proofs`, and Failed when no request got so far."""
    found = [shown for shown in proofs(work) if shown.request.kind != "token"]
    if not found:
        raise Failed(both("ingen forespørsel kom til API-et", "no request came to the API"), expected=_A_PROOF)
    return found


def was_answered(work: Work) -> bool:
    """Whether the token service has said yes or no, and not only asked for a nonce."""
    return any(r.status and not is_nonce_demand(r) for r in work.at_tokens)


def is_refused(work: Work) -> bool:
    """Whether the token service has said no, for another reason than a nonce."""
    return any(r.status >= 400 and not is_nonce_demand(r) for r in work.at_tokens)


def is_nonce_demand(request: Request) -> bool:
    """Whether a request was answered with the demand for a nonce."""
    return request.status in (400, 401) and "dpop-nonce" in request.answer_headers


def granted(work: Work) -> list[str]:
    """The access tokens that the token service has handed out, in their order."""
    answers = [r.answer for r in work.at_tokens if r.status == 200]
    return [token for token in map(_token, answers) if token]


def sent_token(request: Request) -> str:
    """The token that a request brought in its Authorization header, or an empty text."""
    return request.header("authorization").partition(" ")[2].strip()


def expect_each(
    shown: Iterable[Shown], holds: Callable[[Shown], object], *, expected: Text, seen: Callable[[Shown], object]
) -> None:
    """Raise Failed for the first of `shown` that `holds` is not true of."""
    for each in shown:
        found = seen(each)
        expect(
            holds(each),
            expected=expected,
            seen=both(f"{each.where.nb}: {found}", f"{each.where.en}: {found}"),
        )


def expect_no_repeat(shown: Sequence[Shown], *, expected: Text) -> None:
    """Every one of `shown` has a `jti`, and no two the same."""
    ids = [each.jwt.word("jti") for each in shown]
    missing, used = ids.count(None), len(ids) - len(set(ids))
    expect(
        not missing and not used,
        expected=expected,
        seen=both(
            f"av {len(ids)}: {missing} uten jti, {used} med en brukt jti",
            f"of {len(ids)}: {missing} without jti, {used} with a used jti",
        ),
    )


def _shown(requests: Sequence[Request], find: Callable[[Request], str], expected: Text) -> list[Shown]:
    if not requests:
        raise Failed(both("ingen forespørsel kom", "no request came"), expected=expected)
    found = [(request, read_jwt(find(request))) for request in requests]
    missing = next((request for request, jwt in found if jwt is None), None)
    if missing is not None:
        where = _where(missing)
        raise Failed(both(f"{where.nb}: ingen", f"{where.en}: none"), expected=expected)
    return [Shown(request, jwt) for request, jwt in found if jwt is not None]


def _where(request: Request) -> Text:
    if request.kind == "token":
        return both("ved tokenendepunktet", "at the token endpoint")
    return both("ved API-et", "at the API")


def _assertion(request: Request) -> str:
    return form(request).get("client_assertion", "")


def _proof(request: Request) -> str:
    return request.header("dpop")


def _token(answer: bytes) -> str | None:
    try:
        value = orjson.loads(answer)["access_token"]
    except (ValueError, TypeError, KeyError):
        return None
    return value if isinstance(value, str) else None
