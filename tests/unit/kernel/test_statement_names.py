"""A statement is called after the place where it is declared."""

from sqlalchemy import literal, select

from taskhub.kernel.infrastructure.postgres.statements import Statement

_ONE = Statement(select(literal(1)))
_VARIANTS = {kind: Statement(select(literal(kind))) for kind in (True, False)}
_STEPS = (Statement(select(literal(1))), Statement(select(literal(2))))


def _made() -> Statement:
    return Statement(select(literal(1)))


_BY_A_FUNCTION = _made()


class _Holder:
    def __init__(self) -> None:
        (self.statement,) = [Statement(select(literal(1))) for _ in range(1)]


def last_word(statement: Statement) -> str:
    return statement.name.rpartition(".")[2]


def test_its_name_is_that_of_the_variable() -> None:
    assert _ONE.name == f"{__name__}.one"


def test_all_in_a_collection_have_its_name() -> None:
    assert {last_word(one) for one in _VARIANTS.values()} == {"variants"}
    assert {last_word(one) for one in _STEPS} == {"steps"}


def test_what_a_function_made_for_a_variable_has_the_name_of_the_variable() -> None:
    assert last_word(_BY_A_FUNCTION) == "by_a_function"


def test_what_is_made_while_the_program_runs_has_the_name_of_the_function() -> None:
    assert last_word(_made()) == "made"
    assert last_word(_Holder().statement) == "holder"


def test_a_function_may_give_another_name() -> None:
    assert Statement(select(literal(1)), name="load tasks by key").name == "load tasks by key"
