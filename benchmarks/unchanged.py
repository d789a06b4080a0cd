"""`python -m benchmarks.unchanged`: what a list costs that nothing has changed, beside the list itself."""

import asyncio
import os
import sys
import tempfile
import urllib.error
import urllib.request
from itertools import count
from pathlib import Path
from statistics import median

import asyncpg
from benchmarks import load, report
from benchmarks.database import fresh_database, plain, postgres, server_version
from benchmarks.dataset import Size
from benchmarks.dataset import load as load_data
from benchmarks.load import Plan
from benchmarks.servers import Server, StartFailed, taskhub
from benchmarks.targets import Targets

SIZE = Size(workspaces=100, projects=1_000, tasks=20_000, users=200, memberships_per_user=10)
CONNECTIONS, SECONDS, ROUNDS = 16, 2, 9
MAX_SHARE = 1 / 3
_TICK = os.sysconf("SC_CLK_TCK")
_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def main() -> int:
    try:
        load.require_wrk()
        with postgres() as url, fresh_database(url, "taskhub_unchanged") as url, tempfile.TemporaryDirectory() as folder:
            say(report.machine(server_version(url)))
            dataset = asyncio.run(load_data(url, SIZE))
            with taskhub(url, Path(folder)) as server:
                targets = Targets(dataset, url, Path(folder))
                lists = asyncio.run(targets.plan("cold_list", server))
                plans = {"list": lists, "304": _tagged(server, lists)}
                share = _compare(server, plans, url)
    except (load.LoadFailed, StartFailed) as error:
        say(f"FAILED: {error}")
        return 1
    return 0 if share <= MAX_SHARE else 1


def _tagged(server: Server, lists: Plan) -> Plan:
    """The same requests with the tags of their answers."""
    lines = [line.split("\t") for line in lists.targets.read_text(encoding="ascii").splitlines()]
    file = lists.targets.with_name("unchanged.targets")
    tagged = [f"{path}\t{token}\t{_tag(server, path, token)}" for path, token, _ in lines]
    file.write_text("\n".join(tagged) + "\n", encoding="ascii")
    return Plan("unchanged", file)


def _tag(server: Server, path: str, token: str) -> str:
    """The tag of a list.

    Raises:
        LoadFailed: the list is not 304 with it.
    """
    request = urllib.request.Request(server.url + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        tag = str(answer.headers["etag"])
    request.add_header("If-None-Match", tag)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            status = answer.status
    except urllib.error.HTTPError as error:
        status = error.code
    if status != 304:
        raise load.LoadFailed(f"{path}: {status} with the tag {tag}")
    return tag


def _compare(server: Server, plans: dict[str, Plan], url: str) -> float:
    """Runs both in turns. Returns the share of the CPU of a list, of server and database, that 304 takes."""
    service: dict[str, list[float]] = {name: [] for name in plans}
    database: dict[str, list[float]] = {name: [] for name in plans}
    numbers = count(1)
    for turn in range(ROUNDS + 1):
        for name, plan in plans.items():
            before = _database_seconds(url)
            measure = load.run(server, plan, connections=CONNECTIONS, seconds=SECONDS, number=next(numbers))
            if turn:  # The first round warms up.
                service[name].append(measure.cpu)
                database[name].append((_database_seconds(url) - before) / measure.requests * 1e6)
    for name in plans:
        say(f"{name:6} TaskHub {median(service[name]):7.0f} µs   PostgreSQL {median(database[name]):7.0f} µs")
    own = median(unchanged / of_list for unchanged, of_list in zip(service["304"], service["list"], strict=True))
    sums = [[a + b for a, b in zip(service[name], database[name], strict=True)] for name in ("304", "list")]
    share: float = median(unchanged / of_list for unchanged, of_list in zip(*sums, strict=True))
    verdict = "pass" if share <= MAX_SHARE else "FAIL"
    say(f"share  TaskHub {own:.2f}, with PostgreSQL {share:.2f} of at most {MAX_SHARE:.2f}: {verdict}")
    return share


def _database_seconds(url: str) -> float:
    """What the backends of the database have used, as far as they run on this machine."""
    return sum(_seconds_of(pid) for pid in asyncio.run(_backends(url)))


async def _backends(url: str) -> list[int]:
    connection = await asyncpg.connect(plain(url))
    try:
        return [row["pid"] for row in await connection.fetch(_BACKENDS)]
    finally:
        await connection.close()


def _seconds_of(pid: int) -> float:
    file = Path(f"/proc/{pid}/stat")
    fields = file.read_text(encoding="ascii").rpartition(")")[2].split() if file.exists() else []
    return sum(map(int, fields[11:13])) / _TICK


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
