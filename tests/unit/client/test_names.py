"""Things are named as people call them."""

import pytest

from taskhub.client.errors import ClientError, WrongUsage
from taskhub.client.names import find

LABELS = [{"id": "1", "name": "Bug"}, {"id": "2", "name": "Straße"}, {"id": "3", "name": "twice"}, {"id": "4", "name": "Twice"}]


@pytest.mark.parametrize(("text", "id"), [("bug", "1"), ("STRASSE", "2"), ("3", "3")])
def test_a_name_or_an_id_finds_it(text: str, id: str) -> None:
    assert find("label", text, LABELS, "id", "name")["id"] == id


def test_the_nearest_name_is_suggested() -> None:
    with pytest.raises(ClientError, match=r"There is no label 'Bugs'\. Did you mean 'Bug'\?"):
        find("label", "Bugs", LABELS, "id", "name")


def test_several_are_told_by_their_ids() -> None:
    with pytest.raises(WrongUsage, match=r"There are 2 labels 'twice'\. Use one of their ids: 3, 4\."):
        find("label", "twice", LABELS, "id", "name")
