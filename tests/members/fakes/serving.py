"""A real HTTP server in a thread, strict about what it is sent."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = dict[str, Any] | str
Route = Callable[[dict[str, str], bytes], Answer]


class Fake:
    """What a provider remembers: codes it gave out, tokens, and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.codes: dict[str, Any] = {}
        self.tokens: dict[str, Any] = {}

    def give_code(self, person: Any) -> str:
        """Let somebody sign in there; return the code they come back with."""
        code = secrets.token_hex(8)
        self.codes[code] = person
        return code

    def give_token(self, person: Any) -> str:
        token = secrets.token_hex(16)
        self.tokens[token] = person
        return token

    def routes(self) -> dict[tuple[str, str], Route]:
        raise NotImplementedError


@contextmanager
def running(fake: Fake) -> Iterator[Fake]:
    """Serve a fake on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query))
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            fake.asked.append((parts.path, query))
            route = fake.routes().get((self.command, parts.path))
            answer = route(query, body) if route else None
            text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
            self.send_response(404 if answer is None else 200)
            # As WeChat does: text/plain, and no charset.
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = _serve  # noqa: N815

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
