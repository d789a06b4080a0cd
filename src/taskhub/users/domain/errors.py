"""What the rules of accounts refuse."""

from taskhub.kernel.domain.errors import Category, DomainError, Fault
from taskhub.users.contract.errors import BARE, Challenge


class EmailTaken(DomainError):
    category, code, title = Category.CONFLICT, "email_taken", "Email taken"

    def __init__(self) -> None:
        super().__init__("Another account has this email address.")


class RegistrationClosed(DomainError):
    category, code, title = Category.FORBIDDEN, "registration_closed", "Registration closed"

    def __init__(self) -> None:
        super().__init__("This service takes no new accounts by itself. Ask whoever runs it for one.")


class InvalidCredentials(DomainError):
    """One answer for an unknown email and for a wrong password."""

    category, code, title = Category.UNAUTHENTICATED, "invalid_credentials", "Invalid credentials"
    headers: Challenge = BARE

    def __init__(self) -> None:
        super().__init__("Email or password is wrong.")


class WrongPassword(DomainError):
    """Not a 401: the session is as good as before, and clients that renew it on every 401 would do so for nothing."""

    category, code, title = Category.FORBIDDEN, "wrong_password", "Wrong password"

    def __init__(self) -> None:
        super().__init__(
            "The current password is wrong.",
            faults=(Fault("wrong_password", "not the current password", pointer="/current_password"),),
        )
