from __future__ import annotations

import json
import shutil
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import Key, OctKey

from hub.conformance.report import Trust, default_key_path, signing_key, verify_report, write_report
from hub.conformance.report.json_form import canonical
from hub.conformance.report.signing import LongRegistry, digest
from hub.jose.keys import BadKey, new_key, private_jwk, public_jwk, public_key
from tests.conformance.made import failing, message, run

FILES = ("report.json", "report.html", "report.en.html", "report.pdf", "report.csv", "junit.xml")


@pytest.fixture(scope="module")
def key() -> Key:
    return new_key("EC")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, key: Key) -> Path:
    folder = tmp_path_factory.mktemp("signed") / "rapport"
    write_report(run(), folder, key)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "rapport"))


def parts(folder: Path) -> list[str]:
    return (folder / "report.jws").read_text().split(".")


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def told(content: str) -> Any:
    return json.loads(urlsafe_b64decode(content + "=" * (-len(content) % 4)))


def forge(folder: Path, header: dict[str, Any], key: Any) -> None:
    payload = canonical(told(parts(folder)[1]))
    registry = LongRegistry(algorithms=[header["alg"]], strict_check_header=False)
    (folder / "report.jws").write_text(jws.serialize_compact(header, payload, key, registry=registry))


def test_a_report_that_nobody_touched_holds(folder: Path, key: Key) -> None:
    for path in (folder, folder / "report.json", folder / "report.pdf", folder / "report.jws"):
        found = verify_report(path, trusted=key)
        assert found.holds
        assert found.trust is Trust.TRUSTED
        assert found.thumbprint == key.thumbprint()
        assert (set(found.checked), found.unchecked) == (set(FILES), ())
        assert found.report is not None
        assert found.report.product == "Acme Alarm Øst"


def test_the_header_names_algorithm_and_key_and_the_payload_the_report_and_every_file(folder: Path, key: Key) -> None:
    header, payload = (told(part) for part in parts(folder)[:2])
    assert header["alg"] == "ES256"
    assert header["kid"] == key.thumbprint() == public_key(header["jwk"]).thumbprint()
    assert "d" not in header["jwk"]
    assert payload["report"] == json.loads((folder / "report.json").read_text())
    assert payload["files"] == {name: digest((folder / name).read_bytes()) for name in FILES}


def test_without_a_trusted_key_it_is_said_that_the_key_is_unknown(folder: Path, key: Key) -> None:
    found = verify_report(folder, trusted=None)
    assert (found.holds, found.trust, found.thumbprint) == (True, Trust.UNKNOWN, key.thumbprint())


def test_the_public_half_is_enough_to_trust(folder: Path, key: Key) -> None:
    assert verify_report(folder, trusted=public_key(public_jwk(key))).trust is Trust.TRUSTED


def test_another_key_than_the_trusted_one_is_a_fault(folder: Path) -> None:
    found = verify_report(folder, trusted=new_key("EC"))
    assert found.trust is Trust.STRANGER
    assert not found.holds


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_in_a_file_is_told_by_the_files_name(folder: Path, key: Key, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    found = verify_report(folder, trusted=key)
    assert not found.holds
    assert [name in fault.en and name in fault.nb for fault in found.faults] == [True]
    assert set(found.checked) == set(FILES) - {name}
    assert not verify_report(folder / "report.jws", trusted=key).holds


@pytest.mark.parametrize("where", [0.0, 0.0005, 0.3, 0.9, 0.998, 1.0])
def test_one_changed_byte_in_the_signature_is_told(folder: Path, key: Key, where: float) -> None:
    text = bytearray((folder / "report.jws").read_bytes())
    at = min(int(len(text) * where), len(text) - 1)
    for other in b"AB_-!\n":
        if text[at] != other:
            (folder / "report.jws").write_bytes(text[:at] + bytes([other]) + text[at + 1 :])
            assert not verify_report(folder, trusted=key).holds, (at, other)


def test_the_bits_that_base64_leaves_over_are_no_place_to_change_anything(folder: Path, key: Key) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = (folder / "report.jws").read_text()
    for letter in set(letters) - {text[-1]}:
        (folder / "report.jws").write_text(text[:-1] + letter)
        assert not verify_report(folder, trusted=key).holds


def test_the_signature_of_another_report_is_not_this_ones(folder: Path, key: Key) -> None:
    write_report(run([failing(exchange=(message(body="another"),))]), folder / "other", key)
    shutil.copy(folder / "other" / "report.jws", folder / "report.jws")
    found = verify_report(folder, trusted=key)
    assert not found.holds
    assert any("report.json" in fault.en for fault in found.faults)


def test_a_report_signed_anew_by_somebody_else_is_a_strangers(folder: Path, key: Key) -> None:
    write_report(run(quality="platinum"), folder, new_key("EC"))
    assert verify_report(folder, trusted=None).holds
    assert not verify_report(folder, trusted=key).holds


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_a_fault_but_not_beside_a_signature_that_is_looked_at_alone(
    folder: Path, key: Key, name: str
) -> None:
    (folder / name).unlink()
    assert [name in fault.en for fault in verify_report(folder, trusted=key).faults] == [True]
    alone = verify_report(folder / "report.jws", trusted=key)
    assert (alone.holds, alone.unchecked) == (True, (name,))


def test_a_signature_alone_still_tells_the_whole_report(folder: Path, tmp_path: Path, key: Key) -> None:
    alone = shutil.copy(folder / "report.jws", tmp_path / "mottatt.jws")
    found = verify_report(Path(alone), trusted=key)
    assert found.holds
    assert set(found.unchecked) == set(FILES)
    assert found.report is not None


def test_a_file_that_was_never_signed_is_not_vouched_for_by_its_neighbours(folder: Path, key: Key) -> None:
    stray = Path(shutil.copy(folder / "report.json", folder / "another.json"))
    assert not verify_report(stray, trusted=key).holds


@pytest.mark.parametrize("gone", ["report.jws", "."])
def test_without_signature_nothing_holds(folder: Path, key: Key, gone: str) -> None:
    target = folder / gone
    shutil.rmtree(target) if target.is_dir() else target.unlink()
    found = verify_report(folder, trusted=key)
    assert (found.holds, found.thumbprint, found.report) == (False, None, None)


def _none(folder: Path, key: Key) -> None:
    header, payload, _ = parts(folder)
    unsigned = encoded(json.dumps({**told(header), "alg": "none"}).encode())
    (folder / "report.jws").write_text(f"{unsigned}.{payload}.")


def _shared_secret(folder: Path, key: Key) -> None:
    header = {**told(parts(folder)[0]), "alg": "HS256"}
    forge(folder, header, OctKey.import_key(json.dumps(public_jwk(key)).encode()))


def _own_symmetric_key(folder: Path, key: Key) -> None:
    secret = OctKey.import_key(b"x" * 32)
    jwk = secret.as_dict(private=True)
    forge(folder, {**told(parts(folder)[0]), "alg": "HS256", "jwk": jwk, "kid": secret.thumbprint()}, secret)


def _another_key_in_the_header(folder: Path, key: Key) -> None:
    forge(folder, {**told(parts(folder)[0]), "jwk": public_jwk(new_key("EC"))}, key)


def _kid_of_the_trusted_key(folder: Path, key: Key) -> None:
    other = new_key("EC")
    forge(folder, {**told(parts(folder)[0]), "jwk": public_jwk(other)}, other)


def _another_type(folder: Path, key: Key) -> None:
    forge(folder, {**told(parts(folder)[0]), "typ": "JWT"}, key)


def _extension_that_must_be_understood(folder: Path, key: Key) -> None:
    header, payload, signature = parts(folder)
    extended = encoded(json.dumps({**told(header), "crit": ["b64"], "b64": False}).encode())
    (folder / "report.jws").write_text(f"{extended}.{payload}.{signature}")


def _garbage(folder: Path, key: Key) -> None:
    (folder / "report.jws").write_bytes(b"\xff\x00.\xfe.\x01")


@pytest.mark.parametrize(
    "attack",
    [
        _none,
        _shared_secret,
        _own_symmetric_key,
        _another_key_in_the_header,
        _kid_of_the_trusted_key,
        _another_type,
        _extension_that_must_be_understood,
        _garbage,
    ],
)
def test_no_trick_with_the_header_makes_a_signature(
    folder: Path, key: Key, attack: Callable[[Path, Key], None]
) -> None:
    attack(folder, key)
    for trusted in (key, None):
        found = verify_report(folder, trusted=trusted)
        assert (found.holds, found.thumbprint) == (False, None)
        assert len(found.faults) == 1


@pytest.mark.parametrize("payload", [[], {"report": {}}, {"report": {}, "files": {}}, {"report": [], "files": []}])
def test_what_is_signed_must_be_a_report(folder: Path, key: Key, payload: Any) -> None:
    header = told(parts(folder)[0])
    registry = LongRegistry(algorithms=["ES256"])
    (folder / "report.jws").write_text(jws.serialize_compact(header, canonical(payload), key, registry=registry))
    assert not verify_report(folder / "report.jws", trusted=key).holds


def test_a_report_of_some_megabytes_is_signed_and_holds(tmp_path: Path, key: Key) -> None:
    tests = [failing(f"messages.size.large{i}.mqtt", exchange=(message(body="å" * 200_000),)) for i in range(10)]
    write_report(run(tests), tmp_path, key)
    assert verify_report(tmp_path, trusted=key).holds


def test_an_rsa_key_signs_too(tmp_path: Path) -> None:
    key = new_key("RSA")
    write_report(run(), tmp_path, key)
    assert verify_report(tmp_path, trusted=key).trust is Trust.TRUSTED


def test_the_signing_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "data" / "knutepunkt" / "conformance.jwk.json"
    first = signing_key(path)
    assert signing_key(path).thumbprint() == first.thumbprint()
    assert first.is_private
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "key.jwk.json"
    signing_key(path)
    path.chmod(0o640)
    with pytest.raises(BadKey, match="chmod 600"):
        signing_key(path)


@pytest.mark.parametrize("content", ["", "[]", "{}", "null", "not JSON", json.dumps(public_jwk(new_key("EC")))])
def test_what_is_no_private_key_is_told_without_repeating_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key.jwk.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(BadKey) as told_error:
        signing_key(path)
    assert content[:20] not in str(told_error.value) or not content


def test_no_file_of_a_report_holds_the_private_key(folder: Path, key: Key) -> None:
    secret = str(private_jwk(key)["d"]).encode()
    assert all(secret not in file.read_bytes() for file in folder.iterdir())


def test_the_key_is_kept_among_the_users_data() -> None:
    home = Path("/somewhere")
    kept = Path(".local/share/knutepunkt/conformance.jwk.json")
    assert default_key_path({}, home) == home / kept
    assert default_key_path({"XDG_DATA_HOME": ""}, home) == home / kept
    assert default_key_path({"XDG_DATA_HOME": "/data"}, home) == Path("/data/knutepunkt/conformance.jwk.json")
