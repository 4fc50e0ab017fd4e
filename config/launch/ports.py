"""Ports of 127.0.0.1. Standard library only."""

from __future__ import annotations

import socket


def free(*, wish: int = 0) -> int:
    """Return a free port, `wish` when that one is free."""
    if wish and is_free(wish):
        return wish
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Tell whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True


def taken(port: int) -> str:
    return (
        f"Port {port} is in use by another program. Free it, or choose another: "
        f"make run PORT={port + 1}"
    )
