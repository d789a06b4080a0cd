"""The errors of reading a log, and of taking back what it tells."""

from taskhub.kernel.contract.access import Access
from taskhub.kernel.domain.errors import Category, DomainError, NotAllowed


class CursorExpired(DomainError):
    category, code, title = Category.GONE, "cursor_expired", "Cursor expired"

    def __init__(self) -> None:
        super().__init__(
            "The log does not hold this place: what follows it is older than this service keeps, or the database was restored "
            "from a backup that is older than the cursor. Make your copy anew, and follow from the cursor of `from=now`."
        )


class RightRequired(NotAllowed):
    """``access``: what the caller lacks."""

    def __init__(self, access: Access) -> None:
        super().__init__("What the command did takes another right to be taken back than you have.")
        self.access = access
