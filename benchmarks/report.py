"""Medians, ratios, and how they are told."""

import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.load import Measure

SERVICE, FLOOR, FLOOR_ONE = "taskhub", "floor", "floor_one"
TARGETS = {"get": 0.85, "list": 0.9, "create": 1.0, "patch": 1.0}
TARGET_CONNECTIONS = 16
_HEAD = f"{'':36}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>9}   to the floor:  req/s    p50    p99    CPU"
_TITLES = {SERVICE: "TaskHub", FLOOR: "floor", FLOOR_ONE: "floor, one statement"}


@dataclass(frozen=True, slots=True)
class Cell:
    """The medians of one operation at one number of connections, by server."""

    connections: int
    operation: str
    measures: dict[str, Measure]

    @classmethod
    def of(cls, connections: int, operation: str, runs: dict[str, list[Measure]]) -> "Cell":
        return cls(connections, operation, {name: _medians(measures) for name, measures in runs.items()})

    def ratio(self, of: str = SERVICE, what: str = "throughput") -> float:
        """One server's figure over the first floor's."""
        return float(getattr(self.measures[of], what) / getattr(self.measures[FLOOR], what))

    @property
    def target(self) -> float | None:
        return TARGETS.get(self.operation) if self.connections == TARGET_CONNECTIONS else None

    @property
    def is_missed(self) -> bool:
        return self.target is not None and self.ratio() < self.target

    def as_json(self) -> dict[str, Any]:
        ratios = {"ratio": self.ratio()} | {f"{what}_ratio": self.ratio(what=what) for what in ("p50", "p99", "cpu")}
        numbers = {
            name: {
                "requests_per_second": round(measure.throughput, 1),
                "p50_ms": round(measure.p50, 3),
                "p99_ms": round(measure.p99, 3),
                "cpu_us": round(measure.cpu, 1),
            }
            for name, measure in self.measures.items()
        }
        return {name: round(value, 3) for name, value in ratios.items()} | numbers


def write_json(cells: Sequence[Cell], file: Path) -> None:
    document: dict[str, dict[str, Any]] = {}
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
    for name, measure in cell.measures.items():
        figures = f"{measure.throughput:9.0f}{measure.p50:9.2f}{measure.p99:9.2f}{measure.cpu:9.0f}"
        ratios = "".join(f"{cell.ratio(name, what):7.2f}" for what in ("throughput", "p50", "p99", "cpu"))
        title = cell.operation if name == SERVICE else ""
        lines.append(f"{title:14}{_TITLES[name]:22}{figures}   {'':14}{ratios}{_verdict(cell) if name == SERVICE else ''}")
    return lines


def _verdict(cell: Cell) -> str:
    if cell.target is None:
        return ""
    return f"   {'MISSED' if cell.is_missed else 'reached'}: at least {cell.target}"


def _medians(measures: Sequence[Measure]) -> Measure:
    figures = {name: median(getattr(measure, name) for measure in measures) for name in ("throughput", "p50", "p99", "cpu")}
    return Measure(**figures, requests=sum(measure.requests for measure in measures))


def _cpu_info() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
