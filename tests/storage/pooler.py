"""A pooler before PostgreSQL that gives each transaction any of a few connections, as those of this kind do.

It knows just enough of the protocol: who connects without a password, and when a transaction is over.
"""

import os
import random
import select
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Queue

from sqlalchemy import make_url

_NO_ENCRYPTION = (80877103, 80877104)
_READY, _AUTHENTICATION, _SETTING, _KEY, _ERROR = b"Z", b"R", b"S", b"K", b"E"
_ENDS_A_BATCH = (b"S", b"Q")


class _Stream:
    """A socket from which whole messages are read."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self._buffer = b""

    def startup(self) -> bytes:
        """The first message, which has no type."""
        [length] = struct.unpack("!i", self._take(4))
        return self._take(length - 4)

    def message(self) -> tuple[bytes, bytes]:
        """The type of the next message, and all of it."""
        while (message := self.received()) is None:
            self.receive()
        return message

    def received(self) -> tuple[bytes, bytes] | None:
        """The next message, if it is here as a whole."""
        if len(self._buffer) < 5:
            return None
        [length] = struct.unpack("!i", self._buffer[1:5])
        if len(self._buffer) <= length:
            return None
        message = self._take(1 + length)
        return message[:1], message

    def receive(self) -> None:
        """Wait for some more."""
        received = self.socket.recv(65536)
        if not received:
            raise ConnectionError("the other side is gone")
        self._buffer += received

    def _take(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self.receive()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken


class _Pooler:
    def __init__(self, url: str, connections: int) -> None:
        parsed = make_url(url)
        folder = parsed.query.get("host")
        port = parsed.port or int(str(parsed.query.get("port", 5432)))
        self._server = (
            os.path.join(folder, f".s.PGSQL.{port}")
            if isinstance(folder, str) and folder.startswith("/")
            else (parsed.host or str(folder), port)
        )
        self._count = connections
        self._servers: Queue[_Stream] | None = None
        self._settings: list[bytes] = []
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))

    def run(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or each small message waits 40 ms
                self._open.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def close(self) -> None:
        for it in (self.listener, *self._open):
            with suppress(OSError):
                it.shutdown(socket.SHUT_RDWR)
            it.close()

    def _connected(self, startup: bytes) -> _Stream:
        kind = socket.AF_UNIX if isinstance(self._server, str) else socket.AF_INET
        connected = socket.socket(kind, socket.SOCK_STREAM)
        connected.connect(self._server)
        self._open.append(connected)
        connected.sendall(struct.pack("!i", len(startup) + 4) + startup)
        stream, settings = _Stream(connected), []
        while True:
            kind_of_message, message = stream.message()
            if kind_of_message == _ERROR:
                raise ConnectionError(message)
            if kind_of_message == _SETTING:
                settings.append(message)
            if kind_of_message == _READY:
                self._settings = settings
                return stream

    def _pool(self, startup: bytes) -> "Queue[_Stream]":
        with self._lock:
            if self._servers is None:
                self._servers = Queue()
                for _ in range(self._count):
                    self._servers.put(self._connected(startup))
            return self._servers

    def _serve(self, accepted: socket.socket) -> None:
        client = _Stream(accepted)
        with suppress(ConnectionError, OSError):
            startup = client.startup()
            while struct.unpack("!i", startup[:4])[0] in _NO_ENCRYPTION:
                accepted.sendall(b"N")
                startup = client.startup()
            servers = self._pool(startup)
            key = _KEY + struct.pack("!iii", 12, random.randrange(2**20, 2**30), 1)
            hello = _AUTHENTICATION + struct.pack("!ii", 8, 0)
            accepted.sendall(hello + b"".join(self._settings) + key + _READY + struct.pack("!i", 5) + b"I")
            while True:
                first = client.message()
                if first[0] == b"X":
                    return
                # The one that has waited longest, so that no two transactions of a client need be on the same.
                server = servers.get()
                try:
                    self._transaction(client, server, first)
                finally:
                    servers.put(server)

    def _transaction(self, client: _Stream, server: _Stream, first: tuple[bytes, bytes]) -> None:
        """Hand messages to and fro until the server is in no transaction. It may wait for the next message in the
        middle of its answer, so only whole messages are handed on, and none is waited for."""
        waiting = [first]
        batches = 0
        while True:
            for kind, message in (*waiting, *iter(client.received, None)):
                if kind == b"X":
                    raise ConnectionError("the client is gone")
                server.socket.sendall(message)
                batches += kind in _ENDS_A_BATCH
            waiting = []
            for kind, message in iter(server.received, None):
                client.socket.sendall(message)
                batches -= kind == _READY
                if kind == _READY and message[-1:] == b"I" and not batches:
                    return
            for ready in select.select([client.socket, server.socket], [], [])[0]:
                (client if ready is client.socket else server).receive()


@contextmanager
def pooler(url: str, *, connections: int) -> Iterator[str]:
    """The URL of a pooler before the server of a URL."""
    running = _Pooler(url, connections)
    threading.Thread(target=running.run, daemon=True).start()
    host, port = running.listener.getsockname()
    parsed = make_url(url)
    query = {name: value for name, value in parsed.query.items() if name not in ("host", "port")}
    yield parsed.set(host=host, port=port, query={**query, "sslmode": "disable"}).render_as_string(hide_password=False)
    running.close()
