"""Instants, dates and wall times: whoever wrote one wrong is told how it is written right."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from taskhub.kernel.api.types import Day, Instant
from taskhub.tasks.api.bodies.types import WallTime
from taskhub.tasks.api.moments import Moment

INSTANT, MOMENT, DAY, TIME = TypeAdapter(Instant), TypeAdapter(Moment), TypeAdapter(Day), TypeAdapter(WallTime)


def told(kind: TypeAdapter[Any], value: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as refused:
        kind.validate_python(value)
    (fault,) = refused.value.errors()
    return fault["type"], fault["msg"]


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("2026-11-27T00:00:00 02:00", "wrong_format", "%2B"),
        ("2026-11-27T00:00 02:00", "wrong_format", "%2B"),
        ("2026-11-27T00:00:00.5 0200", "wrong_format", "%2B"),
        ("2026-11-27T00:00:00", "wrong_format", "%2B02:00"),
        ("2026-11-27T24:00:00Z", "out_of_range", "Hours run from 00 to 23. Midnight at the end of a day is 00:00 of the next."),
        ("2026-11-27T25:00:00Z", "out_of_range", "Hours run from 00 to 23."),
        ("2026-11-27T23:60:00Z", "out_of_range", "Minutes run from 00 to 59."),
        ("2026-11-27T23:59:60Z", "out_of_range", "Seconds run from 00 to 59."),
        ("2026-11-27T00:00:00+24:00", "out_of_range", "Hours of an offset run from 00 to 23."),
        ("2026-11-27T00:00:00-01:60", "out_of_range", "Minutes of an offset run from 00 to 59."),
        ("2026-02-29T00:00:00Z", "out_of_range", "Days of 2026-02 run from 01 to 28."),
        ("2026-11-00T00:00:00Z", "out_of_range", "Days of 2026-11 run from 01 to 30."),
        ("2026-13-01T00:00:00Z", "out_of_range", "Months run from 01 to 12."),
        ("0000-01-01T00:00:00Z", "out_of_range", "Years run from 0001 to 9999."),
    ],
)
def test_an_instant_that_is_nearly_one_is_told_what_is_wrong(value: str, code: str, words: str) -> None:
    for kind in (INSTANT, MOMENT):
        assert told(kind, value)[0] == code
        assert words in told(kind, value)[1]


@pytest.mark.parametrize(
    "value", ["", "x", 1764201600, None, "2026-11-27T00:00:00+02", "٢٠٢٦-11-27T00:00:00Z", "2026-11-27T0:00Z"]
)
def test_what_is_no_instant_is_shown_one(value: Any) -> None:
    assert told(INSTANT, value) == ("wrong_format", "Expected an instant with an offset, such as 2026-11-20T09:00:00Z.")


@pytest.mark.parametrize("value", ["2026-11-27T00:00:00+02:00", "2026-11-26t22:00z", "2026-11-26T22:00:00.000000001Z"])
def test_takes_an_instant_however_it_is_written(value: str) -> None:
    assert INSTANT.validate_python(value) == datetime(2026, 11, 26, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [("2026-02-30", "Days of 2026-02 run from 01 to 28."), ("2026-13-01", "Months run from 01 to 12."), ("0000-01-01", "Years")],
)
def test_a_date_that_there_is_not_is_told_so(value: str, words: str) -> None:
    assert told(DAY, value)[0] == "out_of_range"
    assert words in told(DAY, value)[1]
    assert words in told(MOMENT, value)[1]


@pytest.mark.parametrize("value", ["24:00", "09:60", "09:30:60", "9:30", "٠٩:30"])
def test_a_wall_time_is_told_its_bounds(value: str) -> None:
    assert "from 00:00 to 23:59:59" in told(TIME, value)[1]
