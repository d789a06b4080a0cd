"""Medians, ratios, and how they are told."""

import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import sqrt
from os import cpu_count
from pathlib import Path
from statistics import median, stdev
from typing import Any

from benchmarks.load import Measure

SERVICE, FLOOR, FLOOR_ONE = "taskhub", "floor", "floor_one"
TARGETS = {
    "get": 0.85,
    "list": 1.3,
    "create": 1.0,
    "patch": 1.2,
    "cold_get": 1.0,
    "list_filtered": 1.0,
    "move": 1.1,
    "bulk_update": 1.1,
    "bulk_create": 1.1,
}
TARGET_CONNECTIONS = 16
MAX_ERROR = 0.05
"""More of an error helps no operation to its target."""
_HEAD = f"{'':36}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>9}   to the floor:  req/s           p50    p99    CPU"
_FIGURES = {"throughput": 0, "p50": 2, "p99": 2, "cpu": 0}
"""Members of a measure, and how many decimals they are told with."""
_ERROR_OF_MEDIAN = 1.25
"""Of normal values the median is so much less sure than the mean (the root of half of π)."""
_TITLES = {SERVICE: "TaskHub", FLOOR: "floor", FLOOR_ONE: "floor, one statement"}


def standard_error(values: Sequence[float]) -> float:
    """How far their median may be off."""
    return _ERROR_OF_MEDIAN * stdev(values) / sqrt(len(values))


@dataclass(frozen=True, slots=True)
class Cell:
    """One operation at one number of connections. ``rounds``: what each server needed, by its name, in each round."""

    connections: int
    operation: str
    rounds: list[dict[str, Measure]]

    def median(self, of: str, what: str) -> float:
        return float(median(getattr(measures[of], what) for measures in self.rounds))

    def ratio(self, of: str = SERVICE, what: str = "throughput") -> float:
        """One server's figure over the first floor's: the median of all rounds. Within a round the machine hardly changes."""
        return median(self._ratios(of, what))

    def error(self, of: str = SERVICE) -> float | None:
        """The standard error of a ratio of throughputs; None where too few rounds tell it."""
        ratios = self._ratios(of, "throughput")
        return standard_error(ratios) if len(ratios) > 2 else None

    def _ratios(self, of: str, what: str) -> list[float]:
        return [getattr(measures[of], what) / getattr(measures[FLOOR], what) for measures in self.rounds]

    @property
    def target(self) -> float | None:
        return TARGETS.get(self.operation) if self.connections == TARGET_CONNECTIONS else None

    @property
    def is_missed(self) -> bool:
        """By more than the error of the ratio, as far as that counts."""
        return self.target is not None and self.ratio() + min(self.error() or 0.0, MAX_ERROR) < self.target

    def as_json(self) -> dict[str, Any]:
        ratios = {"ratio": self.ratio()} | {f"{what}_ratio": self.ratio(what=what) for what in ("p50", "p99", "cpu")}
        if (error := self.error()) is not None:
            ratios["ratio_error"] = error
        numbers = {
            name: {
                "requests_per_second": round(self.median(name, "throughput"), 1),
                "p50_ms": round(self.median(name, "p50"), 3),
                "p99_ms": round(self.median(name, "p99"), 3),
                "cpu_us": round(self.median(name, "cpu"), 1),
            }
            for name in self.rounds[0]
        }
        return {name: round(value, 3) for name, value in ratios.items()} | numbers


def write_json(cells: Sequence[Cell], file: Path, others: dict[str, dict[str, Any]]) -> None:
    """``others``: what is measured in another way."""
    document: dict[str, dict[str, Any]] = {**others}
    for cell in cells:
        document.setdefault(str(cell.connections), {})[cell.operation] = cell.as_json()
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def machine(server_version: str) -> str:
    model = next((line.partition(":")[2].strip() for line in _cpu_info() if line.startswith("model name")), platform.processor())
    today = datetime.now(UTC).date()
    system = f"{platform.system()} {platform.release()}"
    return f"{model}, {cpu_count()} cores; {system}; Python {platform.python_version()}; PostgreSQL {server_version}; {today}"


def table(cells: Sequence[Cell]) -> str:
    """All cells, one line per server, the ratios to the first floor at the end."""
    lines = []
    for connections in dict.fromkeys(cell.connections for cell in cells):
        lines += ["", f"{connections} connections", _HEAD]
        for cell in cells:
            if cell.connections == connections:
                lines += _lines(cell)
    return "\n".join(lines)


def _lines(cell: Cell) -> list[str]:
    lines = []
    for name, title in _TITLES.items():
        figures = "".join(f"{cell.median(name, what):9.{digits}f}" for what, digits in _FIGURES.items())
        throughput, *others = (f"{cell.ratio(name, what):7.2f}" for what in _FIGURES)
        error = cell.error(name)
        ratios = f"{throughput}{'' if error is None else f' ± {error:.2f}':7}{''.join(others)}"
        first, last = (cell.operation, _verdict(cell)) if name == SERVICE else ("", "")
        lines.append(f"{first:14}{title:22}{figures}   {'':14}{ratios}{last}")
    return lines


def _verdict(cell: Cell) -> str:
    if cell.target is None:
        return ""
    verdict = "MISSED" if cell.is_missed else "reached" if cell.ratio() >= cell.target else "reached within the error"
    return f"   {verdict}: at least {cell.target}"


def _cpu_info() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
