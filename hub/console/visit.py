"""One request to the console: who asks, in which language, and what the answer looks like."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.console.console import Console
from hub.console.look import Look
from hub.console.words import LANGUAGES, say
from hub.store.sessions import Session

LANGUAGE_COOKIE = "knutepunkt-language"


class Right(Enum):
    """What a page asks of its visitor."""

    NONE = "none"
    SEE = "see"
    ACT = "administration"
    USERS = "user_administration"


class Elsewhere(Exception):
    """The visitor is sent to another address."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class Stop(Exception):
    """The visitor gets an error page: `key` names its text in the word tables (`error.…`)."""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status = status
        self.key = key


@dataclass(frozen=True, slots=True)
class Visit:
    """A request with all that was found out about it. `form` holds the fields of a POST."""

    request: Request
    console: Console
    look: Look
    language: str
    session: Session | None
    form: FormData

    def may(self, right: Right) -> bool:
        """Whether the visitor has the right."""
        if right is Right.NONE or (right is Right.SEE and self.console.is_open):
            return True
        if self.session is None:
            return False
        return right is Right.SEE or right.value in self.session.roles

    def field(self, name: str) -> str:
        """A text field of the form, empty when it isn't there."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def say(self, key: str, **values: object) -> str:
        """A text in the visitor's language."""
        return say(self.language, key, **values)

    @property
    def who(self) -> tuple[str, str]:
        """Subject and name for the access log."""
        return (self.session.subject, self.session.name) if self.session else ("-", "ikke innlogget")

    @property
    def here(self) -> str:
        """The address of the page, with its query but the language."""
        query = urlencode([(k, v) for k, v in self.request.query_params.multi_items() if k != "lang"])
        return f"{self.request.url.path}?{query}" if query else self.request.url.path

    def page(self, template: str, *, status: int = 200, **content: Any) -> Response:
        """The page as an answer."""
        return HTMLResponse(self.look.page(template, self.language, {**self._common(), **content}), status)

    def go(self, address: str) -> Response:
        """On to another page after something was done."""
        return RedirectResponse(address, 303)

    def _common(self) -> dict[str, Any]:
        other = next(name for name in LANGUAGES if name != self.language)
        here = self.here
        return {
            "visit": self,
            "console": self.console,
            "session": self.session,
            "may_act": self.may(Right.ACT),
            "may_see_users": self.may(Right.USERS),
            "csrf_token": self.session.csrf if self.session else "",
            "other_language": other,
            "other_address": f"{here}{'&' if '?' in here else '?'}lang={other}",
            "path": self.request.url.path,
            "sign_in_address": "/sign-in?" + urlencode({"next": here}),
        }
