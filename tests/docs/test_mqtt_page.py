"""The page of the contract on MQTT names the topics, codes and words that the code has."""

from __future__ import annotations

from connectors import topics
from connectors.receipt import read_receipt
from hub.api.watch import LOST
from hub.fhir.outcome import IDENTIFIER_EXTENSION, SHA256_EXTENSION
from hub.model.codes import RECEIPT_SYSTEM, ReceiptCode
from tests.docs.blocks import blocks
from tests.optional import ROOT

PAGE = ROOT / "docs" / "api" / "mqtt.md"
TOWN, SENDER, DEVICE = "314159265", "Acme_Alarm_Testvik", "TA-17"


def test_it_names_every_topic_every_receipt_and_every_word_of_a_lost_device() -> None:
    page = PAGE.read_text(encoding="utf-8")
    written = [
        *(of(TOWN, SENDER, DEVICE) for of in (topics.event_topic, topics.receipt_topic, topics.status_topic)),
        *(of(TOWN) for of in (topics.alert_topic, topics.confirmation_topic)),
    ]
    for said, name in ((TOWN, "{organisasjonsnummer}"), (SENDER, "{avsender}"), (DEVICE, "{utstyr}")):
        written = [topic.replace(f"/{said}/", f"/{name}/") for topic in written]
    named = [*written, *(code.value for code in ReceiptCode), *LOST]
    assert [name for name in named if f"`{name}`" not in page] == []
    assert [url for url in (RECEIPT_SYSTEM, SHA256_EXTENSION, IDENTIFIER_EXTENSION) if url not in page] == []
    assert topics.event_topic(TOWN, SENDER, "TA 17/2").split("/")[3] in page


def test_the_receipt_that_it_shows_is_one() -> None:
    (shown,) = blocks(PAGE, "json")
    receipt = read_receipt(shown.text.encode())
    assert receipt is not None
    assert receipt.code is ReceiptCode.ACCEPTED
    assert receipt.identifier == ("https://acme.example/alarm", "A-1")
