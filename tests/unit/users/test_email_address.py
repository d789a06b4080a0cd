"""What an email address is, and when two are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskhub.users.domain.email import EmailAddress


def key(text: str) -> str:
    return EmailAddress.parse(text).key


@pytest.mark.parametrize(
    "other",
    [
        "ADA@EXAMPLE.COM",
        "  ada@example.com\t",
        "\uff41da@example.com",  # A full-width a.
        "ada\uff20example.com",  # A full-width @.
        "ada@EXAMPLE\u3002com",  # An ideographic full stop.
        "\U0001d400da@example.com",  # A mathematical A.
    ],
)
def test_addresses_are_the_same_however_they_are_spelled(other: str) -> None:
    assert key(other) == key("ada@example.com")


def test_a_domain_is_the_same_in_both_its_forms() -> None:
    assert key("ada@bücher.example") == key("ada@XN--BCHER-KVA.example")


def test_letters_are_folded_beyond_ascii() -> None:
    assert key("STRASSE@example.com") == key("straße@example.com")


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert key("zoe\u0308@example.com") == key("zo\u00eb@example.com")


def test_what_the_owner_wrote_is_kept() -> None:
    assert EmailAddress.parse(" Ada@Example.com ").text == "Ada@Example.com"


def test_tags_and_dots_make_different_addresses() -> None:
    assert len({key("ada@example.com"), key("ada+x@example.com"), key("a.da@example.com")}) == 3


@pytest.mark.parametrize(
    "text", ["ada@localhost", "o'hara@example.com", "a@b.co", "x_y-z+tag@sub.example.museum", "用户@例え.jp"]
)
def test_unusual_addresses_are_taken(text: str) -> None:
    assert EmailAddress.parse(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "ada",
        "ada@",
        "@example.com",
        "ada@@example.com",
        "ada@b@example.com",
        "ada example@example.com",
        "ada@exam ple.com",
        ".ada@example.com",
        "ada.@example.com",
        "a..da@example.com",
        "ada@example..com",
        "ada@.example.com",
        "ada@example.com.",
        "ada@-example.com",
        "ada@example-.com",
        "ada@exa_mple.com",
        "ada@[127.0.0.1]",
        '"ada"@example.com',
        "Ada <ada@example.com>",
        "ada@example.com,eve@example.com",
        "ada@example.com\r\nBcc: eve@example.com",
        "a\u200bda@example.com",  # A blank of no width.
        "ada@exam\u00adple.com",  # A soft hyphen.
        "ada\u202e@example.com",  # Turns the direction of writing.
        "ada@" + "a" * 64 + ".com",
        "a" * 65 + "@example.com",
        "ada@" + ".".join(["a" * 60] * 5),
        "ä" * 33 + "@example.com",
        "a" * 1_000_000,
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="mail"):
        EmailAddress.parse(text)


@pytest.mark.parametrize("c", ["\u034f", "\u115f", "\u3164", "\ufe0f", "\uffa0", "\U000e0100"])
def test_a_new_address_can_be_seen_and_an_older_one_stays_what_it_is(c: str) -> None:
    with pytest.raises(ValueError, match="can't be seen"):
        EmailAddress.new(f"ada{c}@example.com")
    assert (
        EmailAddress.parse(f"ADA{c}@example.com").key == EmailAddress.parse(f"ada{c}@example.com").key != key("ada@example.com")
    )
    assert EmailAddress.new("Ada@Example.com") == EmailAddress.parse("Ada@Example.com")


@given(st.text(), st.sampled_from(["example.com", "bücher.example", "ΣΑΣ.example"]))
def test_the_canonical_form_is_its_own_canonical_form(local_part: str, domain: str) -> None:
    try:
        address = EmailAddress.parse(f"{local_part}@{domain}")
    except ValueError:
        return
    assert EmailAddress.parse(address.key).key == address.key


@given(st.text(alphabet="aAäÄßẞ\u0130\u0131Σ\u03c3ς\ufb01é.", min_size=1, max_size=20))
def test_case_never_makes_a_different_address(local_part: str) -> None:
    try:
        address = EmailAddress.parse(f"{local_part}@example.com")
    except ValueError:
        return
    assert EmailAddress.parse(f"{local_part.casefold()}@EXAMPLE.com").key == address.key
