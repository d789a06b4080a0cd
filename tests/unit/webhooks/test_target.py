"""URLs of webhooks: one form, and nothing that two programs could read in two ways."""

import pytest

from taskhub.webhooks.domain.target import MAX_URL_LENGTH, WrongUrl, checked_url


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://hooks.example.com/a?b=c", "https://hooks.example.com/a?b=c"),
        ("https://Hooks.Example.COM", "https://hooks.example.com/"),
        ("HTTPS://example.com:8443/x", "https://example.com:8443/x"),
        ("http://8.8.8.8/", "http://8.8.8.8/"),
        ("http://[2606:4700:4700:0:0:0:0:1111]:80/", "http://[2606:4700:4700::1111]:80/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("http://receiver:9000/hook", "http://receiver:9000/hook"),
        ("https://example.com/%20?%23", "https://example.com/%20?%23"),
    ],
)
def test_a_good_url_is_kept_in_one_form(given: str, kept: str) -> None:
    assert checked_url(given) == kept
    assert checked_url(kept) == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "/hook",
        "//example.com/hook",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "http://",
        "http:///hook",
        "http://:80/",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://@example.com/",
        "https://example.com@127.0.0.1/",
        "https://example.com#fragment",
        "https://example.com/#",
        "https://example.com\\@127.0.0.1/",
        "https://exa mple.com/",
        "https://example.com/\r\nx-injected: 1",
        "https://example.com/\x00",
        "https://bücher.example/",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:port/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://017700000001/",
        "http://127.0.0.1./",
        "http://1.2.3.4.5/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[::ffff:127.0.0.1/",
        "http://[v1.x]/",
        "http://[not-an-address]/",
        "http://-example.com/",
        "http://example..com/",
        "http://" + "a" * 64 + ".example/",
        "https://example.com/" + "a" * MAX_URL_LENGTH,
    ],
)
def test_another_one_is_refused(url: str) -> None:
    with pytest.raises(WrongUrl):
        checked_url(url)
