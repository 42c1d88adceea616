"""Test mode's clients of the token service for the rehearsal: one for each municipality, so that several can rehearse.

Their private keys are in files of the data directory, for the owner's eyes only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.app.orders import Orders
from hub.app.test_clients import JFT_SCOPE
from hub.settings import SenderSettings, Settings
from hub.token_service import TEST_KEY_FILE, make_test_client

_READ_SCOPE = "nhn:vkp/api/user/patient.read"


@dataclass(frozen=True, slots=True)
class RehearsalClient:
    """A client that the hub itself may use: which sender it is for which municipality and service; where its key is."""

    client_id: str
    sender: str
    municipality: str
    service: str
    scopes: tuple[str, ...]
    key_file: Path


def rehearsal_client(settings: Settings, directory: Path, municipality: str) -> RehearsalClient | None:
    """The rehearsal's client for a municipality, or None where it has no sender or the hub is in production."""
    sender = next((s for s in settings.sender if s.municipality == municipality and s.service_codes), None)
    if settings.mode != "test" or sender is None:
        return None
    return RehearsalClient(
        client_id=_client_id(municipality),
        sender=sender.id,
        municipality=municipality,
        service=sender.service_codes[0],
        scopes=(JFT_SCOPE, _READ_SCOPE),
        key_file=_folder(directory, municipality) / TEST_KEY_FILE,
    )


def with_rehearsal_clients(orders: Orders) -> Orders:
    """The orders with a client for each municipality that has a sender, made now or found again. None in production."""
    settings = orders.settings
    if settings.mode != "test":
        return orders
    known = {client.client_id for client in settings.client}
    made = [
        make_test_client(
            _folder(orders.data_directory, sender.municipality),
            client_id=_client_id(sender.municipality),
            organisation_number=sender.municipality,
            scopes=(JFT_SCOPE, _READ_SCOPE),
            vkp_id=sender.id,
            kind="EC",
        )
        for sender in _first_senders(settings)
        if _client_id(sender.municipality) not in known
    ]
    return orders.model_copy(update={"settings": settings.model_copy(update={"client": (*settings.client, *made)})})


def _first_senders(settings: Settings) -> Iterator[SenderSettings]:
    seen: set[str] = set()
    for sender in settings.sender:
        if sender.service_codes and sender.municipality not in seen:
            seen.add(sender.municipality)
            yield sender


def _client_id(municipality: str) -> str:
    return f"rehearsal-{municipality}"


def _folder(directory: Path, municipality: str) -> Path:
    return directory / "rehearsal" / municipality
