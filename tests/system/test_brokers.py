"""An external broker with MQTT 5, a broker that asks who is there, and PostgreSQL under it all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from paho.mqtt.enums import MQTTProtocolVersion

from tests.connectors.brokers import mosquitto, running
from tests.messages import MUNICIPALITY, SENDER, observation, raw
from tests.mqtt.test_sign_in import HASHES
from tests.store.fixtures import postgresql, postgresql_store
from tests.system.epj_server import EpjServer, epj_server
from tests.system.test_kills import CONFIGURATION, a_morning, check, configured, publish_until_confirmed
from tests.system.up import until, up
from tests.system.wire import asking, read, wire

pytestmark = pytest.mark.slow
__all__ = ["postgresql", "postgresql_store"]

TREE = f"vft/{MUNICIPALITY}/{SENDER}"
V5 = MQTTProtocolVersion.MQTTv5


@pytest.fixture
def epj() -> Iterator[EpjServer]:
    with epj_server() as found:
        yield found


@pytest.mark.needs("mosquitto")
def test_over_mqtt_5_a_receipt_has_the_correlation_data_and_goes_where_it_was_asked_to(
    tmp_path: Path, epj: EpjServer
) -> None:
    (tmp_path / "broker").mkdir()
    with running(mosquitto(tmp_path / "broker")) as broker:
        asyncio.run(broker.answers())
        with (
            up(tmp_path / "data", "--config", configured(tmp_path, epj), "--broker", broker.url) as hub,
            wire(broker.port, "device", f"{TREE}/+/receipt", f"{TREE}/answers/+", protocol=V5) as it,
        ):
            assert hub.endpoints["mqtt"] == broker.url
            receipt = it.say(observation("a"), properties=asking(b"\x01\xff"))
            assert receipt.message.properties.CorrelationData == b"\x01\xff"

            it.publish(f"{TREE}/dev/event", raw(observation("b")), properties=asking(b"b", f"{TREE}/answers/b"))
            both = [it.next(), it.next()]
            assert {m.topic for m in both if m} == {f"{TREE}/dev/receipt", f"{TREE}/answers/b"}
            assert {m.properties.CorrelationData for m in both if m} == {b"b"}
            assert {read(m).code for m in both if m} == {"accepted"}

            elsewhere = asking(b"c", f"vft/{MUNICIPALITY}/Somebody_Else/dev/receipt")
            it.publish(f"{TREE}/dev/event", raw(observation("c")), properties=elsewhere)
            only = it.next()
            assert only is not None
            assert only.topic == f"{TREE}/dev/receipt"
            assert it.next(within_s=0.3) is None
            until(lambda: hub.settled(3))

            assert "mqtt-retained-event" in it.say(observation("kept"), device="odd", retain=True).rules
            it.publish(f"{TREE}/odd/event", b"", retain=True, qos=0)
            until(lambda: hub.settled(4))

            # The hub keeps its session: what comes while it is dead is there when it is back.
            pid = hub.part("hub.app.process")
            hub.kill_hub()
            it.publish(f"{TREE}/dev/event", raw(observation("d")))
            until(lambda: hub.part("hub.app.process") not in {pid, None})
            until(lambda: hub.settled(5))


def test_elsewhere_than_on_loopback_a_sender_signs_in_and_uses_its_own_tree_only(
    tmp_path: Path, epj: EpjServer
) -> None:
    other = "Andre_Alarm_Testvik"
    text = CONFIGURATION.format(
        town=MUNICIPALITY, sender=SENDER, url=epj.url, more='[mqtt]\nhost = "127.0.0.2"\n'
    ).replace(f'municipality = "{MUNICIPALITY}"\n', f'municipality = "{MUNICIPALITY}"\npassword_hash = "{HASHES[0]}"\n')
    text += f'\n[[sender]]\nid = "{other}"\nmunicipality = "{MUNICIPALITY}"\npassword_hash = "{HASHES[1]}"\n'
    file = tmp_path / "config.toml"
    file.write_text(text)
    with up(tmp_path / "data", "--config", file) as hub:
        assert hub.endpoints["mqtt"].startswith("mqtt://127.0.0.2:")
        hub.uses_key = True
        host, port = "127.0.0.2", hub.mqtt_port
        with (
            wire(port, "mine", f"{TREE}/+/receipt", login=(SENDER, "hemmelig"), host=host) as mine,
            wire(port, "theirs", login=(other, "annet"), host=host) as theirs,
        ):
            theirs.publish(f"{TREE}/dev/event", raw(observation("forged")))
            theirs.publish(f"vft/{MUNICIPALITY}/{other}/dev/event", raw(observation("honest")))
            assert mine.say(observation("own")).code == "accepted"
            until(lambda: hub.settled(2))
            assert not epj.ledger.holds('"forged"')
        with pytest.raises(AssertionError), wire(port, "nobody", login=(SENDER, "feil"), host=host, within_s=1.5):
            pass
        # Operations ask for their key too, now that not everything is on the loopback address.
        hub.uses_key = False
        assert hub.summary() == {}


@pytest.mark.needs("postgresql")
def test_on_postgresql_everything_holds_as_well(tmp_path: Path, epj: EpjServer, postgresql_store: str) -> None:
    config = configured(tmp_path, epj, more=f'[store]\nurl = "{postgresql_store}"')
    morning = a_morning(10)
    with up(tmp_path / "data", "--config", config) as hub:
        publish_until_confirmed(hub.mqtt_port, morning[:15])
        hub.kill_all()
    with up(tmp_path / "data", "--config", config) as hub:
        publish_until_confirmed(hub.mqtt_port, morning[15:])
        hub.kill_hub()
        check(hub, epj, 10)


def test_with_a_certificate_of_the_municipalitys_own_everything_on_the_wire_is_encrypted(
    tmp_path: Path, epj: EpjServer
) -> None:
    certificate, key = certified(tmp_path, "mqtt.testvik.example")
    tls = f'[mqtt]\ncertificate = "{certificate}"\nkey = "{key}"\n'
    with up(tmp_path / "data", "--config", configured(tmp_path, epj, tls)) as hub:
        assert hub.endpoints["mqtt"].startswith("mqtts://")
        with wire(hub.mqtt_port, "device", f"{TREE}/+/receipt", trusting=certificate) as it:
            assert it.say(observation()).code == "accepted"
        with pytest.raises((OSError, AssertionError)), wire(hub.mqtt_port, "plain", within_s=2.0):
            pass


def certified(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for `name`, signed by itself, and its key."""
    now = datetime.now(UTC)
    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(secret.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    key.write_bytes(secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return certificate, key
