"""Who the members of an exported workspace are in another one: the same account, or one with the same email address."""

import re
from collections.abc import Iterable

from taskhub.client.transfer.snapshot import Snapshot

_MENTION = re.compile(r"@([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})", re.IGNORECASE)


class People:
    """``missing``: the names of those who are not there."""

    def __init__(self, exported: Snapshot, there: Snapshot) -> None:
        present = {member["user_id"]: member for member in there.all("member") if member["role"] is not None}
        by_email = {member["email"].casefold(): id for id, member in present.items() if member["email"]}
        self._ids: dict[str, str] = {}
        self.missing: list[str] = []
        for member in exported.all("member"):
            id = member["user_id"]
            found = id if id in present else by_email.get((member["email"] or "").casefold())
            if found is not None:
                self._ids[id] = found
            elif member["role"] is not None:
                self.missing.append(f"{member['name']} <{member['email']}>")

    def ids(self, exported: Iterable[str]) -> list[str]:
        """Those who are there, in a canonical order."""
        return sorted({self._ids[id] for id in exported if id in self._ids})

    def all_ids(self, exported: Iterable[str]) -> list[str]:
        """The same with those who are not there, under the ids that they had."""
        return sorted({self._ids.get(id, id) for id in exported})

    def mentioned(self, text: str) -> str:
        """A comment, which mentions those who are there by the ids that they have there."""
        return _MENTION.sub(lambda found: f"@{self._ids.get(found[1].lower(), found[1])}", text)
