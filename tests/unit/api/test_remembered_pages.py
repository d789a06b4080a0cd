"""Which pages of lists are remembered, and for how long."""

import pytest

from support.fakes.clocks import FakeMonotonicClock
from taskhub.kernel.api.remembered_pages import MAX_PAGE_BYTES, MAX_PAGES, TTL_SECONDS, EncodedPage, RememberedPages

LISTING = b"/tasks?"
PAGE = EncodedPage('W/"1"', b"[]", b"</tasks?cursor=2>")
LATER = PAGE._replace(tag='W/"2"', body=b"[1]")


@pytest.fixture
def stopwatch() -> FakeMonotonicClock:
    return FakeMonotonicClock()


@pytest.fixture
def pages(stopwatch: FakeMonotonicClock) -> RememberedPages:
    return RememberedPages(stopwatch)


def make(pages: RememberedPages, *made: EncodedPage, listing: bytes = LISTING) -> None:
    for page in made:
        pages.made(listing, page)


def test_a_page_is_remembered_when_it_was_made_twice(pages: RememberedPages) -> None:
    make(pages, PAGE)
    assert pages.get(LISTING) is None
    make(pages, PAGE)
    assert pages.get(LISTING) == PAGE


def test_a_page_that_is_another_one_each_time_is_not(pages: RememberedPages) -> None:
    make(pages, PAGE, LATER, PAGE)
    assert pages.get(LISTING) is None


def test_one_that_was_remembered_is_forgotten_when_it_is_another_one(pages: RememberedPages) -> None:
    make(pages, PAGE, PAGE, LATER)
    assert pages.get(LISTING) is None


def test_a_long_page_is_not(pages: RememberedPages) -> None:
    longest = PAGE._replace(body=bytes(MAX_PAGE_BYTES))
    make(pages, longest, longest)
    assert pages.get(LISTING) == longest
    longer = PAGE._replace(body=bytes(MAX_PAGE_BYTES + 1))
    make(pages, longer, longer, listing=b"/labels?")
    assert pages.get(b"/labels?") is None


def test_none_is_remembered_for_longer_than_a_minute(pages: RememberedPages, stopwatch: FakeMonotonicClock) -> None:
    make(pages, PAGE, PAGE)
    stopwatch.seconds += TTL_SECONDS
    assert pages.get(LISTING) is None


def test_no_more_are_remembered_than_there_is_memory_for(pages: RememberedPages) -> None:
    listings = [b"/tasks?limit=%d" % n for n in range(MAX_PAGES + 1)]
    for listing in listings:
        make(pages, PAGE, PAGE, listing=listing)
    assert (pages.get(listings[0]), pages.get(listings[-1])) == (None, PAGE)


def test_it_is_answered_as_it_was(pages: RememberedPages) -> None:
    first, second = PAGE.response(), PAGE.response()
    first.raw_headers.append((b"x-request-id", b"1"))
    assert second.raw_headers == [
        (b"etag", b'W/"1"'),
        (b"link", b"</tasks?cursor=2>"),
        (b"content-length", b"2"),
        (b"content-type", b"application/json"),
    ]
