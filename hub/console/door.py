"""The way into the console: every page passes through here, and gets its security headers on the way out.

A page is read by whoever may see; a POST must come from our own page: same origin, the session's token in the form, and
a role. On the loopback address only loopback names are answered, so that no page elsewhere can point its own name here.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.console.console import Console
from hub.console.look import Look
from hub.console.signing import session_of
from hub.console.visit import LANGUAGE_COOKIE, Elsewhere, Right, Stop, Visit
from hub.console.words import LANGUAGES

Handler = Callable[[Visit], Awaitable[Response]]

MOST_BYTES = 2_000_000
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_YEAR_S = 31_536_000


class Door:
    """Makes routes out of page functions."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.look = Look()

    def get(self, path: str, page: Handler, right: Right = Right.SEE) -> Route:
        """A page that is read."""
        return Route(path, self._endpoint(page, right), methods=["GET"])

    def post(self, path: str, action: Handler, right: Right = Right.ACT) -> Route:
        """Something that is done."""
        return Route(path, self._endpoint(action, right), methods=["POST"])

    async def missing(self, request: Request) -> Response:
        """The page that says that there is no such page."""
        return await self._endpoint(_nothing, Right.NONE)(request)

    def static(self) -> list[Route]:
        """The static files, and the picture that browsers ask for by themselves."""
        return [
            Route("/static/{version}/{name}", self._static, methods=["GET"]),
            Route("/favicon.ico", self._picture, methods=["GET"]),
        ]

    async def _picture(self, request: Request) -> Response:
        return RedirectResponse(self.look.files["knutepunkt.svg"].address, 307, _SECURITY)

    async def _static(self, request: Request) -> Response:
        file = self.look.by_address(request.url.path)
        if file is None:
            return Response(status_code=404, headers=_SECURITY)
        headers = {**_SECURITY, "Cache-Control": f"public, max-age={_YEAR_S}, immutable"}
        return Response(file.content, 200, headers, file.media_type)

    def _endpoint(self, page: Handler, right: Right) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            language, is_chosen = _language(request)
            response = await self._answered(request, page, right, language)
            for name, value in _SECURITY.items():
                response.headers.setdefault(name, value)
            response.headers.setdefault("Cache-Control", "no-store")
            if is_chosen:
                response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR_S, samesite="lax", httponly=True)
            return response

        return answer

    async def _answered(self, request: Request, page: Handler, right: Right, language: str) -> Response:
        visit = Visit(request, self.console, self.look, language, None, FormData())
        try:
            _check_host(request, self.console)
            session = await session_of(request, self.console)
            form = await _form(request) if request.method == "POST" else FormData()
            visit = Visit(request, self.console, self.look, language, session, form)
            if request.method == "POST":
                _check_origin(request, self.console)
                _check_form(visit, right)
            _check_right(visit, right)
            return await page(visit)
        except Elsewhere as elsewhere:
            return RedirectResponse(elsewhere.address, 303)
        except Stop as stop:
            return visit.page("error.html", status=stop.status, status_code=stop.status, text_key=stop.key)


async def _nothing(visit: Visit) -> Response:
    raise Stop(404, "error.missing")


def _language(request: Request) -> tuple[str, bool]:
    """The language to answer in, and whether it was just chosen."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return asked, True
    kept = request.cookies.get(LANGUAGE_COOKIE)
    return (kept if kept in LANGUAGES else LANGUAGES[0]), False


def _check_host(request: Request, console: Console) -> None:
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    if console.settings.http.host in _LOOPBACK and not console.settings.http.public_url and host not in _LOOPBACK:
        raise Stop(421, "error.host")


def _check_origin(request: Request, console: Console) -> None:
    origin = request.headers.get("origin")
    own = {request.headers.get("host", ""), urlsplit(console.http_url).netloc}
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Stop(403, "error.csrf")
    if origin is not None and urlsplit(origin).netloc not in own:
        raise Stop(403, "error.csrf")


def _check_form(visit: Visit, right: Right) -> None:
    if visit.session is None:
        if right is not Right.NONE:
            raise Elsewhere("/sign-in?" + urlencode({"next": _came_from(visit.request), "why": "needed"}))
        return
    if not hmac.compare_digest(visit.field("csrf").encode(), visit.session.csrf.encode()):
        raise Stop(403, "error.csrf")


def _came_from(request: Request) -> str:
    return urlsplit(request.headers.get("referer", "")).path or "/"


def _check_right(visit: Visit, right: Right) -> None:
    if visit.may(right):
        return
    if visit.session is None:
        raise Elsewhere("/sign-in?" + urlencode({"next": visit.here, "why": "needed"}))
    raise Stop(403, "error.role")


async def _form(request: Request) -> FormData:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise Stop(413, "error.large")
    return await request.form(max_files=4, max_fields=100, max_part_size=MOST_BYTES)
