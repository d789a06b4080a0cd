"""One checkout of two that `benchmarks.turns` compares: it measures a round for every line that it is sent.

It is run as a file, with the other checkout's `src` and `benchmarks` to import: it uses only what `make bench` always had.
"""

import asyncio
import dataclasses
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from benchmarks.bench import FULL, _Bench
from benchmarks.database import fresh_database, postgres
from benchmarks.dataset import load
from benchmarks.servers import all_servers

_WARM_UP = 3


def main(operation: str, connections: int, answers: TextIO) -> None:
    with postgres() as server, fresh_database(server, "taskhub_bench") as url, tempfile.TemporaryDirectory() as folder:
        dataset = asyncio.run(load(url, FULL.size))
        with all_servers(url, Path(folder)) as servers:
            asyncio.run(_answer(_Bench(url, dataset, servers, Path(folder)), operation, connections, answers))


async def _answer(bench: _Bench, operation: str, connections: int, answers: TextIO) -> None:
    for turn in range(_WARM_UP):
        await bench._round(operation, connections, turn)
    answers.write("ready\n")
    answers.flush()
    for line in sys.stdin:
        measures = await bench._round(operation, connections, int(line))
        answers.write(json.dumps({name: dataclasses.asdict(measure) for name, measure in measures.items()}) + "\n")
        answers.flush()


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # What a benchmark says on its way is no answer.
    main(sys.argv[1], int(sys.argv[2]), answers)
