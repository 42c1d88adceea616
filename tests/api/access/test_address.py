"""The address in a proof, compared after normalisation, also behind a proxy."""

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from hub.api.access.credentials import address_of
from hub.jose.address import normal_address


@pytest.mark.parametrize(
    ("spelt", "normal"),
    [
        ("HTTPS://Api.Example.NO:443/v1/Bundle", "https://api.example.no/v1/Bundle"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/"),
        ("http://x:80/a?q=1#f", "http://x/a"),
        ("http://x/%7ea/%2fb/%c3%b8", "http://x/~a/%2Fb/%C3%B8"),
        ("http://x/a/./b/../c/..", "http://x/a/"),
        ("http://x/../../a", "http://x/a"),
        ("http://[::1]:8080/$status", "http://[::1]:8080/$status"),
    ],
)
def test_two_spellings_of_one_address_are_one(spelt, normal):
    assert normal_address(spelt) == normal


@pytest.mark.parametrize("text", ["", "/v1", "ftp://x/", "http://", "http://x:y/", "http://[x/", "http://u@x/", "x"])
def test_what_is_no_absolute_http_address_has_no_normal_form(text):
    assert normal_address(text) is None


@given(st.text() | st.from_regex(r"https?://[a-z.]{1,9}(:\d{1,6})?(/[a-z.%0-9]{0,4}){0,6}"))
def test_normalising_twice_changes_nothing_more(text):
    once = normal_address(text)
    assert once is None or normal_address(once) == once


def request(host, raw_path):
    headers = [(b"host", host)]
    scope = {"type": "http", "scheme": "http", "server": ("h", 1), "path": "/x", "raw_path": raw_path}
    return Request({**scope, "headers": headers, "query_string": b"a=b", "method": "GET", "root_path": ""})


def test_without_a_proxy_the_clients_own_host_and_spelling_count():
    assert address_of(request(b"localhost:8000", b"/Bundle/%241"), None) == "http://localhost:8000/Bundle/%241"


def test_behind_a_proxy_the_configured_address_counts_whatever_the_host_says():
    found = address_of(request(b"internal", b"/v1/Bundle"), "https://hub.example.no/knutepunkt/")
    assert found == "https://hub.example.no/knutepunkt/v1/Bundle"
