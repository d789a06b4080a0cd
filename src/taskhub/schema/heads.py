"""The state of a database's schema, compared with the revisions of this installation: as a set, with one head of each branch."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from sqlalchemy import column, func, select, table

from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.schema.revisions import KERNEL, Revisions, branch_of, described

_EXISTS = Statement(select(func.to_regclass("alembic_version").is_not(None)))
_REVISIONS = Statement(select(column("version_num")).select_from(table("alembic_version")))


class WrongSchema(Exception):
    """The database has another schema than this program; the message says what to do."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """What was found in a database, by the names of branches.

    Attributes:
        lacking: those whose newest revision is not in the database.
        absent: those of them that have no tables there at all.
        newer: revisions that the installed version of the branch does not have.
        uninstalled: revisions of modules that are not installed. They stop nothing.
    """

    lacking: tuple[str, ...]
    absent: frozenset[str]
    newer: Mapping[str, str]
    uninstalled: Mapping[str, str]

    @classmethod
    def of(cls, found: Set[str], revisions: Revisions) -> "SchemaState":
        """``found``: the revisions that stand in the database, one of each branch."""
        unknown = {branch_of(revision) or KERNEL: revision for revision in sorted(found) if revision not in revisions}
        there = {branch_of(revision) for revision in found}
        return cls(
            lacking=tuple(name for name, head in revisions.heads.items() if head not in found),
            absent=frozenset(name for name in revisions.heads if name not in there),
            newer={name: revision for name, revision in unknown.items() if name in revisions.names},
            uninstalled={name: revision for name, revision in unknown.items() if name not in revisions.names},
        )

    def refuse_newer(self) -> None:
        """Raises:
        WrongSchema: this installation lacks revisions that the database has.
        """
        for name, revision in self.newer.items():
            if name == KERNEL:
                raise WrongSchema(
                    f"The database was migrated by a newer TaskHub (to {revision}): run that one, or restore a backup."
                )
            raise WrongSchema(
                f"The database was migrated by a newer version of {described(name)} (to {revision}): install that one, "
                "or restore a backup."
            )

    def refuse_older(self) -> None:
        """Raises:
        WrongSchema: the database lacks revisions that this installation has.
        """
        if not self.lacking:
            return
        if KERNEL in self.absent:
            raise WrongSchema("The database has no tables yet: run `taskhub migrate`.")
        modules = [name for name in self.lacking if name != KERNEL]
        older = [name for name in modules if name not in self.absent]
        if KERNEL in self.lacking or older:
            of = f" of {_joined(map(described, older))}" if KERNEL not in self.lacking else ""
            raise WrongSchema(f"The database has an older schema{of} than this program: run `taskhub migrate`.")
        raise WrongSchema(f"The database has no tables of {_joined(map(described, modules))} yet: run `taskhub migrate`.")

    @property
    def uninstalled_sentence(self) -> str | None:
        """What to tell of modules that are not installed; None where there are none."""
        if not self.uninstalled:
            return None
        names = _joined(f"{name} (at {revision})" for name, revision in self.uninstalled.items())
        return f"There are tables of modules that are not installed: {names}. They are left as they are."


async def check_schema(database: Database, revisions: Revisions) -> SchemaState:
    """The state of the schema, where the program can work on it.

    Raises:
        WrongSchema: it is not the one that this installation was written for.
        Unavailable
    """
    state = await read_state(database, revisions)
    state.refuse_newer()
    state.refuse_older()
    return state


async def read_state(database: Database, revisions: Revisions) -> SchemaState:
    """Raises:
    Unavailable
    """
    return SchemaState.of(await read_revisions(database), revisions)


async def read_revisions(database: Database) -> frozenset[str]:
    """The revisions of the database's schema: the newest one of each branch that was ever migrated there.

    Raises:
        Unavailable
    """
    if not (await database.fetch(_EXISTS, {}))[0][0]:
        return frozenset()
    return frozenset(str(row[0]) for row in await database.fetch(_REVISIONS, {}))


def _joined(names: Iterable[str]) -> str:
    return " and ".join(names)
