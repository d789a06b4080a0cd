"""What the reference says of this module beside its routes: tags, words, and advice for its error codes."""

from taskhub.kernel.api.documentation import Advice, Documentation, Word

_USER = "019a9f3e-6a10-7c52-8f0e-5b1d2c3a4e5f"
_SESSION = "019a9f43-3f65-71a7-9e53-a062718f93a4"
_TOKEN = "019a9f44-4076-72b8-8f64-b17382906ab5"  # noqa: S105  # An id.
_INSTANT = "2026-11-20T09:00:00Z"
_LATER = "2026-12-20T09:00:00Z"

TAGS: dict[str, str] = {
    "Users": "Accounts.",
    "Sessions": "Signing in, staying signed in, and signing out.",
    "API tokens": "For programs, with a scope and at will for one workspace only.",
}
"""The groups of its operations, in their order."""

WORDS: dict[str, Word] = {
    "user_agent": Word("What the client called itself when it signed in.", "Mozilla/5.0"),
    "email": Word("The email address, compared however its case is written.", "ada@example.com"),
    "password": Word("12 to 128 characters, counted in NFC.", "correct horse battery staple"),
    "current_password": Word("The password as it is now.", "correct horse battery staple"),
    "new_password": Word("12 to 128 characters, counted in NFC.", "a new and better passphrase"),
    "revoke_tokens": Word("Whether the API tokens end as well; they do not where it is not given.", False),
    "NewUser.time_zone": Word("An IANA time zone; UTC where it is not given.", "Europe/Berlin"),
    "User.name": Word("What the user is called.", "Ada Lovelace"),
    "NewUser.name": Word("What the user is called.", "Ada Lovelace"),
    "session_id": Word("The session.", _SESSION),
    "session": Word("The session's id, or `current`.", "current"),
    "current": Word("Whether it is the session that asks.", True),
    "Session.expires_at": Word("When it ends unless it is used: 30 days after its last use.", _LATER),
    "Session.last_used_at": Word("When it was last used.", _INSTANT),
    "access_token": Word("Goes into `Authorization: Bearer`.", "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"),
    "expires_in": Word("How many seconds the access token lives.", 900),
    "refresh_token": Word("Gets the next pair of tokens, once.", "c2Vzc2lvbg.cmVmcmVzaA"),
    "token_type": Word("How the access token is sent.", "Bearer"),
    "token_id": Word("The API token.", _TOKEN),
    "token": Word("The secret itself. It is shown once.", "thub_0a1b2c3d4e5f"),
    "scopes": Word("What it may be used for: `read`, `write`, `admin`; each includes those before it.", ["read", "write"]),
    "Token.name": Word("What people call it.", "Nightly report"),
    "NewToken.name": Word("What people call it.", "Nightly report"),
    "IssuedToken.name": Word("What people call it.", "Nightly report"),
    "Token.workspace_id": Word("The only workspace that it sees; null for all.", None),
    "NewToken.workspace_id": Word("The only workspace that it is to see; null for all.", None),
    "IssuedToken.workspace_id": Word("The only workspace that it sees; null for all.", None),
    "user_id": Word("The user.", _USER),
    "SignIn.email": Word("The email address of the account.", "ada@example.com"),
    "SignIn.password": Word("The password of the account.", "correct horse battery staple"),
}

ADVICE: dict[str, Advice] = {
    "not_authenticated": Advice(
        "The operation needs a credential and the request has none.",
        "Send `Authorization: Bearer` with the access token of a session, or with an API token.",
    ),
    "invalid_token": Advice(
        "The token is not one of this service, or it was revoked, or its session has ended.",
        "Sign in again, or use another API token.",
    ),
    "token_expired": Advice(
        "The token was good and has expired. Access tokens live for 15 minutes.",
        "Renew the session with its refresh token and send the request again with the new access token.",
    ),
    "invalid_credentials": Advice(
        "Email or password is wrong, or the refresh token is spent or unknown. Which of them is not told.",
        "Check both. An operator can reset a forgotten password.",
    ),
    "wrong_password": Advice(
        "The current password that came with the request is wrong. The session is as good as before.",
        "Send the right one.",
    ),
    "registration_closed": Advice(
        "This service takes no new accounts by itself.",
        "Ask whoever runs it for an account.",
    ),
    "email_taken": Advice(
        "Another account has this email address.",
        "Sign in to that account, or use another address.",
    ),
}

FAULT_CODES: dict[str, str] = {
    "password_length": "A password has 12 to 128 characters.",
    "wrong_password": "It is not the current password.",
}
"""What its codes in the `errors` of a problem mean."""

DOCUMENTATION = Documentation(
    tags=TAGS,
    words=WORDS,
    advice=ADVICE,
    fault_codes=FAULT_CODES,
)
