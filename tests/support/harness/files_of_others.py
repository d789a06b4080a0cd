"""Files as other products write them, made up for tests."""

import json
from typing import Any

TODOIST = """\
\ufeffTYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT
meta,view_style=list,,,,,,,,,,
,,,,,,,,,,,
task,Call the plumber @phone @Haus_1,"The tap drips.
Since Monday.",1,1,Ada (1001),Grace (1002),2026-12-24 14:30,en,Europe/Berlin,30,minute
task,Find the number,,4,2,Ada (1001),,24 Dec 2026,en,Europe/Berlin,None,None
task,Ask the neighbours,,2,3,Ada (1001),,every monday,en,Europe/Berlin,None,None
note,He answers after six.,,,,Grace (1002),,,,,,
note,"Look: [[file {""file_name"":""tap.png""}]]",,,,Ada (1001),,,,,,
,,,,,,,,,,,
section,Garden,,,,,,,,,,
task,Write to ada@example.com,,4,1,Ada (1001),,,en,Europe/Berlin,None,None
task,Call the plumber,,3,1,Ada (1001),,,en,Europe/Berlin,None,None
"""

BOARD: dict[str, Any] = {
    "id": "b1",
    "name": "House",
    "lists": [
        {"id": "l2", "name": "Doing", "closed": False, "pos": 2},
        {"id": "l1", "name": "Ideas", "closed": False, "pos": 1},
        {"id": "l3", "name": "Fertig", "closed": False, "pos": 3},
    ],
    "labels": [{"id": "x1", "name": "Bug", "color": "red"}, {"id": "x2", "name": "", "color": "sky_dark"}],
    "members": [{"id": "m1", "fullName": "Grace", "username": "grace"}],
    "customFields": [
        {"id": "f1", "name": "Cost", "type": "number"},
        {"id": "f2", "name": "Room", "type": "list", "options": [{"id": "o1", "value": {"text": "Kitchen"}}]},
    ],
    "cards": [
        {
            "id": "c2",
            "name": "Tap",
            "desc": "It *drips*.",
            "idList": "l2",
            "pos": 1,
            "closed": False,
            "due": "2026-12-24T13:30:00.000Z",
            "dueComplete": False,
            "start": "2026-12-01T00:00:00.000Z",
            "idLabels": ["x1", "x2"],
            "idMembers": ["m1"],
            "attachments": [{"name": "tap.png", "url": "https://files.test/tap.png", "isUpload": True}],
            "customFieldItems": [
                {"idCustomField": "f1", "value": {"number": "3"}},
                {"idCustomField": "f2", "value": None, "idValue": "o1"},
            ],
        },
        {
            "id": "c1",
            "name": "Roof",
            "desc": "",
            "idList": "l1",
            "pos": 2,
            "closed": True,
            "due": None,
            "idLabels": [],
            "idMembers": [],
        },
        {
            "id": "c3",
            "name": "Door",
            "desc": "",
            "idList": "l3",
            "pos": 1,
            "closed": False,
            "due": None,
            "idLabels": [],
            "idMembers": [],
        },
    ],
    "checklists": [
        {
            "id": "k1",
            "idCard": "c2",
            "name": "Checklist",
            "pos": 1,
            "checkItems": [
                {"id": "i2", "name": "Turn on", "state": "incomplete", "pos": 2},
                {"id": "i1", "name": "Turn off", "state": "complete", "pos": 1},
            ],
        }
    ],
    "actions": [
        {
            "id": "a2",
            "type": "commentCard",
            "date": "2026-11-02T10:00:00.000Z",
            "memberCreator": {"fullName": "Grace"},
            "data": {"text": "Second", "card": {"id": "c2"}},
        },
        {"id": "a3", "type": "updateCard", "date": "2026-11-02T10:00:00.000Z", "data": {"card": {"id": "c2"}}},
        {
            "id": "a1",
            "type": "commentCard",
            "date": "2026-11-01T10:00:00.000Z",
            "memberCreator": {"fullName": "Ada"},
            "data": {"text": "First", "card": {"id": "c2"}},
        },
    ],
}
TRELLO = json.dumps(BOARD)

ISSUES: list[dict[str, Any]] = [
    {
        "number": 3,
        "title": "Not now",
        "state": "closed",
        "state_reason": "not_planned",
        "body": None,
        "labels": [],
        "comments": 2,
    },
    {"number": 2, "title": "A change", "state": "open", "body": "", "pull_request": {"url": "…"}, "labels": []},
    {
        "number": 1,
        "url": "https://api.example.com/repos/org/repo/issues/1",
        "title": "It leaks",
        "state": "open",
        "body": "Since Monday",
        "labels": [{"name": "bug", "color": "D73A4A"}, "help wanted"],
        "assignees": [{"login": "grace"}],
        "milestone": {"title": "1.0"},
        "comments": 0,
    },
    {"number": 4, "title": "Fixed", "state": "closed", "state_reason": "completed", "body": "x", "labels": []},
]
GITHUB = json.dumps(ISSUES)

TABLE = """\
Summary;Due Date;State;Priority;Tags;Key;Parent;Needed by;Team
Oil the engine;24.12.2026;Doing;Highest;metal, oil;7;;;Red
Sweep;soon;closed;whatever;;8;7;;
Paint;2026-12-24 14:30;;low;;9;99;;
"""
