import pytest
from benchmarks.load import Measure
from benchmarks.report import FLOOR, FLOOR_ONE, SERVICE, TARGET_CONNECTIONS, Cell, table


def measure(throughput: float) -> Measure:
    return Measure(throughput, p50=1.0, p99=2.0, cpu=100.0, requests=int(throughput))


def cell(*rounds: tuple[float, float], operation: str = "get", connections: int = TARGET_CONNECTIONS) -> Cell:
    """``rounds``: the throughputs of the service and of the floors."""
    runs = [{SERVICE: measure(service), FLOOR: measure(floor), FLOOR_ONE: measure(floor)} for service, floor in rounds]
    return Cell(connections, operation, runs)


def test_a_ratio_compares_within_rounds_so_that_a_slow_moment_of_the_machine_counts_for_nothing() -> None:
    assert cell((110, 100), (11, 10), (1100, 1000)).ratio() == pytest.approx(1.1)


def test_the_middle_round_tells_the_ratio() -> None:
    assert cell((100, 100), (120, 100), (900, 100)).ratio() == pytest.approx(1.2)


def test_the_error_is_that_of_the_median_of_all_rounds() -> None:
    assert cell((90, 100), (100, 100), (110, 100)).error() == pytest.approx(1.25 * 0.1 / 3**0.5)


def test_two_rounds_tell_no_error() -> None:
    assert cell((90, 100), (110, 100)).error() is None


@pytest.mark.parametrize(("throughput", "is_missed"), [(84, True), (85, False)])
def test_a_target_is_missed_below_it(throughput: int, is_missed: bool) -> None:
    assert cell((throughput, 100)).is_missed is is_missed


@pytest.mark.parametrize(
    ("rounds", "verdict"),
    [
        (((85, 100), (86, 100), (87, 100)), "reached: at least 0.85"),
        (((75, 100), (84, 100), (90, 100)), "reached within the error: at least 0.85"),
        (((20, 100), (79, 100), (140, 100)), "MISSED: at least 0.85"),
        (((79, 100), (80, 100), (81, 100)), "MISSED: at least 0.85"),
    ],
)
def test_a_target_is_missed_by_more_than_the_error_and_the_verdict_says_which(
    rounds: tuple[tuple[float, float], ...], verdict: str
) -> None:
    assert verdict in table([cell(*rounds)])
    assert cell(*rounds).is_missed is ("MISSED" in verdict)


def test_a_target_is_one_of_16_connections_only() -> None:
    assert not cell((1, 100), connections=64).is_missed


def test_the_table_has_a_line_for_each_server() -> None:
    text = table([cell((90, 100), (100, 100), (110, 100))])

    assert [line[:36].split() for line in text.splitlines()[3:]] == [
        ["get", "TaskHub"],
        ["floor"],
        ["floor,", "one", "statement"],
    ]
    assert "1.00 ± 0.07" in text
    assert text.count("reached: at least 0.85") == 1
