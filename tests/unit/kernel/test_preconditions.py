"""What `If-Match` means: to whom it applies, what is compared, and what is refused."""

import pytest

from taskhub.kernel.api.preconditions import IfMatch
from taskhub.kernel.api.problems import InvalidHeader
from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.domain.errors import PreconditionRequired, StaleVersion

TAGGED = JsonResponse(200, b"{}", [(b"etag", b'"7"')])
WRITES = (IfMatch.CHANGE, IfMatch.OPTIONAL)


@pytest.mark.parametrize(
    ("method", "creates", "is_public", "meaning"),
    [
        ("GET", False, False, IfMatch.READ),
        ("GET", False, True, IfMatch.READ),
        ("PATCH", False, False, IfMatch.CHANGE),
        ("DELETE", False, False, IfMatch.CHANGE),
        ("POST", False, False, IfMatch.CHANGE),
        ("POST", True, False, IfMatch.REFUSED),
        ("POST", False, True, IfMatch.REFUSED),
        ("PUT", False, True, IfMatch.OPTIONAL),
    ],
)
def test_what_the_header_means_follows_from_the_route(method: str, creates: bool, is_public: bool, meaning: IfMatch) -> None:
    assert IfMatch.of(method, creates=creates, is_public=is_public) is meaning


@pytest.mark.parametrize("meaning", IfMatch)
def test_without_the_header_any_version_will_do(meaning: IfMatch) -> None:
    assert meaning.expected(None) is None
    meaning.check_answer(None, TAGGED)
    meaning.require(None, versions_required=False)


@pytest.mark.parametrize("meaning", WRITES)
def test_a_command_may_find_the_versions_that_are_named(meaning: IfMatch) -> None:
    assert meaning.expected('"7", "8"') == frozenset({7, 8})
    assert meaning.expected("*") is None


@pytest.mark.parametrize("meaning", WRITES)
def test_weak_and_foreign_tags_match_no_version(meaning: IfMatch) -> None:
    assert meaning.expected('W/"7", "seven", "07"') == frozenset()


@pytest.mark.parametrize("meaning", IfMatch)
def test_what_is_no_list_of_tags_is_refused(meaning: IfMatch) -> None:
    with pytest.raises(InvalidHeader):
        meaning.expected("7")


def test_what_is_being_created_has_no_version_to_match() -> None:
    with pytest.raises(InvalidHeader):
        IfMatch.REFUSED.expected("*")


def test_a_change_names_a_version_where_the_service_requires_it() -> None:
    with pytest.raises(PreconditionRequired):
        IfMatch.CHANGE.require(None, versions_required=True)
    IfMatch.CHANGE.require('"7"', versions_required=True)


@pytest.mark.parametrize("meaning", [meaning for meaning in IfMatch if meaning is not IfMatch.CHANGE])
def test_nothing_else_has_to_name_one(meaning: IfMatch) -> None:
    meaning.require(None, versions_required=True)


@pytest.mark.parametrize("named", ["*", '"7"', '"6", "7"'])
def test_a_read_shows_what_is_named(named: str) -> None:
    IfMatch.READ.check_answer(named, TAGGED)


@pytest.mark.parametrize("named", ['"6"', 'W/"7"'])
def test_a_read_shows_nothing_else(named: str) -> None:
    with pytest.raises(StaleVersion) as refused:
        IfMatch.READ.check_answer(named, TAGGED)
    assert refused.value.extra == {"current_version": 7}


def test_the_version_of_an_answer_without_a_tag_stands_in_it() -> None:
    IfMatch.READ.check_answer('"7"', JsonResponse(200, b'{"version":7}'))
    with pytest.raises(StaleVersion):
        IfMatch.READ.check_answer('"6"', JsonResponse(200, b'{"version":7}'))


def test_a_list_has_no_version() -> None:
    with pytest.raises(StaleVersion) as refused:
        IfMatch.READ.check_answer('"7"', JsonResponse(200, b'{"items":[]}'))
    assert refused.value.extra == {}


@pytest.mark.parametrize("meaning", [meaning for meaning in IfMatch if meaning is not IfMatch.READ])
def test_the_answer_to_a_write_is_of_a_later_version(meaning: IfMatch) -> None:
    meaning.check_answer('"6"', TAGGED)
