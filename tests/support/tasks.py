"""What every unit of work of the tasks module promises, whether it keeps its things in memory or in PostgreSQL."""

from support.promises.families import BatchPromises, FamilyPromises, OpenTaskPromises
from support.promises.keeping import KeepingPromises
from support.promises.keys import KeyPromises
from support.promises.order import GapPromises, RoomPromises
from support.promises.relations import CommentPromises, LabelPromises, StructurePromises
from support.promises.trash import CascadePromises, ProjectTrashPromises, PurgePromises


class TasksUnitOfWorkSuite(
    KeepingPromises,
    KeyPromises,
    FamilyPromises,
    BatchPromises,
    OpenTaskPromises,
    GapPromises,
    RoomPromises,
    StructurePromises,
    LabelPromises,
    CommentPromises,
    ProjectTrashPromises,
    CascadePromises,
    PurgePromises,
):
    """Subclass it with a fixture `bench` that gives a `Workbench`."""
