"""Issues as GitHub's REST API answers them: `GET /repos/{owner}/{repo}/issues?state=all`, its pages put together."""

import re
from pathlib import Path
from typing import Any

from taskhub.client.errors import ClientError, WrongUsage
from taskhub.client.sources.files import read_json
from taskhub.client.sources.model import Item, Source, tidy

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_URL = re.compile(r"/repos/([\w.-]+/[\w.-]+)/issues/\d+$")
GIVEN_UP = frozenset({"not_planned", "duplicate"})


def read_github(file: Path, name: str | None, repository: str | None) -> Source:
    """``repository``: `owner/repo`; None: as the issues say.

    Raises:
        ClientError
    """
    issues = read_json(file)
    if issues and isinstance(issues, list) and all(isinstance(page, list) for page in issues):
        issues = [issue for page in issues for issue in page]  # As `gh api --paginate --slurp` writes it.
    if not isinstance(issues, list) or not all(
        isinstance(one, dict) and {"number", "title", "state"} <= one.keys() for one in issues
    ):
        raise ClientError(f"{file} is no list of issues: expected the answer of GET /repos/OWNER/REPO/issues?state=all.")
    repository = repository or _repository_of(issues)
    if repository is None or not _REPOSITORY.fullmatch(repository):
        raise WrongUsage("Which repository? Name it with --repo OWNER/REPO.")
    source = Source(name or repository.partition("/")[2])
    for issue in sorted(issues, key=lambda issue: issue["number"]):
        _take(source, issue, repository)
    return tidy(source)


def _take(source: Source, issue: dict[str, Any], repository: str) -> None:
    where = f"issue #{issue['number']}"
    if issue.get("pull_request"):
        source.lose(where, "it is a pull request: left out")
        return
    item = Item(f"github:{repository}#{issue['number']}", where, issue["title"], issue.get("body"))
    if issue["state"] == "closed":
        item.closed_as = "cancelled" if issue.get("state_reason") in GIVEN_UP else "done"
    for label in issue.get("labels") or ():
        given = {"name": label} if isinstance(label, str) else label
        item.labels.append(given.get("name") or "")
        if re.fullmatch(r"[0-9a-fA-F]{6}", given.get("color") or ""):
            source.colors[given["name"]] = f"#{given['color'].lower()}"
    item.assignees = [person["login"] for person in issue.get("assignees") or ()]
    if issue.get("milestone"):
        source.lose(where, f"the milestone {issue['milestone'].get('title')!r}")
    if issue.get("comments"):
        source.lose(where, f"{issue['comments']} comments, which are not in the file")
    source.items.append(item)


def _repository_of(issues: list[dict[str, Any]]) -> str | None:
    found = {match[1] for issue in issues if (match := _URL.search(str(issue.get("url", ""))))}
    return found.pop() if len(found) == 1 else None
