"""How projects and tasks are named: by an id, a key or an external key, in paths, filters and bodies alike."""

import re
from dataclasses import dataclass
from uuid import UUID

from taskhub.kernel.domain.errors import NotFound
from taskhub.kernel.domain.ids import parse_id
from taskhub.kernel.domain.texts import has_control_character, is_blank

PROJECT_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{1,9}")
TASK_KEY = re.compile(r"([A-Za-z][A-Za-z0-9]{1,9})-([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class TaskKey:
    """A task by its readable name, for example ``OPS-42``. One that it had in a former project names it as well."""

    project_key: str
    number: int

    def __str__(self) -> str:
        return f"{self.project_key}-{self.number}"


EXTERNAL = "external:"
"""What an external key stands behind wherever the id of a task is expected."""
MAX_EXTERNAL_KEY_LENGTH = 255
TASK_NAME = re.compile(f"(?:{TASK_KEY.pattern}|{EXTERNAL}.{{1,{MAX_EXTERNAL_KEY_LENGTH}}})")


_NO_EXTERNAL_KEY = (
    f"An external key has 1 to {MAX_EXTERNAL_KEY_LENGTH} characters: no control characters, and at least one that is visible."
)


@dataclass(frozen=True, slots=True)
class ExternalKey:
    """A task by a name that it has in another system, exactly as that writes it."""

    text: str

    def __str__(self) -> str:
        return EXTERNAL + self.text


@dataclass(frozen=True, slots=True)
class ProjectKey:
    """A project by its readable name, for example ``OPS``."""

    key: str

    def __str__(self) -> str:
        return self.key


Key = TaskKey | ExternalKey | ProjectKey
TaskRef = UUID | TaskKey | ExternalKey
ProjectRef = UUID | ProjectKey


def task_ref(text: str) -> TaskRef:
    """A task's id, its key such as ``OPS-42``, in any case, or ``external:`` and one of its external keys.

    Raises:
        NotFound: it is none of these.
    """
    if key := TASK_KEY.fullmatch(text):
        return TaskKey(key[1].upper(), int(key[2]))
    return external_key(text.removeprefix(EXTERNAL)) if text.startswith(EXTERNAL) else parse_id(text)


def external_key(text: str) -> ExternalKey:
    """Raises:
    NotFound: no task can have this as an external key.
    """
    if is_blank(text) or has_control_character(text) or len(text) > MAX_EXTERNAL_KEY_LENGTH:
        raise NotFound(_NO_EXTERNAL_KEY)
    return ExternalKey(text)


def project_ref(text: str) -> ProjectRef:
    """A project's id, or its key such as ``OPS``, in any case.

    Raises:
        NotFound: it is neither.
    """
    return ProjectKey(text.upper()) if PROJECT_KEY.fullmatch(text) else parse_id(text)
