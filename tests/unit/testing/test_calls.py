"""What the answers of the control interface become."""

import httpx2
import pytest

from taskhub.testing.client import calls
from taskhub.testing.client.errors import ControlRefused, NotSettled


def answer(status: int, **body: object) -> httpx2.Response:
    request = httpx2.Request("POST", "http://control.taskhub.test/reset")
    return httpx2.Response(status, json=body, request=request)


PAGE = httpx2.Response(502, text="<h1>Bad gateway</h1>", request=httpx2.Request("POST", "http://control.taskhub.test/reset"))


@pytest.mark.parametrize("call", [calls.reset(), calls.end_fault("1")], ids=["reset", "end_fault"])
@pytest.mark.parametrize(
    "refused", [PAGE, answer(500), answer(404, code="unexpected", detail="x")], ids=["page", "empty", "other"]
)
def test_what_is_refused_is_never_taken_for_done(call: calls.Call[None], refused: httpx2.Response) -> None:
    with pytest.raises(ControlRefused, match=f"POST .*{refused.status_code}|unexpected: x"):
        call.result(refused)


def test_a_fault_that_has_ended_need_not_be_ended() -> None:
    gone = answer(404, code="not_found", detail="There is no such fault.")
    calls.end_fault("1").result(gone)
    with pytest.raises(ControlRefused):
        calls.reset().result(gone)


def test_what_is_left_is_told() -> None:
    with pytest.raises(NotSettled) as told:
        calls.settle(1).result(answer(409, code="not_settled", detail="Not everything", pending=["x"]))
    assert told.value.pending == ["x"]
