"""What is in the demo's workspace: a small coffee roastery that opens a second shop, over three weeks."""

from dataclasses import dataclass, field
from typing import Any

WORKSPACE = "Lighthouse Coffee"
PEOPLE = {"ada": "Ada Lovelace", "grace": "Grace Hopper", "kate": "Katherine Johnson"}
"""The first one owns the workspace, the others are members."""

LABELS = {"supplier": "#b45309", "permit": "#7c3aed", "design": "#0891b2", "bug": "#dc2626", "good first task": "#15803d"}

PROJECTS: dict[str, dict[str, Any]] = {
    "SHOP": {"name": "Shop on Harbour Street", "description": "Open on the first of next month."},
    "WEB": {"name": "Online store", "description": "Beans by post, and gift cards."},
}

WORKFLOWS: dict[str, list[dict[str, str]]] = {
    "WEB": [
        {"key": "todo", "name": "Backlog", "category": "todo"},
        {"key": "ready", "name": "Ready", "category": "todo"},
        {"key": "in_progress", "name": "In progress", "category": "in_progress"},
        {"key": "in_review", "name": "In review", "category": "in_progress"},
        {"key": "done", "name": "Done", "category": "done"},
    ]
}


@dataclass(frozen=True)
class Step:
    """What somebody did to a task. ``what``: fields that they changed, or a comment; `@name` in it mentions one of the people."""

    days_ago: float
    who: str
    what: dict[str, Any] | str


@dataclass(frozen=True)
class Item:
    """A task. ``due``: days from today. ``part_of``, ``waits_for``: titles of earlier ones."""

    project: str
    title: str
    days_ago: float
    who: str
    priority: str = "none"
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    due: int | None = None
    time: str | None = None
    description: str | None = None
    part_of: str | None = None
    waits_for: tuple[str, ...] = ()
    then: tuple[Step, ...] = field(default=())


READY, DOING, REVIEW, DONE = ({"status": status} for status in ("ready", "in_progress", "in_review", "done"))

MACHINE = """\
The one from the fair: two groups, 230 V, fits under the shelf.

- [x] ask for three offers
- [x] measure the counter (it is **84 cm** deep)
- [ ] agree on a date for the installation

> The electrician has to come first, see SHOP-4.

Offers are in the [shared folder](https://example.com/offers).
"""
CHECKOUT = """\
On phones the button *Pay now* is below the keyboard, so people believe that nothing happens.

1. open the cart on a phone
2. enter the postcode
3. look for the button

```
viewport 390 x 844, Android and iOS
```
"""

ITEMS = (
    Item(
        "SHOP", "Sign the lease", 20, "ada", "urgent", ("permit",), ("ada",), -15,
        then=(Step(19, "ada", DOING), Step(18, "grace", "They want two months as a deposit. I asked for one, @ada."),
              Step(15.2, "ada", DONE)),
    ),
    Item("SHOP", "Register the business with the city", 20, "ada", "high", ("permit",), ("ada",), -8,
         then=(Step(14, "ada", DOING), Step(9, "ada", "Takes a week, they say."), Step(6, "ada", DONE))),
    Item("SHOP", "Choose an espresso machine", 19.5, "grace", "medium", ("supplier",), ("grace",), 3, "15:00", MACHINE,
         then=(Step(17, "grace", {"priority": "high"}), Step(12, "grace", DOING),
               Step(10, "kate", "The second offer is the only one with a service contract."),
               Step(9.5, "grace", "Good point. @kate can you ask what the contract costs after the first year?"),
               Step(2, "kate", "480 a year, two visits included."), Step(1, "grace", {"due": 3}))),
    Item("SHOP", "New wiring for the counter", 19, "ada", "high", (), ("kate",), 1,
         then=(Step(11, "kate", DOING), Step(4, "kate", "The electrician is here on Thursday at 8."),
               Step(3, "ada", {"priority": "urgent"}))),
    Item("SHOP", "Install the espresso machine", 18.5, "grace", "high", (), ("grace",), 8,
         waits_for=("Choose an espresso machine", "New wiring for the counter")),
    Item("SHOP", "Food safety training", 18, "grace", "medium", ("permit",), ("grace", "kate"), 12,
         then=(Step(7, "kate", "Booked two places for the 14th."),)),
    Item("SHOP", "Order cups and lids", 17, "kate", "low", ("supplier", "good first task"), (), 6),
    Item("SHOP", "Paint the walls", 16, "grace", "none", ("design",), ("kate",), -1, then=(Step(5, "kate", DOING),)),
    Item("SHOP", "Pick the colours", 15.5, "grace", "none", ("design",), ("grace",), -6, part_of="Paint the walls",
         then=(Step(10, "grace", "Sea green and off-white."), Step(8, "grace", DONE))),
    Item("SHOP", "Cover the floor", 15.4, "kate", part_of="Paint the walls", assignees=("kate",),
         then=(Step(4.5, "kate", DONE),)),
    Item("SHOP", "Second coat in the back room", 15.3, "kate", part_of="Paint the walls"),
    Item("SHOP", "Sign above the door", 13, "ada", "medium", ("design", "permit"), ("ada",), 15,
         then=(Step(6, "ada", "The city allows 60 cm, not 80."),
               Step(5.5, "grace", "Then the lamp has to go on the left side."))),
    Item("SHOP", "Hire two baristas", 12.5, "ada", "high", (), ("ada", "grace"), 10,
         then=(Step(8.5, "ada", DOING), Step(2.5, "grace", "Four people applied so far, interviews are on Friday."))),
    Item("SHOP", "Opening party", 11, "kate", "low", (), ("kate",), 20),
    Item("SHOP", "Ask the neighbours about deliveries before seven", 10.5, "ada", "none", (), (), 5),
    Item("SHOP", "Piano in the corner", 10, "kate", "low", ("design",), (), None,
         then=(Step(7.5, "ada", "Lovely, but there is no room for it."), Step(7.4, "kate", {"status": "cancelled"}))),
    Item("SHOP", "Insurance for shop and stock", 9, "ada", "medium", ("permit",), ("ada",), -3, then=(Step(4.2, "ada", DONE),)),
    Item("SHOP", "Card reader and till", 14, "grace", "medium", ("supplier",), ("kate",), 7),
    Item("WEB", "Pay now is hidden by the keyboard on phones", 13, "kate", "urgent", ("bug",), ("grace",), 0, None, CHECKOUT,
         then=(Step(12, "grace", READY), Step(3, "grace", DOING), Step(1.5, "grace", REVIEW),
               Step(1.4, "grace", "Fixed in the preview. @kate can you try it on your phone?"),
               Step(0.1, "kate", "On mine it works now. On the tablet the button is still too low."))),
    Item("WEB", "Gift cards", 12, "ada", "high", (), ("kate",), 9,
         then=(Step(9, "kate", READY), Step(4, "kate", DOING))),
    Item("WEB", "Choose the amount", 11.8, "kate", part_of="Gift cards", assignees=("kate",), then=(Step(3, "kate", DONE),)),
    Item("WEB", "Send them by email at a date", 11.7, "kate", part_of="Gift cards", then=(Step(2.2, "kate", DOING),)),
    Item("WEB", "Redeem them in the shop", 11.6, "kate", part_of="Gift cards", waits_for=("Card reader and till",)),
    Item("WEB", "Photos of all beans", 11, "grace", "medium", ("design", "good first task"), ("ada",), 4,
         then=(Step(5, "ada", DOING),)),
    Item("WEB", "Search finds nothing for “decaf”", 9, "kate", "medium", ("bug",), ("kate",), None,
         then=(Step(8, "kate", DOING), Step(7, "kate", REVIEW), Step(6, "grace", DONE))),
    Item("WEB", "Subscriptions every two or four weeks", 8, "ada", "low", (), (), None),
    Item("WEB", "Shipping to the islands", 7, "ada", "none", ("supplier",), ("ada",), 14, then=(Step(5, "ada", READY),)),
    Item("WEB", "Faster start page", 6, "grace", "none", (), ("grace",), None,
         then=(Step(5.8, "grace", DOING), Step(3.5, "kate", DONE))),
    Item("WEB", "Roast date on the label", 3, "kate", "low", ("good first task",), (), None, then=(Step(2.8, "ada", READY),)),
)  # fmt: skip
THROWN_AWAY = Item("WEB", "A newsletter every day", 8.5, "kate", then=(Step(8.4, "ada", "Once a month is enough."),))
