"""How projects and tasks are named: by an id or by a key, in paths, filters and bodies alike."""

import re
from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.domain.ids import parse_id

PROJECT_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{1,9}")
TASK_KEY = re.compile(r"([A-Za-z][A-Za-z0-9]{1,9})-([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class TaskKey:
    """A task by its readable name, for example ``OPS-42``. One that it had in a former project names it as well."""

    project_key: str
    number: int

    def __str__(self) -> str:
        return f"{self.project_key}-{self.number}"


@dataclass(frozen=True, slots=True)
class ProjectKey:
    """A project by its readable name, for example ``OPS``."""

    key: str

    def __str__(self) -> str:
        return self.key


Key = TaskKey | ProjectKey
TaskRef = UUID | TaskKey
ProjectRef = UUID | ProjectKey


def task_ref(text: str) -> TaskRef:
    """A task's id, or its key such as ``OPS-42``, in any case.

    Raises:
        NotFound: it is neither.
    """
    key = TASK_KEY.fullmatch(text)
    return TaskKey(key[1].upper(), int(key[2])) if key else parse_id(text)


def project_ref(text: str) -> ProjectRef:
    """A project's id, or its key such as ``OPS``, in any case.

    Raises:
        NotFound: it is neither.
    """
    return ProjectKey(text.upper()) if PROJECT_KEY.fullmatch(text) else parse_id(text)
