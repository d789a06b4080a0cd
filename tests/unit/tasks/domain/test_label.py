"""Labels, and when two names are the same."""

from uuid import uuid4

import pytest

from factories.tasks import LATER, NOW, LabelFactory
from taskhub.tasks.domain.label import Label


def test_a_new_label_is_logged() -> None:
    label = Label.create(workspace_id=uuid4(), id=uuid4(), name="Bug", color="#ff0000", now=NOW)
    assert (label.event, label.version) == ("label.created", 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bug", "bUG"),
        ("Straße", "STRASSE"),
        ("Café", "Cafe\N{COMBINING ACUTE ACCENT}"),
        ("ΣΙΣΥΦΟΣ", "σισυφος"),
        ("\N{LATIN SMALL LIGATURE FI}x", "FIX"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}", "a"),
        ("\N{ANGSTROM SIGN}", "å"),
    ],
)
def test_names_are_the_same_however_they_are_written(one: str, other: str) -> None:
    assert LabelFactory(name=one).folded_name == LabelFactory(name=other).folded_name


@pytest.mark.parametrize(("one", "other"), [("Bug", "Bugs"), ("resume", "résumé"), ("a b", "ab"), ("1", "2")])
def test_other_names_are_others(one: str, other: str) -> None:
    assert LabelFactory(name=one).folded_name != LabelFactory(name=other).folded_name


@pytest.mark.parametrize(
    "name", ["\N{COMBINING GREEK YPOGEGRAMMENI}", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "ᾼ\u0345", "ǰ"]
)
def test_a_folded_name_folds_to_itself(name: str) -> None:
    folded = LabelFactory(name=name).folded_name
    assert LabelFactory(name=folded).folded_name == folded


def test_a_label_may_change_the_case_of_its_name() -> None:
    label = LabelFactory(name="bug")
    label.update(name="Bug", color=label.color, now=LATER)
    assert (label.name, label.event, label.updated_at) == ("Bug", "label.updated", LATER)


def test_a_label_that_stays_as_it_is_leaves_no_trace() -> None:
    label = LabelFactory()
    label.update(name=label.name, color=label.color, now=LATER)
    assert (label.event, label.updated_at) == (None, NOW)


def test_deleting_a_label_says_so() -> None:
    label = LabelFactory()
    label.delete(LATER)
    assert (label.event, label.updated_at) == ("label.deleted", LATER)
