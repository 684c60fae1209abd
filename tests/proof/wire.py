"""A connection to PostgreSQL that breaks at a chosen moment."""

import socket
from contextlib import suppress
from pathlib import Path
from select import select
from threading import Thread

import psycopg
from sqlalchemy import make_url

_NAME = ".s.PGSQL.5432"  # what a server calls its socket in its folder
_MUCH = 1_000_000


class Wire:
    """A line to a server, which breaks once, when the client says a certain word: before the server hears it, or when
    the server has answered and the client has not heard that yet."""

    def __init__(self, url: str, folder: Path) -> None:
        self._server = make_url(url)
        self._word = b""
        self._heard = False
        line = self._server.set(host=None, port=None).update_query_dict({"host": str(folder)})
        self.url = line.render_as_string(hide_password=False)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / _NAME))
        self._listener.listen()
        Thread(target=self._accept, daemon=True).start()

    def break_at(self, word: str, *, heard: bool) -> None:
        """Break when the client says that word next."""
        self._word, self._heard = word.encode(), heard

    @property
    def broke(self) -> bool:
        """Whether it did."""
        return not self._word

    def close(self) -> None:
        """Take no more clients."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, self._connected() as server:
            while True:
                for side in select([client, server], [], [])[0]:
                    said = side.recv(_MUCH)
                    if not said:
                        return
                    if side is client and self._word and self._word in said:
                        self._word = b""
                        if self._heard:
                            server.sendall(said)
                            server.recv(_MUCH)
                        return
                    (server if side is client else client).sendall(said)

    def _connected(self) -> socket.socket:
        with psycopg.connect(self._server.set(drivername="postgresql").render_as_string(hide_password=False)) as known:
            host, port = known.info.host, known.info.port
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{host}/.s.PGSQL.{port}")
        return server
