"""What the token endpoint answers when it says no (RFC 6749, 5.2; RFC 9449, 5; shared standards, section 5)."""

from __future__ import annotations

from hub.model.errors import KnutepunktError


class OAuthError(KnutepunktError):
    """An error of the OAuth protocol: `error` is its code, the text tells a developer what to change.

    `status` is 401 for `invalid_client`, else 400. `nonce` goes out as the DPoP-Nonce header.
    """

    def __init__(self, error: str, text: str, *, nonce: str | None = None) -> None:
        super().__init__(text)
        self.error = error
        self.text = text
        self.status = 401 if error == "invalid_client" else 400
        self.nonce = nonce
