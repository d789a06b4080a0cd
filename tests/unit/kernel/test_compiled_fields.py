"""A resource is declared once: what it is stored and shown as follows from its fields and its columns."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import Column, Computed, MetaData, Table, Text, Uuid

from taskhub.kernel.application.representations import shows
from taskhub.kernel.domain.aggregate import Aggregate
from taskhub.kernel.infrastructure.unit_of_work.compiled import Compiled, UndeclaredField, compiled
from taskhub.kernel.infrastructure.unit_of_work.fields import Compound, Converted, Fields, Shown

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@dataclass(frozen=True)
class Weight:
    grams: int
    unit: str


@dataclass(frozen=True, kw_only=True)
class Label:
    text: str
    colors: tuple[str, ...] = ()
    weight: Weight | None = None


@dataclass(eq=False)
class Parcel(Aggregate):
    entity_type: ClassVar[str] = "parcel"

    id: UUID
    label: Label
    size: int
    version: int
    updated_at: datetime
    place: str | None = None


@shows(Label)
class ParcelView(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    size: str
    weight: str | None


FIELDS = Fields(
    part="label",
    stored={
        "size": Converted(load=int, dump=str, show=lambda size: f"{size} cm"),
        "place": Converted(absent="unplaced"),
        "weight": Compound(
            Weight, {"grams": "grams", "unit": "unit"}, computed={"kilograms": lambda weight: weight.grams / 1000}
        ),
    },
    shown={
        "name": Shown("{} of {}", ("text", "size")),
        "weight": Shown(lambda grams, unit: f"{grams} {unit}", ("grams", "unit"), is_optional=True),
    },
    computed={"folded": lambda parcel: parcel.label.text.lower()},
    not_loaded=frozenset({"place"}),
    foreign=frozenset({"counted"}),
    given=("id",),
)


def table_with(*names: str) -> Table:
    columns: list[Column[Any]] = [Column(name, Text) for name in names]
    return Table("parcels", MetaData(), Column("id", Uuid), *columns, Column("words", Text, Computed("text")))


COLUMNS = ("size", "text", "colors", "grams", "unit", "kilograms", "folded", "counted", "place", "version", "updated_at")


def made(table: Table, view: type[msgspec.Struct] = ParcelView) -> Compiled:
    return compiled(Parcel, table, view, FIELDS, is_shown=True)


def parcel(**label: Any) -> Parcel:
    return Parcel(uuid4(), Label(text="Books", **label), 30, 1, NOW, "shelf")


def row_of(one: Parcel, parcels: Compiled) -> dict[str, Any]:
    return dict(zip(parcels.columns, parcels.to_row(one), strict=True))


def test_all_columns_are_written_but_those_of_others() -> None:
    assert made(table_with(*COLUMNS)).columns == ("id", *(name for name in COLUMNS if name != "counted"))


def test_a_row_has_what_the_declaration_says() -> None:
    one, parcels = parcel(colors=("red",), weight=Weight(1500, "g")), made(table_with(*COLUMNS))
    assert parcels.to_row(one) == (one.id, "30", "Books", ["red"], 1500, "g", 1.5, "books", "shelf", 1, NOW)


def test_a_field_that_is_none_is_written_as_what_stands_for_it() -> None:
    nowhere = Parcel(uuid4(), Label(text="Books"), 30, 1, NOW)
    assert row_of(nowhere, made(table_with(*COLUMNS)))["place"] == "unplaced"


@pytest.mark.parametrize("weight", [None, Weight(1500, "g")])
def test_an_aggregate_comes_back_from_its_row(weight: Weight | None) -> None:
    one, parcels = parcel(colors=("red", "blue"), weight=weight), made(table_with(*COLUMNS))
    back = parcels.from_row((*parcels.to_row(one), "of another table"))
    assert (back.id, back.label, back.size, back.version, back.place) == (one.id, one.label, 30, 1, None)


@pytest.mark.parametrize("weight", [None, Weight(1500, "g")])
def test_a_row_is_shown_as_its_aggregate_is(weight: Weight | None) -> None:
    one, parcels = parcel(colors=("red",), weight=weight), made(table_with(*COLUMNS))
    row = row_of(one, parcels)
    shown = parcels.show(one.id, [row[name] for name in parcels.view_columns])
    told = {
        "id": one.id,
        "name": "Books of 30",
        "size": "30 cm",
        "weight": weight and "1500 g",
        "text": "Books",
        "colors": ["red"],
    }
    assert msgspec.structs.asdict(shown) == told
    assert parcels.represent(one) == shown
    assert parcels.changes((*parcels.to_row(one), "of another table"), shown) == {}


def test_what_has_changed_is_told_with_what_it_was() -> None:
    one, parcels = parcel(colors=("red",), weight=None), made(table_with(*COLUMNS))
    row = (*parcels.to_row(one), "of another table")
    one.label, one.version = replace(one.label, text="Maps", weight=Weight(1500, "g")), one.version + 1
    changes = {"name": ["Books of 30", "Maps of 30"], "text": ["Books", "Maps"], "weight": [None, "1500 g"]}
    assert parcels.changes(row, parcels.represent(one)) == changes


def test_what_all_rows_have_in_common_is_not_selected() -> None:
    assert "id" not in made(table_with(*COLUMNS)).view_columns


def test_an_old_representation_is_read_with_the_defaults_of_new_fields() -> None:
    old = b'{"id": "018f7a52-7c3e-7d6a-9f10-3c2b1a0d9e8f", "name": "Old", "size": "3 cm", "weight": null, "text": "Old"}'
    assert msgspec.json.decode(old, type=ParcelView).colors == []  # type: ignore[attr-defined]  # It is added.


def test_a_field_without_a_column_is_told() -> None:
    with pytest.raises(UndeclaredField, match=r"Parcel\.weight: parcels has no column unit"):
        made(table_with(*(name for name in COLUMNS if name != "unit")))


def test_a_column_without_a_field_is_told() -> None:
    with pytest.raises(UndeclaredField, match=r"parcels\.height: Parcel has no such field"):
        made(table_with(*COLUMNS, "height"))


def test_a_member_of_a_representation_without_a_column_is_told() -> None:
    class Taller(ParcelView, frozen=True):
        height: int = 0

    with pytest.raises(UndeclaredField, match=r"Taller\.height: Parcel has no column height"):
        made(table_with(*COLUMNS), Taller)


def test_a_mistake_in_a_conversion_shows_the_line_that_was_written() -> None:
    with pytest.raises(ValueError) as mistake:
        made(table_with(*COLUMNS)).from_row((uuid4(), "wide", "Books", [], None, None, None, "books", None, 1, NOW))
    assert "c_size" in str(mistake.traceback[-1].statement)
