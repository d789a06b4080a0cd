"""Errors of accounts, sessions and tokens."""

from taskhub.kernel.domain.errors import Category, DomainError, Fault
from taskhub.users.contract.errors import BARE, Challenge


class EmailTaken(DomainError):
    category, code, title = Category.CONFLICT, "email_taken", "Email taken"

    def __init__(self) -> None:
        super().__init__("Another account already uses this email address.")


class RegistrationClosed(DomainError):
    category, code, title = Category.FORBIDDEN, "registration_closed", "Registration closed"

    def __init__(self) -> None:
        super().__init__("This service does not accept registrations. Ask its operator for an account.")


class InvalidCredentials(DomainError):
    """The same for an unknown email and for a wrong password."""

    category, code, title = Category.UNAUTHENTICATED, "invalid_credentials", "Invalid credentials"
    headers: Challenge = BARE

    def __init__(self) -> None:
        super().__init__("The email address or the password is wrong.")


class WrongPassword(DomainError):
    """Not a 401: the session is still valid, and clients would renew it for nothing."""

    category, code, title = Category.FORBIDDEN, "wrong_password", "Wrong password"

    def __init__(self) -> None:
        super().__init__(
            "The current password is wrong.",
            faults=(Fault("wrong_password", "The current password is wrong.", pointer="/current_password"),),
        )
