"""The write-ahead log of a file of SQLite stays short, whoever reads, and a copy that is made meanwhile is whole."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event, Thread
from time import sleep

import pytest

from invoicecore import Billing, Firm, Money, NewWorkSession, Rate, Terms, archive, utc
from invoicecore.ports.archive import kind_of
from invoicecore.storage.sql import SqlStorage, sources
from invoicecore.values.ids import ProjectId

MB = 2**20
LIMIT = 4 * MB

WRITER = """
import sys
from datetime import timedelta
from invoicecore import Billing, utc
url, site, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
desk, turn = Billing.open(url).as_owner(), 0
print("ready", flush=True)
while True:
    desk.work.log(site, start=utc(2026, 3, 2) + timedelta(minutes=turn), hours=1)
    turn += 1
"""


class File:
    """A firm in a file, in which much can be written at once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "books.db"
        self.log = folder / "books.db-wal"
        self.url = f"sqlite:///{self.path}"
        self.storage = SqlStorage.at(self.url)
        self.storage.upgrade()
        self.billing = Billing.create(self.storage, Firm(name="Northwind", currency="USD", timezone="UTC"))
        self.desk = self.billing.as_owner()
        acme = self.desk.clients.add(name="Acme", terms=Terms.unlimited())
        self.site: ProjectId = self.desk.projects.add(client_id=acme.id, name="Site", rate=Rate.hourly("50", "USD")).id
        self._days = count()

    def write(self) -> int:
        """Some 100 sessions more; how long the log is then."""
        start = utc(2020, 1, 1) + timedelta(days=next(self._days))
        row = {"project_id": self.site, "person_id": self.desk.person_id, "hours": 1}
        rows = [NewWorkSession(**row, start=start + timedelta(minutes=it)) for it in range(100)]  # type: ignore[arg-type]
        self.desk.work.import_many(rows)
        return self.log.stat().st_size


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[File]:
    """One whose log is shortened from 4 MB on."""
    monkeypatch.setattr(sources, "LOG_BYTES", LIMIT)
    file = File(tmp_path)
    yield file
    file.storage.close()


class TestLongReaders:
    def test_who_reads_all_of_a_firm_does_not_hold_the_log(self, file: File) -> None:
        """An archive and a verification read a copy; what is written meanwhile is not in it."""
        file.write()
        with file.storage.everything(file.billing.firm_id) as everything:
            kinds = [kind_of(next(everything))]
            lengths = [file.write() for _ in range(60)]
            kinds += [kind_of(it) for it in everything]
        assert 100 == sum(kind.__name__ == "WorkSession" for kind in kinds)
        assert max(lengths) < 6 * MB
        assert 0 == file.billing.verify().found

    def test_the_copy_is_gone_afterwards(self, file: File) -> None:
        """What is read next is what stands."""
        archive.write_archive(file.billing, file.path.with_suffix(".jsonl"))
        file.write()
        assert 100 == len(file.desk.work.sessions())
        assert 0 == file.billing.verify().found

    def test_readers_who_follow_each_other_do_not_hold_it(self, file: File) -> None:
        """Where somebody reads at every moment, each for a short time."""
        ended = Event()

        def read(pause: float) -> None:
            sleep(pause)
            with closing(sqlite3.connect(file.path, isolation_level=None)) as reader:
                while not ended.is_set():
                    reader.execute("BEGIN")
                    reader.execute("SELECT count(*) FROM ic_clients").fetchall()
                    sleep(0.06)
                    reader.execute("COMMIT")

        readers = [Thread(target=read, args=(pause,)) for pause in (0, 0.02, 0.04)]
        for it in readers:
            it.start()
        try:
            lengths = [file.write() for _ in range(60)]
        finally:
            ended.set()
            for it in readers:
                it.join()
        assert max(lengths) < 4 * LIMIT  # otherwise nearly six

    def test_one_that_a_host_reads_in_holds_it_no_longer_than_it_reads(self, file: File) -> None:
        """Who writes is held up now and then for half a second, and the log is short again afterwards."""
        with closing(sqlite3.connect(file.path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM ic_clients").fetchall()
            longest = max(file.write() for _ in range(60))
        assert longest > 2 * LIMIT
        for _ in range(2):
            left = file.write()
        assert left <= LIMIT


class TestBackup:
    def test_a_copy_that_is_made_while_others_write_is_whole(self, tmp_path: Path) -> None:
        """By VACUUM INTO, and by the backup of sqlite3: each holds the books of one moment."""
        file = File(tmp_path)
        for _ in range(5):
            file.write()
        file.storage.close()
        writing = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, file.url, file.site, str(number)], stdout=subprocess.PIPE, text=True
            )
            for number in range(2)
        ]
        try:
            for it in writing:
                assert it.stdout is not None
                assert "ready\n" == it.stdout.readline()
            sleep(0.5)
            copies = [tmp_path / "vacuum.db", tmp_path / "backup.db"]
            with closing(sqlite3.connect(file.path)) as source:
                source.execute("VACUUM INTO ?", (str(copies[0]),))
                with closing(sqlite3.connect(copies[1])) as target:
                    source.backup(target)
            sleep(0.2)
        finally:
            for it in writing:
                it.kill()
                it.communicate()
        [present] = [self._sessions(file.url)]
        for copy in copies:
            command = [sys.executable, "-m", "invoicecore", "verify", "--store", f"sqlite:///{copy}"]
            said = subprocess.run(command, capture_output=True, text=True, check=False)
            assert 0 == said.returncode, said.stdout + said.stderr
            assert 500 < self._sessions(f"sqlite:///{copy}") < present

    def _sessions(self, url: str) -> int:
        with closing(SqlStorage.at(url)) as storage:
            desk = Billing.open(storage).as_owner()
            [client] = desk.clients.all()
            count = len(desk.accounts.entries(client.id))
            assert Money.of(-50 * count, "USD") == desk.accounts.standing(client.id).balance
            return count
