"""The contract of the tasks module's unit of work: the fake and the real one pass the same tests."""

from support.contracts.tasks.commit import CommitContract
from support.contracts.tasks.external_keys import ExternalKeyContract
from support.contracts.tasks.keys import KeyContract
from support.contracts.tasks.order import RankGapContract, RankSpaceContract
from support.contracts.tasks.relations import CommentContract, LabelContract, StructureContract
from support.contracts.tasks.subtrees import BatchContract, OpenTaskContract, SubtreeContract
from support.contracts.tasks.trash import CascadeContract, ProjectTrashContract, PurgeContract


class TasksUnitOfWorkContract(
    CommitContract,
    KeyContract,
    ExternalKeyContract,
    SubtreeContract,
    BatchContract,
    OpenTaskContract,
    RankGapContract,
    RankSpaceContract,
    StructureContract,
    LabelContract,
    CommentContract,
    ProjectTrashContract,
    CascadeContract,
    PurgeContract,
):
    """Subclass it with a fixture `units` that returns `UnitsOfWork`."""
