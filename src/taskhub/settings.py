"""The settings: environment variables `TASKHUB_…`, or lines of `.env`."""

import math
import os
import re
from collections.abc import Mapping, Sequence, Set
from importlib.metadata import entry_points
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict, SettingsError

AnySettings = TypeVar("AnySettings", bound=BaseSettings)

PREFIX = "TASKHUB_"
CLIENT_VARIABLES = frozenset(f"{PREFIX}{name}" for name in ("URL", "TOKEN", "WORKSPACE", "PROJECT"))
"""They say where `taskhub` as a client works (docs/command-line.md). They may be there where a service starts, too."""
ENV_FILE = ".env"
MODULES_GROUP = "taskhub.modules"
"""The entry points of modules: the settings of each begin with its name."""
MAX_WORKERS = 64
CONTROL_GROUP = Path("/sys/fs/cgroup/cpu.max")
"""What a container may use of the machine's time: microseconds of work, and of the period in which they may be used."""
_NO_PREFIX = "TASKHUB_IN_NO_VARIABLE_"
"""Nobody means a variable with it for anything."""
_HOST = re.compile(r"(?:\[[^\]]*\]|[^:\[\]]*)(?::\d{0,5})?", re.ASCII)


class WrongSettings(Exception):
    """A setting that is wrong or unknown; the message names it."""


class Settings(BaseSettings):
    """Read them with `read_settings`, which also refuses unknown ones."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=ENV_FILE, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    workers: int = 1
    database_url: SecretStr | None = None
    data_dir: Path | None = None
    secret_key: SecretStr | None = None
    secret_key_previous: SecretStr | None = None
    require_if_match: bool = False
    registration: Literal["open", "closed"] = "open"
    cors_origins: Annotated[tuple[str, ...], NoDecode] = ()
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    webhook_networks: Annotated[tuple[str, ...], NoDecode] = ()
    rate_limits: Literal["on", "off"] = "on"
    limit_writes_per_user: int = Field(1200, ge=1)
    limit_attempts_per_account: int = Field(20, ge=1)
    limit_attempts_per_address: int = Field(100, ge=1)
    limit_streams_per_user: int = Field(50, ge=1)
    keep_events_days: int | None = Field(None, ge=1, le=36_500)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "console", "json"] = "auto"
    slow_statement_ms: int = Field(250, ge=1, le=60_000)
    log_statements: Literal["on", "off"] = "off"
    traces_url: str | None = None
    traces_sample: float = Field(1.0, ge=0, le=1)
    metrics_port: int | None = Field(None, ge=1, le=65535)
    max_connections: int = Field(1000, ge=10, le=100_000)
    database_pool_size: int = Field(20, ge=2, le=200)
    database_wait_seconds: int = Field(2, ge=1, le=60)
    database_max_age_seconds: int = Field(3600, ge=60, le=604_800)
    database_idle_seconds: int = Field(300, ge=1, le=86_400)

    @field_validator("cors_origins", "trusted_proxies", "webhook_networks", mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("workers", mode="before")
    @classmethod
    def _count(cls, value: Any) -> Any:
        return workers_of(value)

    @field_validator("*", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: Any, info: Any) -> Any:
        field = cls.model_fields[info.field_name]
        return field.get_default() if value == "" else value

    @field_validator("secret_key", "secret_key_previous")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 32:
            raise ValueError("needs at least 32 characters; `taskhub secret rotate` makes one")
        return value

    @field_validator("trusted_proxies", "webhook_networks")
    @classmethod
    def _addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            try:
                ip_network(part)
            except ValueError:
                raise ValueError("expected addresses or networks, such as 10.0.0.7,192.168.0.0/16") from None
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(part == "*" or re.fullmatch(r"https?://[^/?#@\s]+", part) for part in value):
            raise ValueError("expected origins without a path, such as https://app.example.com,http://localhost:3000")
        return value

    @field_validator("traces_url")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^/?#\s]+/\S*", value):
            raise ValueError("expected where a collector takes traces, such as http://127.0.0.1:4318/v1/traces")
        return value

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("postgresql://", "postgresql+asyncpg://")):
            raise ValueError("expected postgresql://user:password@host:port/database")
        if value is not None and not _can_be_read(value.get_secret_value()):
            raise ValueError("its host or port can't be read; expected postgresql://user:password@host:port/database")
        return value


def workers_of(text: object) -> int:
    """The number of processes that serve. ``text``: a number, or `auto` for the number of usable cores.

    Raises:
        ValueError: it is neither.
    """
    if text == "auto":
        return min(usable_cores(), MAX_WORKERS)
    count = int(str(text)) if re.fullmatch(r"\d{1,4}", str(text), re.ASCII) else 0
    if not 1 <= count <= MAX_WORKERS:
        raise ValueError(f"expected a number from 1 to {MAX_WORKERS}, or auto for the number of cores that may be used")
    return count


def usable_cores(control_group: Path = CONTROL_GROUP) -> int:
    """Those that this process may run on, or fewer where a container may only use a part of their time; at least one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = control_group.read_text("ascii").split()
        return max(1, min(cores, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError):  # No control group, or "max": no limit.
        return cores


def _can_be_read(url: str) -> bool:
    """Whether hosts and ports, of which there may be several separated by commas, have the form that the driver expects."""
    try:
        hosts = urlsplit(url).netloc.rpartition("@")[2].split(",")
    except ValueError:
        return False
    return all(_HOST.fullmatch(host) and int(host.rpartition("]")[2].partition(":")[2] or 0) <= 65535 for host in hosts)


def read_settings(variables: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process; ``variables``: those that these make, of another service than the process is.

    Raises:
        WrongSettings
    """
    unknown = unknown_settings(own_settings(), variables)
    # What begins with the name of a module is looked at with its module, which takes a while to import.
    prefixes = tuple(f"{PREFIX}{entry.name}_".upper() for entry in entry_points(group=MODULES_GROUP)) if unknown else ()
    refuse_unknown([name for name in unknown if not name.upper().startswith(prefixes)], own_settings())
    return read(Settings, PREFIX, variables)


def read_settings_with(workers: str | None) -> Settings:
    """The settings of this process. ``workers``: as they were given on the command line, which comes first.

    Raises:
        WrongSettings
    """
    settings = read_settings()
    if workers is None:
        return settings
    try:
        return settings.model_copy(update={"workers": workers_of(workers)})
    except ValueError as error:
        raise WrongSettings(f"--workers: {error}") from None


def own_settings() -> set[str]:
    """The names of the variables that are not a module's."""
    return {PREFIX + name.upper() for name in Settings.model_fields}


def unknown_settings(known: Set[str], variables: Mapping[str, str] | None = None) -> list[str]:
    """What is given with our prefix and not among these names.

    Raises:
        WrongSettings
    """
    try:
        given = _given() if variables is None else {*variables}
    except UnicodeDecodeError:
        raise WrongSettings(f"{ENV_FILE} is no text in UTF-8.") from None
    return sorted(name for name in given if name.upper().startswith(PREFIX) and name.upper() not in {*known, *CLIENT_VARIABLES})


def _given() -> set[str]:
    return {*os.environ, *(dotenv_values(ENV_FILE) if Path(ENV_FILE).is_file() else {})}


def refuse_unknown(unknown: Sequence[str], known: Set[str]) -> None:
    """Raises:
    WrongSettings
    """
    if unknown:
        from difflib import get_close_matches  # noqa: PLC0415  # Most starts need none.

        meant = get_close_matches(unknown[0].upper(), known, n=1)
        guess = f" Did you mean {meant[0]}?" if meant else ""
        raise WrongSettings(f"{unknown[0]} is not a setting of TaskHub.{guess} Known are: {', '.join(sorted(known))}.")


def read(kind: type[AnySettings], prefix: str, variables: Mapping[str, str] | None = None) -> AnySettings:
    """Settings of a kind, from variables with a prefix.

    Raises:
        WrongSettings
    """
    try:
        if variables is None:
            return kind(_env_prefix=prefix, _env_file=ENV_FILE)
        return kind(_env_prefix=_NO_PREFIX, _env_file=None, **_values_of(kind, prefix, variables))
    except ValidationError as error:
        faults = {f"{prefix}{fault['loc'][0]}".upper(): fault["msg"] for fault in error.errors() if fault["loc"]}
        problems = (f"{name}: {message.removeprefix('Value error, ')}" for name, message in faults.items())
        raise WrongSettings("; ".join(problems)) from None
    except SettingsError as error:  # A list or a mapping of a module, which has to be JSON.
        raise WrongSettings(f"{prefix}…: {error}.") from None


def _values_of(kind: type[BaseSettings], prefix: str, variables: Mapping[str, str]) -> dict[str, Any]:
    source = EnvSettingsSource(kind, env_prefix=prefix)
    source.env_vars = {name.lower(): value for name, value in variables.items()}
    return source()
