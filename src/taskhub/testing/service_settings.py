"""The settings of a service that is tested, however it was started."""

import secrets

from taskhub.settings import Settings, WrongSettings

DEFAULTS = {
    "rate_limits": "off",
    "database_pool_size": 8,
    "log_level": "warning",
    "webhook_networks": ("127.0.0.0/8", "::1/128"),
}
"""What is set differently here where nothing is said: a suite signs in all day, many servers share one PostgreSQL, and the
receivers of webhooks are on the machine that tests.
"""


def for_testing(given: Settings) -> Settings:
    """With our defaults for what was not given.

    Raises:
        WrongSettings: a database or its folder is named, or several workers are asked for.
    """
    if given.database_url is not None:
        raise WrongSettings(
            "TASKHUB_DATABASE_URL is set, and a testing server empties its database: it only uses one of its own. Unset it, "
            "or start without --testing."
        )
    if given.data_dir is not None:
        raise WrongSettings(
            "TASKHUB_DATA_DIR is set, and a testing server keeps nothing: its database is thrown away. Unset it, or start "
            "without --testing. TASKHUB_TESTING_CACHE says where such databases are made."
        )
    if given.workers > 1:
        raise WrongSettings(
            "A testing server has one worker: its clock, its faults and what it waits for are those of one process. Leave out "
            "--workers, and unset TASKHUB_WORKERS."
        )
    return given.model_copy(update={name: value for name, value in DEFAULTS.items() if name not in given.model_fields_set})


def secret_keys(settings: Settings) -> tuple[bytes, ...]:
    """Those that are given, or a new one."""
    keys = tuple(key.get_secret_value().encode() for key in (settings.secret_key, settings.secret_key_previous) if key)
    return keys or (secrets.token_bytes(32),)
