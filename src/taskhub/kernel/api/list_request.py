"""What only lists need of a request: cursors, pages, and tags of whole lists."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from taskhub.kernel.api import cursors, preconditions
from taskhub.kernel.api.list_validators import ListTags, OfLog
from taskhub.kernel.api.query_params import Pairs
from taskhub.kernel.api.remembered_pages import EncodedPage, RememberedPages
from taskhub.kernel.api.responses import JsonResponse, Page
from taskhub.kernel.api.sent_request import ME, CalledOperation, SentRequest

_encode = msgspec.json.Encoder(order="deterministic").encode


class ListRequest(SentRequest):
    """A request that may be for a page of a list.

    Attributes:
        as_of: the ``seq`` of the last event of the moment that is answered for; None for what is now.
    """

    def __init__(self, scope: AsgiScope, receive: Receive, send: Send, operation: CalledOperation) -> None:
        super().__init__(scope, receive, send, operation)
        self.as_of: int | None = None
        self._position: list[Any] | None = None
        self._listing: bytes | None = None

    def _names_caller(self) -> bool:
        return ME in self.path_params.values() or any(value == ME for _, value in self.parameters)

    def check_cursor(self) -> None:
        """Refuses a cursor that was not made for this list.

        Raises:
            InvalidCursor
        """
        given = [value for name, value in self.parameters if name == "cursor"]
        cursor = self.header(b"last-event-id") if self.operation.streams else None
        if cursor or len(given) == 1:
            bound = self._log() if self.operation.reads_log else (self.path, self.parameters)
            self._position = self._signer().read(cursor or given[0], *bound)

    def position(self) -> list[Any] | None:
        """The position after which a page starts; None for the first page."""
        return self._position if self._position is None or self.as_of is None else self._position[:-1]

    def page(self, items: Sequence[Any], after: Sequence[Any] | None, log_head: str | None = None) -> JsonResponse:
        """One page of a list. ``after`` is the position of its last row, or None where the list ends.

        ``log_head`` is that of the slice: a list whose validator is `OfLog` has to give it.
        """
        tag = None
        if self._listing is not None:
            assert log_head is not None, "a list with a validator reads the head of the log with its rows"
            tag = self._tags().tag(log_head, self._listing)
            if self._has(tag):
                return _unchanged(tag)
        cursor = None if after is None else self._cursor_after(after)
        link = None if cursor is None else cursors.next_link(self.path, self.parameters, cursor).encode()
        page = EncodedPage(tag, _encode(Page(items, cursor)), link)
        if self._listing is not None:
            self._pages().made(self._listing, page)
        return page.response()

    def _cursor_after(self, position: Sequence[Any]) -> str:
        at = position if self.as_of is None else (*position, self.as_of)
        return self._signer().make(at, self.path, self.parameters)

    async def known_list(self) -> JsonResponse | None:
        """304 where the caller has this very page of a list already, or the page where this process remembers it. One look at the
        log tells; no row is read.

        Raises:
            Unavailable, Busy
        """
        validator, parameter = self.operation.validator, self.operation.access.stream_parameter
        if not isinstance(validator, OfLog) or parameter is None or any(name == "as_of" for name, _ in self.parameters):
            return None  # What was is not looked for twice.
        depends_on = validator.depends_on(self)
        if depends_on is None:
            return None
        of_caller = (self.caller.user_id,) if self._names_caller() else ()
        others = (self.operation.item_shape, *of_caller, *depends_on)
        self._listing = listing = self._tags().listing(self.path, self.scope["query_string"], others)
        known, page = self.header(b"if-none-match"), self._pages().get(listing)
        # `*` is good for any list that is there, and whether it is only its rows tell.
        if (known is None and page is None) or (known is not None and known.strip() == "*"):
            return None
        tag = self._tags().tag(await self.app_state.log_heads.head(self.path_id(parameter)), listing)
        if self._has(tag):
            return _unchanged(tag)
        return page.response() if page is not None and page.tag == tag else None

    def _has(self, tag: str) -> bool:
        """Whether the caller has the list under this tag already."""
        known = self.header(b"if-none-match")
        return known is not None and preconditions.has_tag(known, tag)

    def _tags(self) -> ListTags:
        tags: ListTags = self.app_state.list_tags
        return tags

    def _pages(self) -> RememberedPages:
        pages: RememberedPages = self.app_state.remembered_pages
        return pages

    def log_cursor(self, seq: int) -> str:
        """The cursor of the place after an event of the log that the path names."""
        return self._signer().make([seq], *self._log())

    def _log(self) -> tuple[str, Pairs]:
        assert self.operation.access.stream_parameter is not None, "whoever reads a log names it in the path"
        return cursors.place_in_log(self.path_params[self.operation.access.stream_parameter])

    def _signer(self) -> cursors.CursorSigner:
        signer: cursors.CursorSigner = self.app_state.cursor_signer
        return signer


def _unchanged(tag: str) -> JsonResponse:
    return JsonResponse(304, b"", [(b"etag", tag.encode())])
