"""The errors of reading a log."""

from taskhub.kernel.domain.errors import Category, DomainError


class CursorExpired(DomainError):
    category, code, title = Category.GONE, "cursor_expired", "Cursor expired"

    def __init__(self) -> None:
        super().__init__(
            "The log does not hold this place: what follows it is older than this service keeps, or the database was restored "
            "from a backup that is older than the cursor. Make your copy anew, and follow from the cursor of `from=now`."
        )
