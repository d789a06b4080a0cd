"""The JSON file that Trello exports of a board: lists become statuses, cards tasks, items of checklists subtasks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taskhub.client.errors import ClientError
from taskhub.client.sources.dates import due_of_instant
from taskhub.client.sources.files import read_json
from taskhub.client.sources.model import CLOSED, MAX_NAME, Column, Item, Remark, Source, folded, one_line, tidy

Json = dict[str, Any]

DONE = frozenset({"done", "complete", "completed", "closed", "finished", "shipped", "released", "erledigt", "fertig"})
DOING = frozenset({"doing", "in progress", "wip", "review", "in review", "testing", "in arbeit"})
GIVEN_UP = frozenset({"cancelled", "canceled", "rejected", "won't do", "wontfix", "abgebrochen", "verworfen"})
COLORS = {
    "green": "#4bce97",
    "yellow": "#e2b203",
    "orange": "#faa53d",
    "red": "#f87462",
    "purple": "#9f8fef",
    "blue": "#579dff",
    "sky": "#60c6d2",
    "lime": "#94c748",
    "pink": "#e774bb",
    "black": "#8590a2",
}
MAX_ACTIONS = 1000
"""Trello exports no more than the last ones, and comments are among them."""


@dataclass
class _Board:
    """Parts of the file, by what they belong to."""

    json: Json
    source: Source
    time_zone: str

    def __post_init__(self) -> None:
        self.lists = {one["id"]: one for one in self.json["lists"]}
        self.people = {one["id"]: one.get("fullName") or one.get("username", "") for one in self.json.get("members", ())}
        self.labels = {one["id"]: label_name(one) for one in self.json.get("labels", ())}
        self.checklists: dict[str, list[Json]] = defaultdict(list)
        for checklist in sorted(self.json.get("checklists", ()), key=_position):
            self.checklists[checklist.get("idCard", "")].append(checklist)
        self.comments: dict[str, list[Json]] = defaultdict(list)
        for action in self.json.get("actions", ()):
            if action.get("type") == "commentCard":
                self.comments[action["data"]["card"]["id"]].append(action)

    def card(self, card: Json) -> None:
        where = f"card {card['name']!r}"
        column = self.lists.get(card.get("idList", ""), {}).get("name")
        item = Item(f"trello:{card['id']}", where, card["name"], _with_links(card), column)
        if card.get("dueComplete") or card.get("closed") or self.lists.get(card.get("idList", ""), {}).get("closed"):
            item.closed_as = "done"
        if card.get("due"):
            item.due = due_of_instant(card["due"], self.time_zone)
        item.labels = [self.labels[id] for id in card.get("idLabels", ()) if id in self.labels]
        item.assignees = [self.people[id] for id in card.get("idMembers", ()) if id in self.people]
        item.remarks = [_remark(action) for action in sorted(self.comments[card["id"]], key=lambda action: str(action["date"]))]
        self._lose(card, where)
        self.source.items.append(item)
        checklists = self.checklists[card["id"]]
        for checklist in checklists:
            for entry in sorted(checklist.get("checkItems", ()), key=_position):
                self._entry(item, entry, checklist["name"] if len(checklists) > 1 else "")

    def _entry(self, card: Item, entry: Json, checklist: str) -> None:
        title = f"{checklist}: {entry['name']}" if checklist else entry["name"]
        item = Item(f"trello:{entry['id']}", f"{card.where}, checklist item {entry['name']!r}", title, parent=card.key)
        item.closed_as = "done" if entry.get("state") == "complete" else None
        if entry.get("due"):
            item.due = due_of_instant(entry["due"], self.time_zone)
        if entry.get("idMember") in self.people:
            item.assignees.append(self.people[entry["idMember"]])
        self.source.items.append(item)

    def _lose(self, card: Json, where: str) -> None:
        for field in card.get("customFieldItems", ()):
            self.source.lose(where, f"the custom field {_custom(self.json.get('customFields', ()), field)}")
        if card.get("start"):
            self.source.lose(where, f"the start date {card['start']}")
        if uploads := [one for one in card.get("attachments", ()) if one.get("isUpload")]:
            self.source.lose(where, f"{len(uploads)} attached files: the description has links to them")


def read_trello(file: Path, name: str | None, time_zone: str) -> Source:
    """``name``: of the project, instead of the board's. ``time_zone``: in which due dates are shown.

    Raises:
        ClientError
    """
    board = read_json(file)
    if not isinstance(board, dict) or not {"name", "lists", "cards"} <= board.keys():
        raise ClientError(f"{file} is no board of Trello: export it with Menu, Print, export and share, Export as JSON.")
    try:
        return _read(board, Source(name or board["name"]), time_zone)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ClientError(f"{file} is no board of Trello as this program knows them: {type(error).__name__} {error}.") from None


def _read(json: Json, source: Source, time_zone: str) -> Source:
    board = _Board(json, source, time_zone)
    lists = sorted(json["lists"], key=_position)
    source.columns = _columns([one["name"] for one in lists])
    source.colors = {name: COLORS[color] for name, color in _colors(json) if color in COLORS}
    order = {one["id"]: index for index, one in enumerate(lists)}
    for card in sorted(json["cards"], key=lambda card: (order.get(card.get("idList", ""), -1), _position(card))):
        board.card(card)
    if len(json.get("actions", ())) >= MAX_ACTIONS:
        source.lose("the board", f"comments that are not among its last {MAX_ACTIONS} actions: Trello does not export them")
    return tidy(source)


def _columns(names: list[str]) -> list[Column]:
    """Statuses of the lists. There has to be one for what is done, and the first one is never closed."""
    distinct = {folded(name): name for name in reversed(names) if name.strip()}
    columns = [Column(one_line(name)[:MAX_NAME], category(name)) for name in reversed(distinct.values())]
    if not columns or columns[0].category in CLOSED:
        columns.insert(0, Column("To do", "todo"))
    if not any(column.category == "done" for column in columns):
        columns.append(Column("Done", "done"))
    return columns


def category(name: str) -> str:
    """What a list means, as far as its name tells."""
    words = name.strip().casefold().strip("!?.✅🎉 ")
    kinds = (("done", DONE), ("in_progress", DOING), ("cancelled", GIVEN_UP))
    return next((kind for kind, known in kinds if words in known), "todo")


def label_name(label: Json) -> str:
    return label.get("name") or label.get("color") or "label"


def _colors(json: Json) -> list[tuple[str, str]]:
    return [(label_name(label), (label.get("color") or "").partition("_")[0]) for label in json.get("labels", ())]


def _with_links(card: Json) -> str:
    links = [f"- [{one.get('name') or one['url']}]({one['url']})" for one in card.get("attachments", ()) if one.get("url")]
    text = card.get("desc") or ""
    return "\n\n".join(part for part in (text, "\n".join(["Attachments:", *links]) if links else "") if part)


def _custom(known: Iterable[Json], field: Json) -> str:
    """A field by its name, and its value: a text, or the option of a list that it names by an id."""
    about = next((one for one in known if one["id"] == field.get("idCustomField")), {})
    options = {one["id"]: one for one in about.get("options", ())}
    value = field.get("value") or options.get(field.get("idValue"), {}).get("value") or {}
    return f"{about.get('name', '')!r}: {', '.join(map(str, value.values()))}"


def _remark(action: Json) -> Remark:
    author = action.get("memberCreator", {}).get("fullName", "")
    return Remark(f"trello:{action['id']}", f"*{author}, {action['date'][:10]}:*\n\n{action['data'].get('text', '')}")


def _position(thing: Json) -> float:
    return float(thing.get("pos", 0))
