"""The first floor: one statement for each step; reads in autocommit, writes between BEGIN and COMMIT."""

from benchmarks.floor.steps.batches import Batches
from benchmarks.floor.steps.comments import Comments
from benchmarks.floor.steps.order import Order
from benchmarks.floor.steps.reads import Reads
from benchmarks.floor.steps.tasks import Tasks


class Steps(Reads, Tasks, Order, Batches, Comments):
    pass
