"""Pages of lists that this process has encoded already: who asks for one again is given it after one look at the log."""

from typing import NamedTuple

from taskhub.kernel.api.responses import JsonResponse
from taskhub.kernel.application.clock import Monotonic
from taskhub.kernel.application.ttl_cache import TtlCache

TTL_SECONDS = 60.0
"""Whatever changes a list moves its log. This is for what somebody mended by hand."""
MAX_PAGES = 512
MAX_PAGE_BYTES = 65_536
"""Longer pages are not remembered, so that all of them together stay below 32 MiB."""
MAX_TAGS = 4_096


class EncodedPage(NamedTuple):
    """One page of a list as it is sent. ``tag``: its `ETag`, if it has one. ``link``: the header that leads to the next page."""

    tag: str | None
    body: bytes
    link: bytes | None

    def response(self) -> JsonResponse:
        headers = [] if self.tag is None else [(b"etag", self.tag.encode())]
        if self.link is not None:
            headers.append((b"link", self.link))
        return JsonResponse(200, self.body, headers)


class RememberedPages:
    """The pages that were encoded twice under one tag: most are asked for once, and those of a busy log are never the same.

    A page is found by all that it depends on but the head of its log (`ListTags.listing`), and good for as long as its tag is
    the one that the head gives.
    """

    def __init__(self, monotonic: Monotonic) -> None:
        self._tags: TtlCache[bytes, str | None] = TtlCache(TTL_SECONDS, MAX_TAGS, monotonic)
        self._pages: TtlCache[bytes, EncodedPage] = TtlCache(TTL_SECONDS, MAX_PAGES, monotonic)

    def get(self, listing: bytes) -> EncodedPage | None:
        """The page as it was last encoded. It may be out of date."""
        return self._pages.get(listing)

    def made(self, listing: bytes, page: EncodedPage) -> None:
        """To be told of each page that was encoded."""
        now = self._pages.now()
        if self._tags.get(listing) == page.tag and len(page.body) <= MAX_PAGE_BYTES:
            self._pages.put(listing, page, now)
        else:
            self._pages.invalidate(listing)
            self._tags.put(listing, page.tag, now)
