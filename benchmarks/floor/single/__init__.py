"""The second floor: the same, membership included, in one statement for each request.

But for a move: its rank is made in Python, between a statement that looks and one that does it if all is as it was.
"""

from benchmarks.floor.single.batches import Batches
from benchmarks.floor.single.comments import Comments
from benchmarks.floor.single.order import Order
from benchmarks.floor.single.tasks import Tasks


class Single(Tasks, Order, Batches, Comments):
    pass
