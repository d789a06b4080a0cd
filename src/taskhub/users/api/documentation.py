"""What this module adds to the reference beside its routes: tags, descriptions of fields, and advice for its error codes."""

from taskhub.kernel.api.documentation import Advice, Documentation, Word

_USER = "019a9f3e-6a10-7c52-8f0e-5b1d2c3a4e5f"
_SESSION = "019a9f43-3f65-71a7-9e53-a062718f93a4"
_TOKEN = "019a9f44-4076-72b8-8f64-b17382906ab5"  # noqa: S105  # An id.
_INSTANT = "2026-11-20T09:00:00Z"
_LATER = "2026-12-20T09:00:00Z"

TAGS: dict[str, str] = {
    "Users": "User accounts.",
    "Sessions": "Sign in, renew a session, and sign out.",
    "API tokens": "Tokens for programs. They have a scope, and can be restricted to one workspace.",
}
"""The tags of its operations in their order, each with its description."""

WORDS: dict[str, Word] = {
    "user_agent": Word("The `User-Agent` of the client that signed in.", "Mozilla/5.0"),
    "email": Word("The email address. Addresses that differ only in case are equal.", "ada@example.com"),
    "password": Word("12 to 128 characters, counted after Unicode normalization (NFC).", "correct horse battery staple"),
    "current_password": Word("The current password of the account.", "correct horse battery staple"),
    "new_password": Word("12 to 128 characters, counted after Unicode normalization (NFC).", "a new and better passphrase"),
    "revoke_tokens": Word("Whether to revoke all your API tokens as well. Default: `false`.", False),
    "NewUser.time_zone": Word("An IANA time zone. Default: UTC.", "Europe/Berlin"),
    "User.name": Word("The display name of the user.", "Ada Lovelace"),
    "NewUser.name": Word("The display name of the user.", "Ada Lovelace"),
    "session_id": Word("The id of the session.", _SESSION),
    "session": Word("The id of the session, or `current` for the one that sends the request.", "current"),
    "current": Word("Whether this is the session that sent the request.", True),
    "Session.expires_at": Word("When the session expires if it is not used again: 30 days after its last use.", _LATER),
    "Session.last_used_at": Word("When the session was last used.", _INSTANT),
    "access_token": Word("Send it as `Authorization: Bearer`.", "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"),
    "expires_in": Word("How long the access token is valid, in seconds.", 900),
    "refresh_token": Word("Exchange it for a new pair of tokens. It can be used once.", "c2Vzc2lvbg.cmVmcmVzaA"),
    "token_type": Word("The authentication scheme of the access token.", "Bearer"),
    "token_id": Word("The id of the API token.", _TOKEN),
    "token": Word("The token itself. It is shown only once, in this response.", "thub_0a1b2c3d4e5f"),
    "scopes": Word(
        "What the token may be used for: `read`, `write` or `admin`. Each scope includes the ones before it.", ["read", "write"]
    ),
    "Token.name": Word("The display name.", "Nightly report"),
    "NewToken.name": Word("The display name.", "Nightly report"),
    "IssuedToken.name": Word("The display name.", "Nightly report"),
    "Token.workspace_id": Word("The only workspace that the token can be used in; null for all of yours.", None),
    "NewToken.workspace_id": Word("Restricts the token to this workspace; null for all of yours.", None),
    "IssuedToken.workspace_id": Word("The only workspace that the token can be used in; null for all of yours.", None),
    "user_id": Word("The id of the user.", _USER),
    "SignIn.email": Word("The email address of the account.", "ada@example.com"),
    "SignIn.password": Word("The password of the account.", "correct horse battery staple"),
}

ADVICE: dict[str, Advice] = {
    "not_authenticated": Advice(
        "The operation requires authentication, and the request has no credential.",
        "Send `Authorization: Bearer` with the access token of a session, or with an API token.",
    ),
    "invalid_token": Advice(
        "The token was not issued by this service, it was revoked or already used, or its session has ended.",
        "Sign in again, or use another API token.",
    ),
    "token_expired": Advice(
        "The token has expired. Access tokens are valid for 15 minutes.",
        "Renew the session with its refresh token, then send the request again with the new access token.",
    ),
    "invalid_credentials": Advice(
        "The email address or the password is wrong. For security reasons the service does not say which.",
        "Check both. If you have forgotten your password, ask the operator of the service to reset it.",
    ),
    "wrong_password": Advice(
        "The `current_password` in the request is wrong. Your session is still valid.",
        "Send the request again with the correct password.",
    ),
    "registration_closed": Advice(
        "This service does not accept registrations.",
        "Ask the operator of the service to create an account for you.",
    ),
    "email_taken": Advice(
        "Another account already uses this email address.",
        "Sign in to that account, or use another address.",
    ),
}

FAULT_CODES: dict[str, str] = {
    "password_length": "The password has to have 12 to 128 characters.",
    "wrong_password": "The current password is wrong.",
}
"""What each of its codes in the `errors` of a problem means."""

DOCUMENTATION = Documentation(tags=TAGS, words=WORDS, advice=ADVICE, fault_codes=FAULT_CODES)
