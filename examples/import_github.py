"""Imports issues of a GitHub repository into a project of TaskHub. It needs Python 3.11 and nothing else.

    export TASKHUB_TOKEN=thub_…
    python examples/import_github.py issues.json --repo org/repo --workspace ID --project OPS --dry-run

`issues.json` is what `GET /repos/{owner}/{repo}/issues?state=all` of GitHub's REST API answers, its pages put together into one
list. Each issue becomes the task with the external key `github:org/repo#12`, so the import can be run again at any time, also
after it was killed: what is there is changed, and nothing is created twice. Issues go over in batches of up to 100 operations,
all of a batch or none.

| GitHub | TaskHub |
|---|---|
| title, body | `title`, `description` |
| closed | a status of the category `done`, or `cancelled` if it was closed as not planned |
| open | the first status if the task is new or was closed; otherwise it keeps its status |
| labels | `label_ids`; labels that are missing are created |
| assignees, milestone, comments | not taken over; counted at the end |
| pull requests | left out |
"""

import argparse
import http.client
import json
import os
import sys
import time
import unicodedata
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

Json = dict[str, Any]

MAX_OPERATIONS = 100
"""In one batch."""
MAX_BYTES = 900_000
"""Of the bodies in one batch: a request may have 1 MiB."""
MAX_LABELS = 40
"""Of a task."""
MAX_ROUNDS = 3
"""How often a batch is made again because somebody else creates the same labels."""
CLOSED = frozenset({"done", "cancelled"})


class Failed(Exception):
    """The import can't go on; the message says why, and what to do."""


class Refused(Exception):
    """The server refuses a request. ``problem``: its problem document (RFC 9457)."""

    def __init__(self, problem: Json) -> None:
        super().__init__(f"{problem.get('code')}: {problem.get('detail')}")
        self.problem = problem


# -- the server ------------------------------------------------------------------------------------


class Server:
    """Requests to one workspace. Those that a server which is away, or busy, can't answer are sent again until it can."""

    def __init__(self, url: str, token: str, workspace_id: str, patience: float) -> None:
        """``patience``: for how many seconds a request is sent again."""
        self._base = f"{url.rstrip('/')}/v1/workspaces/{quote(workspace_id, safe='')}"
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._patience = patience

    def get(self, path: str, **parameters: Any) -> Json:
        return self.call("GET", f"{path}?{urlencode(parameters, doseq=True)}" if parameters else path)

    def every(self, path: str, **parameters: Any) -> Iterator[Json]:
        """The items of all pages of a list."""
        cursor: Json = {}
        while True:
            page = self.get(path, limit=200, **parameters, **cursor)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            cursor = {"cursor": page["next_cursor"]}

    def call(self, method: str, path: str, body: Any = None) -> Json:
        """The body of the answer. Every try of a write has the same key, so that the write happens once.

        Raises:
            Refused
            Failed
        """
        headers = self._headers if method == "GET" else {**self._headers, "Idempotency-Key": str(uuid.uuid4())}
        data = None if body is None else encoded(body)
        deadline = time.monotonic() + self._patience
        for attempt in range(1_000_000):
            request = urllib.request.Request(self._base + path, data, headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    answered: Json = json.loads(answer.read())
                    return answered
            except urllib.error.HTTPError as error:
                problem, pause = _problem_of(error), error.headers.get("Retry-After")
                if not _is_to_be_sent_again(error.code, problem):
                    raise _refusal(error.code, problem) from None
                reason, wait = problem.get("detail", f"status {error.code}"), float(pause or 1)
            except (OSError, http.client.HTTPException) as error:
                reason, wait = str(getattr(error, "reason", error)), min(0.1 * 2**attempt, 5)
            if time.monotonic() + wait > deadline:
                raise Failed(f"The server does not answer: {reason} Run the import again later: it goes on where it stopped.")
            time.sleep(wait)
        raise AssertionError("unreachable")


def encoded(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def _problem_of(error: urllib.error.HTTPError) -> Json:
    try:
        problem = json.loads(error.read())
    except (ValueError, OSError, http.client.HTTPException):
        return {}
    return problem if isinstance(problem, dict) else {}


def _is_to_be_sent_again(status: int, problem: Json) -> bool:
    return status in {429, 502, 503, 504} and problem.get("retry", "safe") != "no"


def _refusal(status: int, problem: Json) -> Exception:
    detail = problem.get("detail", "")
    if status == 401:
        return Failed(f"The server does not accept the token in TASKHUB_TOKEN. {detail}")
    if status == 403:
        return Failed(f"The token needs the scope `write`, and its owner the role `member`. {detail}")
    return Refused({"status": status, **problem})


# -- one batch -------------------------------------------------------------------------------------


@dataclass
class Operation:
    """A write of a batch. ``issue``: the number of its issue; None for a label."""

    method: str
    path: str
    body: Json
    issue: int | None = None

    @property
    def as_json(self) -> Json:
        return {"method": self.method, "path": self.path, "body": self.body}


@dataclass
class Outcome:
    """What became of the operations of a batch: their answers, and the refusals of those that were left out, by issue."""

    answers: list[tuple[Operation, Json]] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


class LabelsChanged(Exception):
    """A label was created meanwhile, by somebody else."""


def send(server: Server, operations: list[Operation], *, dry_run: bool) -> Outcome:
    """Has the operations done, all at once. An issue that is refused is left out, and the others are sent again.

    Raises:
        LabelsChanged
    """
    outcome, left = Outcome(), [*operations]
    while any(operation.issue is not None for operation in left):
        body = {"operations": [operation.as_json for operation in left]}
        try:
            answer = server.call("POST", "/batch?dry_run=true" if dry_run else "/batch", body)
        except Refused as refusal:
            _leave_out(left.pop(refusal.problem["operation"]) if "operation" in refusal.problem else None, refusal, outcome)
            continue
        results = (answer["body"] if dry_run else answer)["results"]
        outcome.answers = [(one, result["body"]) for one, result in zip(left, results, strict=True)]
        break
    return outcome


def _leave_out(operation: Operation | None, refusal: Refused, outcome: Outcome) -> None:
    if operation is None:
        raise Failed(str(refusal)) from refusal
    if operation.issue is None:
        if refusal.problem.get("code") in {"name_taken", "id_taken"}:
            raise LabelsChanged from refusal
        raise Failed(f"The label {operation.body['name']!r} can't be created. {refusal}") from refusal
    outcome.refused[operation.issue] = str(refusal)


# -- from issues to tasks --------------------------------------------------------------------------


@dataclass
class Statuses:
    """The statuses of the project that issues get."""

    first: str
    by_category: dict[str, str]

    @classmethod
    def of(cls, project: Json) -> "Statuses":
        statuses = project["workflow"]["statuses"]
        known = {status["category"]: status["key"] for status in reversed(statuses)}
        done = known.get("done") or known.get("cancelled")
        if done is None:
            raise Failed(f"The project {project['key']} has no status for closed issues: add one of the category `done` first.")
        return cls(statuses[0]["key"], {"done": done, "cancelled": known.get("cancelled", done)})

    def of_issue(self, issue: Json, task: Json | None) -> str | None:
        """None where the task keeps the status that it has."""
        if issue["state"] == "closed":
            category = "cancelled" if issue.get("state_reason") in {"not_planned", "duplicate"} else "done"
            return self.by_category[category]
        return self.first if task is None or task["status_category"] in CLOSED else None


def line(text: str, length: int) -> str:
    """A text on one line, without control characters."""
    return "".join(c if c.isprintable() or c in "\u200d\ufe0f" else " " for c in text).strip()[:length]


def folded(name: str) -> str:
    """By what the names of labels are compared."""
    return unicodedata.normalize("NFKC", name).casefold()


@dataclass
class Labels:
    """The labels of the workspace, by their names, and those that are still to be created."""

    ids: dict[str, str]

    @classmethod
    def read(cls, server: Server) -> "Labels":
        return cls({folded(label["name"]): label["id"] for label in server.every("/labels")})

    def of_issue(self, issue: Json, created: dict[str, Operation]) -> list[str]:
        """The ids of its labels. One that is missing is added to those that the batch creates first."""
        ids = []
        for label in issue.get("labels", ()):
            given = {"name": label} if isinstance(label, str) else label
            name = line(given.get("name") or "", 200)
            if not name:
                continue
            id = self.ids.get(folded(name))
            if id is None:
                color = given.get("color") or ""
                known_color = {"color": f"#{color}"} if len(color) == 6 else {}
                body = {"id": str(uuid.uuid4()), "name": name, **known_color}
                id = created.setdefault(folded(name), Operation("POST", "/labels", body)).body["id"]
            ids.append(id)
        return list(dict.fromkeys(ids))[:MAX_LABELS]


@dataclass
class Importer:
    server: Server
    repo: str
    project: Json
    statuses: Statuses
    labels: Labels
    dry_run: bool
    batch_size: int
    new_labels: set[str] = field(default_factory=set)

    def key(self, issue: Json) -> str:
        return f"github:{self.repo}#{issue['number']}"

    def run(self, issues: list[Json], counts: Counter[str]) -> dict[int, str]:
        """Imports all issues, batch by batch, and shows how far it is. Returns the refusals, by issue."""
        refused: dict[int, str] = {}
        done, rounds = 0, 0
        while done < len(issues):
            batch = issues[done : done + self.batch_size]
            known = self._known(batch)
            operations, taken = self._operations(batch, known)
            try:
                outcome = send(self.server, operations, dry_run=self.dry_run)
            except LabelsChanged as error:
                rounds += 1
                if rounds > MAX_ROUNDS:
                    raise Failed(f"The labels of the workspace keep changing. {error.__cause__}") from error
                self.labels = Labels.read(self.server)
                continue
            self._count(outcome, known, counts)
            refused |= outcome.refused
            done, rounds = done + taken, 0
            told = ", ".join(f"{counts[name]} {name}" for name in ("created", "changed", "unchanged"))
            print(f"{done}/{len(issues)} issues: {told}, {len(refused)} refused", file=sys.stderr, flush=True)
        return refused

    def _known(self, issues: Iterable[Json]) -> dict[str, Json]:
        """The tasks that are there already, by external key."""
        tasks = self.server.every("/tasks", external_key=[self.key(issue) for issue in issues])
        return {key: task for task in tasks for key in task["external_keys"]}

    def _operations(self, issues: list[Json], known: dict[str, Json]) -> tuple[list[Operation], int]:
        """The operations for as many issues as fit into a batch with their new labels, and how many issues these are."""
        created: dict[str, Operation] = {}
        puts: list[Operation] = []
        size = 0
        for issue in issues:
            needed = dict(created)
            put = self._put(issue, known.get(self.key(issue)), self.labels.of_issue(issue, needed))
            size += len(encoded(put.body))
            if puts and (len(needed) + len(puts) + 1 > MAX_OPERATIONS or size > MAX_BYTES):
                break
            created = needed
            puts.append(put)
        return [*created.values(), *puts], len(puts)

    def _put(self, issue: Json, task: Json | None, label_ids: list[str]) -> Operation:
        status = self.statuses.of_issue(issue, task)
        body = {
            "project_id": self.project["id"],
            "title": line(issue["title"], 500) or f"Issue {issue['number']}",
            "description": (issue.get("body") or "").replace("\0", "")[:100_000] or None,
            "label_ids": label_ids,
            **({} if status is None else {"status": status}),
        }
        return Operation("PUT", f"/tasks/external/{quote(self.key(issue), safe='')}", body, issue["number"])

    def _count(self, outcome: Outcome, known: dict[str, Json], counts: Counter[str]) -> None:
        for operation, answer in outcome.answers:
            if operation.issue is None:
                self.new_labels.add(folded(operation.body["name"]))
                if not self.dry_run:
                    self.labels.ids[folded(operation.body["name"])] = operation.body["id"]
                continue
            task = known.get(f"github:{self.repo}#{operation.issue}")
            if task is None:
                counts["created"] += 1
            else:
                counts["unchanged" if answer["version"] == task["version"] else "changed"] += 1


# -- the command -----------------------------------------------------------------------------------


_NEEDED = {"number", "title", "state"}


def read_issues(path: Path) -> list[Json]:
    try:
        issues = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Failed(f"{path} can't be read: {error}") from error
    if not isinstance(issues, list) or not all(isinstance(one, dict) and one.keys() >= _NEEDED for one in issues):
        raise Failed(f"{path} is not a list of issues as GitHub's REST API gives them.")
    return issues


def parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Imports issues of a GitHub repository into a project of TaskHub.")
    parser.add_argument("file", type=Path, help="issues as GitHub's REST API gives them: a JSON list")
    parser.add_argument("--repo", required=True, help="the repository that they are of, such as org/repo")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="of TaskHub (default: %(default)s)")
    parser.add_argument("--workspace", required=True, help="the id of the workspace")
    parser.add_argument("--project", required=True, help="the id or the key of the project")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    parser.add_argument("--batch-size", type=int, choices=range(1, 101), default=100, metavar="1..100", help="issues at a time")
    parser.add_argument(
        "--patience", type=float, default=60, help="seconds to wait for a server that is away (default: %(default)s)"
    )
    return parser.parse_args(arguments)


def prepared(options: argparse.Namespace) -> Importer:
    token = os.environ.get("TASKHUB_TOKEN", "")
    if not token:
        raise Failed("Set TASKHUB_TOKEN to an API token with the scope `write` (POST /v1/tokens).")
    server = Server(options.url, token, options.workspace, options.patience)
    try:
        project = server.get(f"/projects/{quote(options.project, safe='')}")
    except Refused as refusal:
        raise Failed(f"There is no project {options.project} in the workspace {options.workspace}. {refusal}") from refusal
    labels = Labels.read(server)
    return Importer(server, options.repo, project, Statuses.of(project), labels, options.dry_run, options.batch_size)


def report(issues: list[Json], left_out: int, counts: Counter[str], refused: dict[int, str], *, dry_run: bool) -> None:
    for number, reason in refused.items():
        print(f"Issue {number} was left out. {reason}")
    would = "would be " if dry_run else ""
    print(f"Tasks: {counts['created']} {would}created, {counts['changed']} {would}changed, {counts['unchanged']} unchanged.")
    print(f"Labels: {counts['labels']} {would}created.")
    for what in ("assignees", "milestone", "comments"):
        having = sum(bool(issue.get(what)) for issue in issues)
        if having:
            print(f"Not taken over: {what} of {having} issues.")
    if left_out:
        print(f"Left out: {left_out} pull requests.")


def main(arguments: list[str] | None = None) -> int:
    options = parsed(arguments)
    counts: Counter[str] = Counter()
    try:
        everything = read_issues(options.file)
        issues = [issue for issue in everything if "pull_request" not in issue]
        importer = prepared(options)
        refused = importer.run(issues, counts)
        counts["labels"] = len(importer.new_labels)
    except (Failed, Refused) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Run the import again: it goes on where it stopped.", file=sys.stderr)
        return 130
    report(issues, len(everything) - len(issues), counts, refused, dry_run=options.dry_run)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
