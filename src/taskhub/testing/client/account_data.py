"""What is known of an account in a workspace, for those who wait for its requests and for those who await them."""

from typing import Any


class AccountData:
    """Somebody in a workspace.

    Attributes:
        token: an API token that may do all that the account may. It never ends by itself, however far the clock is moved.
        email, password: what the account signs in with.
    """

    def __init__(self, workspace_id: str, account: dict[str, Any], role: str) -> None:
        self.workspace_id = workspace_id
        self.role = role
        self.user_id: str = account["user_id"]
        self.email: str = account["email"]
        self.password: str = account["password"]
        self.token: str = account["token"]
