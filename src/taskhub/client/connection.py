"""Requests to a service. Those that it can't answer at the moment are sent again until it can, for a limited time."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Self

import httpx2

from taskhub.client.errors import ClientError, NotReachable, WrongUsage
from taskhub.client.output import note
from taskhub.client.problems import refusal
from taskhub.client.retries import is_to_be_sent_again, pause
from taskhub.client.sign_in import is_on_this_computer
from taskhub.client.text import one_line

PATIENCE_SECONDS = 60.0
"""For how long a request is sent again."""
TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
SILENCE_SECONDS = 45.0
"""After which a stream is taken to be broken: the service sends something every 15 seconds."""
PAGE = 200
NOT_CONNECTED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError, httpx2.UnsupportedProtocol)
"""Nothing was sent. If the service was never reached, its URL may be wrong."""
UNAVAILABLE = frozenset({502, 503, 504})
TOO_MANY = 429
"""The service works, and says when: waiting for that is no sign that it does not answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``body``: its JSON; None if it has none. ``etag`` is quoted, as it is sent back."""

    status: int
    body: Any
    etag: str | None


class Connection:
    """``tell`` is given a sentence when a request has to be sent again. ``transport``, ``sleep`` and ``monotonic``: for tests."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        transport: httpx2.BaseTransport | None = None,
        tell: Callable[[str], None] = note,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises:
        WrongUsage: this is no URL.
        """
        self.url = url
        headers = {"User-Agent": f"taskhub/{version('taskhub')}", "Accept": "application/json, text/event-stream"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            parsed = httpx2.URL(url)
            if parsed.scheme not in ("http", "https") or not parsed.host:
                raise WrongUsage(f"{url!r} is no URL of a service: expected one such as https://tasks.example.com.")
            # No proxy leads back to this computer.
            trust_env = not is_on_this_computer(url)
            self._http = httpx2.Client(headers=headers, timeout=TIMEOUT, transport=transport, trust_env=trust_env)
        except (httpx2.InvalidURL, UnicodeEncodeError, ValueError):
            raise WrongUsage(f"{url!r} is no URL of a service, or the token has characters that no token has.") from None
        self._tell, self._sleep, self._monotonic = tell, sleep, monotonic
        self._was_reached = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, **parameters: Any) -> Any:
        """The body of the answer. A parameter that is None is left out.

        Raises:
            ClientError
        """
        return self._request("GET", path, parameters, None, {}).body

    def every(self, path: str, **parameters: Any) -> Iterator[Any]:
        """The items of all pages of a list.

        Raises:
            ClientError
        """
        cursor = None
        while True:
            page = self.get(path, **{"limit": PAGE, **parameters}, cursor=cursor)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def send(
        self, method: str, path: str, body: Any = None, *, version: int | None = None, is_keyed: bool = True, **parameters: Any
    ) -> Answer:
        """A write. It is done once, however often it has to be sent. ``version``: only if the thing is still at this version.
        ``is_keyed``: whether the operation takes an idempotency key; if not, it is not sent again once it may have arrived.

        Raises:
            ClientError
        """
        headers = {"Content-Type": "application/merge-patch+json" if method == "PATCH" else "application/json"}
        if is_keyed:
            headers["Idempotency-Key"] = str(uuid.uuid4())
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self._request(method, path, parameters, body, headers)

    @contextmanager
    def stream(self, path: str, last_id: str | None, **parameters: Any) -> Iterator[Iterator[str]]:
        """The lines of a stream of events, from its beginning or after ``last_id``. It is not sent again.

        Raises:
            NotReachable: also later, when the connection breaks.
            ClientError
        """
        headers = {} if last_id is None else {"Last-Event-ID": last_id}
        timeout = httpx2.Timeout(SILENCE_SECONDS, connect=10.0)
        try:
            with self._http.stream(
                "GET", self._address(path), params=_given(parameters), headers=headers, timeout=timeout
            ) as response:
                if not response.is_success:
                    response.read()
                    raise self._refusal(response)
                yield response.iter_lines()
        except httpx2.RequestError as error:
            raise NotReachable(self._unreachable(error)) from None

    def _request(self, method: str, path: str, parameters: dict[str, Any], body: Any, headers: dict[str, str]) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        is_safe = method == "GET" or "Idempotency-Key" in headers
        deadline, attempt = self._monotonic() + PATIENCE_SECONDS, 0
        while True:
            attempt += 1
            try:
                response = self._http.request(
                    method, self._address(path), params=_given(parameters), content=content, headers=headers
                )
            except httpx2.RequestError as error:
                failure: ClientError = NotReachable(self._unreachable(error))
                seconds = pause(attempt, None)
                self._was_reached |= not isinstance(error, NOT_CONNECTED)
                is_final = not (is_safe and self._was_reached)
            else:
                self._was_reached = True
                if response.is_success:
                    return self._answer(response)
                failure = self._refusal(response)
                seconds = pause(attempt, response.headers.get("retry-after"))
                deadline += seconds if response.status_code == TOO_MANY else 0.0
                is_final = not (is_safe and is_to_be_sent_again(response.status_code, _problem(response)))
            if is_final:
                raise failure
            if self._monotonic() + seconds > deadline:
                raise NotReachable(f"{failure} Gave up after {attempt} attempts.")
            self._tell(f"{failure} Trying again in {seconds:.3g} s.")
            self._sleep(seconds)

    def _answer(self, response: httpx2.Response) -> Answer:
        body = _json(response)
        if body is None and response.status_code != 204:  # A network that wants to be signed in to answers for everybody.
            raise ClientError(f"What answers at {self.url} is no TaskHub. Check the URL, and the network.")
        return Answer(response.status_code, body, response.headers.get("etag"))

    def _address(self, path: str) -> str:
        return f"{self.url}/v1/{path}".rstrip("/")

    def _refusal(self, response: httpx2.Response) -> ClientError:
        if response.is_redirect:
            return ClientError(f"{self.url} says that it is now at {response.headers.get('location')}: use that URL.")
        if response.status_code in UNAVAILABLE:
            detail = one_line(str(_problem(response).get("detail") or f"status {response.status_code}."))
            return NotReachable(f"The service at {self.url} can't answer: {detail}")
        return refusal(response.status_code, _problem(response))

    def _unreachable(self, error: httpx2.RequestError) -> str:
        return f"No answer from {self.url}: {str(error).rstrip('.') or type(error).__name__}."


def _given(parameters: dict[str, Any]) -> dict[str, Any]:
    named = {name.rstrip("_"): value for name, value in parameters.items()}
    return {
        name: str(value).lower() if isinstance(value, bool) else value for name, value in named.items() if value not in (None, ())
    }


def _problem(response: httpx2.Response) -> dict[str, Any]:
    body = _json(response)
    return body if isinstance(body, dict) else {}


def _json(response: httpx2.Response) -> Any:
    try:
        return response.json() if response.content else None
    except ValueError:
        return None
