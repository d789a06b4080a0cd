"""The files of an embedded server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """The server's folder and what is in it. As root it belongs to root, `data` and `run` to the server's account."""

    folder: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory. It is created elsewhere and renamed, so it is always complete."""
        return self.folder / "data"

    @property
    def making(self) -> Path:
        """Where a new data directory is created, before it is renamed to `data`."""
        return self.folder / "making"

    @property
    def postmaster_pid(self) -> Path:
        """PostgreSQL's own record of the running server: pid, port, socket folder."""
        return self.data / "postmaster.pid"

    @property
    def sockets(self) -> Path:
        """The socket folder, unless its path is too long for a socket."""
        return self.folder / "run"

    @property
    def sockets_elsewhere(self) -> Path:
        """A file with the path of the socket folder where it is not `sockets`."""
        return self.folder / "socket-folder"

    @property
    def password(self) -> Path:
        """The password of the superuser."""
        return self.folder / "password"

    @property
    def start_log(self) -> Path:
        """What the server said before it opened its own log."""
        return self.folder / "start.log"

    @property
    def clients_lock(self) -> Path:
        """Shared by all clients; held alone by whoever stops the server or restores into it."""
        return self.folder / "clients.lock"

    @property
    def server_lock(self) -> Path:
        """Held by every process of a server for as long as it lives, and by a client while it makes or starts one."""
        return self.folder / "server.lock"

    @property
    def watchdog_lock(self) -> Path:
        """Held by the watchdog."""
        return self.folder / "watchdog.lock"

    @property
    def restoring(self) -> Path:
        """The marker of a restore under way: while it exists, the content may be neither the old nor the new."""
        return self.folder / "restoring"

    @property
    def marker(self) -> str:
        """The server's name in the list of processes. It is made of the folder's device and inode: a copy differs."""
        status = self.folder.stat()
        return f"taskhub-{status.st_dev:x}-{status.st_ino:x}"

    def logs(self, since: float = 0.0) -> list[Path]:
        """The newest log of the server, if it was written after this moment (seconds since 1970), and its start's."""
        own = sorted(self.data.glob("log/*.log"), key=lambda file: file.stat().st_mtime)
        return [*(file for file in own[-1:] if file.stat().st_mtime >= since), self.start_log]
