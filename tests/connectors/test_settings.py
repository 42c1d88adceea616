from __future__ import annotations

import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey

from connectors import Connector
from connectors.settings import Source, connector_of, read_settings, transport_of
from connectors.testing import VirtualClock
from connectors.transport.http import JftTransport, VkpTransport
from connectors.transport.mqtt import MqttTransport
from hub.model.errors import ConfigurationError

HEAD = 'municipality = "314159265"\nsender = "Acme_Alarm_Testvik"\n'


def written(folder: Path, text: str) -> Path:
    file = folder / "connector.toml"
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('hub = "mqtt://127.0.0.1:1"', MqttTransport),
        (
            'hub = "mqtts://broker.example"\n[mqtt]\nversion = "5"\nusername = "u"\npassword_file = "pw"\n',
            MqttTransport,
        ),
        ('transport = "vkp"\nhub = "https://vkp.example"\nservice_codes = ["ta"]', VkpTransport),
        ('transport = "jft"\nhub = "https://jft.example"', JftTransport),
    ],
)
def test_the_way_to_the_hub_is_a_matter_of_settings(text: str, kind: type, tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("hemmelig\n")
    settings = read_settings(written(tmp_path, HEAD + text))
    assert isinstance(transport_of(settings, VirtualClock()), kind)
    assert settings.spool == tmp_path / "spool.db"
    assert isinstance(connector_of(Connector, settings), Connector)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('hub = "mqtt://127.0.0.1:1"\n[mqtt]\npassword_file = "borte"\n', "mqtt.password_file"),
        ('hub = "mqtts://127.0.0.1:1"\n[tls]\nca = "borte.pem"\n', "tls"),
        ('transport = "vkp"\nhub = "https://vkp.example"\n[tls]\ncertificate = "borte.pem"\n', "tls"),
        ('hub = "mqtt://:1"', "hub"),
    ],
)
def test_a_file_or_an_address_that_is_no_use_is_named_by_its_key(text: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        connector_of(Connector, read_settings(written(tmp_path, HEAD + text)))
    assert [fault.key for fault in refused.value.faults] == [key]


def test_what_a_connector_asks_of_its_source_in_vain_is_a_fault_in_the_settings() -> None:
    source = Source(folder="innboks")
    assert (source["folder"], source.get("every_s", 5)) == ("innboks", 5)
    with pytest.raises(ConfigurationError, match=r"source\.port: mangler"):
        source["port"]


def test_sign_in_reads_its_key_beside_the_settings(tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256", {"alg": "ES256"}, auto_kid=True)
    (tmp_path / "client.jwk.json").write_text(json.dumps(key.as_dict(private=True)))
    helseid = (
        '[helseid]\nissuer = "https://sts.example"\nclient_id = "c"\nkey_file = "client.jwk.json"\n'
        'scopes = ["nhn:jft/api"]\norganisation = "314159265"\n'
    )
    settings = read_settings(written(tmp_path, f'{HEAD}transport = "jft"\nhub = "https://jft.example"\n{helseid}'))
    assert settings.helseid is not None
    client = settings.helseid.client()
    assert (client.key.kid, client.organisation and client.organisation.parent) == (key.kid, "314159265")
    (tmp_path / "client.jwk.json").unlink()
    with pytest.raises(ConfigurationError, match=r"helseid\.key_file"):
        settings.helseid.client()


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["hub: mangler", "municipality: mangler", "sender: mangler"]),
        (HEAD + 'hub = "http://x"', ["må begynne med mqtt://"]),
        (HEAD + 'hub = "mqtt://x"\ntransport = "jft"', ["må begynne med http://"]),
        (HEAD + 'hub = "mqtt://x"\nhubb = 1\n[mqtt]\nversion = "4"', ["hubb: ukjent nøkkel", "mqtt.version"]),
        ('municipality = "1"\nsender = "a b"\nhub = "mqtt://x"', ["municipality", "sender"]),
        ("hub = 1\nhub ==", ["linje 2: connector.toml"]),
        (
            "\ufeff" + HEAD + 'hub = "mqtt://x"\n\n[mqtt]\nversion = 5',
            ["linje 6: mqtt.version: må være en av '3.1.1' eller '5'"],
        ),
    ],
)
def test_every_fault_in_the_settings_is_told_at_once(text: str, faults: list[str], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_settings(written(tmp_path, text))
    for fault in faults:
        assert fault in str(refused.value)


def test_settings_in_another_encoding_are_a_fault(tmp_path: Path) -> None:
    (tmp_path / "connector.toml").write_bytes("sender = 'Pålitelig'".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"connector\.toml: kan ikke leses: tegnene er ikke kodet i UTF-8"):
        read_settings(tmp_path / "connector.toml")


def test_settings_that_are_not_there_are_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"connector\.toml"):
        read_settings(tmp_path / "connector.toml")
