"""URL -> host -> registrable domain, without a network."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.text.domains import _extractor, host, registrable


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.BBC.co.uk/news?x=1#y", "www.bbc.co.uk"),
        ("http://user:secret@example.org:8080/", "example.org"),
        ("example.org/page", "example.org"),
        ("//cdn.example.org/x", "cdn.example.org"),
        ("http://example.org./", "example.org"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("http://192.168.0.1/a", "192.168.0.1"),
        ("http://localhost:9000", "localhost"),
        ("https://münchen.de/", "xn--mnchen-3ya.de"),
        ("https://xn--mnchen-3ya.de/", "xn--mnchen-3ya.de"),
        ("mailto:someone@example.org", None),
        ("javascript:alert(1)", None),
        ("http://[oops", None),
        ("http://a b/", None),
        ("no url at all", None),
        ("", None),
    ],
)
def test_host_of_a_url(url: str, expected: str | None) -> None:
    assert host(url) == expected


@pytest.mark.parametrize(
    ("name", "public", "private"),
    [
        ("www.bbc.co.uk", "bbc.co.uk", "bbc.co.uk"),
        ("alice.github.io", "github.io", "alice.github.io"),
        ("192.168.0.1", "192.168.0.1", "192.168.0.1"),
        ("2001:db8::1", "2001:db8::1", "2001:db8::1"),
        ("localhost", "localhost", "localhost"),
        ("co.uk", "co.uk", "co.uk"),
        ("a.b.internal", "a.b.internal", "a.b.internal"),
    ],
)
def test_registrable_domain_by_either_list(name: str, public: str, private: str) -> None:
    assert registrable(name) == public
    assert registrable(name, True) == private


def test_no_network_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("network used")

    monkeypatch.setattr(socket, "socket", refuse)
    _extractor.cache_clear()
    registrable.cache_clear()
    assert registrable("www.example.com.au") == "example.com.au"


@given(st.text())
def test_any_text_as_a_url_gives_a_host_or_none(text: str) -> None:
    for name in (host(text), host(f"http://{text}")):
        assert name is None or (name and not any(c.isspace() for c in name) and registrable(name))
