"""Where the hub's doors are."""

from __future__ import annotations


def addresses(http: str) -> dict[str, str]:
    """The national doors' addresses by their names in `endpoints.json`; `http` is the hub's own address."""
    http = http.rstrip("/")
    return {
        "token_service": f"{http}/helseid",
        "vkp": f"{http}/epj/r4",
        "jft_write": f"{http}/jft",
        "jft_read": f"{http}/jft",
        "pit": f"{http}/pit",
        "pmd": f"{http}/pmd",
    }
