"""What holds for every command: its JSON is as the schema says, its tables fit, and its exit code tells."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Timer

import click
import pytest
from rich.cells import cell_len

import invoicecore
from invoicecore import __main__ as entry
from invoicecore.cli import progress
from invoicecore.cli.answers_schema import answering_commands
from invoicecore.cli.commands import program
from invoicecore.storage.sql import SqlStorage
from tests.cli.terminal import SCHEMA, Terminal
from tests.importer.files import toggl
from tests.needs import missing

COMMANDS = dict(answering_commands(program))
RUN = "import sys; sys.argv[0] = 'invoicecore'; from invoicecore.__main__ import main; main()"
"""The script, as it is installed."""

STORY: tuple[tuple[str, ...], ...] = (
    ("init", "--name", "Maria Vega", "--currency", "EUR", "--timezone", "Europe/Berlin"),
    ("settings", "--pay-to", "IBAN DE02"),
    ("client", "add", "A Client With Quite A Long Name", "--allowed", "-9000", "--address", "Road 2; Hamburg"),
    ("client", "edit", "long", "--due-in", "30"),
    ("client", "show", "long"),
    ("client", "list"),
    ("project", "add", "long", "Website And Newsletter", "--rate", "90"),
    ("project", "rate", "web", "95", "--since", "2025-02-01"),
    ("project", "edit", "web", "--cap", "5000"),
    ("tax", "LOW", "7", "--name", "VAT"),
    ("charge", "expense", "long", "--price", "80", "--cost", "72.30 CHF", "--date", "2024-12-04"),
    ("charge", "fee", "long", "100", "--date", "2024-12-05"),
    ("charge", "list"),
    ("charge", "allow", "long", "--amount", "5", "--date", "2025-12-06"),
    ("person", "add", "Zoë With Quite A Long Name", "--client", "long", "--email", "zoe@long.example"),
    ("person", "add", "Lee", "--role", "worker"),
    ("person", "edit", "Lee", "--role", "supervisor"),
    ("person", "assign", "Lee", "web"),
    ("person", "list"),
    ("person", "unassign", "Lee", "web"),
    ("project", "list"),
    ("log", "web", "20", "--date", "2025-01-03", "--note", "Layout"),
    ("log", "web", "2", "--date", "2025-02-03"),
    ("start", "web"),
    ("stop", "--note", "Colours"),
    ("work", "list"),
    ("log", "web", "3", "--date", "2025-02-04"),
    ("work", "edit", "web", "2025-02-04", "--hours", "1", "--date", "2025-02-05"),
    ("work", "delete", "web", "2025-02-05"),
    ("import", "export.csv", "--timezone", "UTC", "--rate", "50"),
    ("charge", "import", "expenses.csv"),
    ("bill", "--month", "2025-01", "--date", "2025-02-01"),
    ("bill", "export.csv", "--timezone", "Europe/Berlin", "--rate", "50"),
    ("invoice", "draft", "long", "--month", "2025-02"),
    ("invoice", "print", "long"),
    ("invoice", "generate", "long", "--date", "2025-03-01"),
    ("invoice", "send", "INV-2025-0001", "--dry-run", "--from", "maria@vega.example"),
    ("invoice", "send", "INV-2025-0001", "--by-hand"),
    ("invoice", "revert", "INV-2025-0002"),
    ("invoice", "delete", "INV-2025-0002", "--note", "Twice"),
    ("invoice", "manual", "long", "100", "In advance"),
    ("invoice", "manual", "long", "50", "Expenses", "--not-deposited"),
    ("invoice", "list"),
    ("invoice", "show", "INV-2025-0001"),
    ("invoice", "print", "INV-2025-0001"),
    ("owed",),
    ("remind", "INV-2025-0001", "--to-file", "mail.eml", "--from", "maria@vega.example"),
    ("remind", "INV-2025-0001", "--out", "."),
    ("pay", "INV-2025-0001", "1900", "--excess-to-credit"),
    ("credit", "INV-2026-0004", "20"),
    ("payment", "list", "long"),
    ("payment", "reverse", "INV-2026-0004", "--note", "Bounced"),
    ("adjust", "long", "-5", "--reason", "Discount given twice"),
    ("invoice", "void", "INV-2026-0003", "--note", "Not wanted"),
    ("invoice", "write-off", "INV-2026-0004"),
    ("statement", "long"),
    ("statement", "long", "--basis", "invoice"),
    ("statement", "long", "--out", "."),
    ("forecast", "long"),
    ("close", "2026-01"),
    ("export", "--journal", "b.journal", "--csv", "tables", "--archive", "b.jsonl"),
    ("restore", "b.jsonl", "--store", "copy.db"),
    ("remove", "--archive", "gone.jsonl", "--confirm", "Maria Vega", "--store", "copy.db"),
    ("verify",),
    ("db", "status"),
    ("db", "upgrade"),
    ("db", "distribute"),
    ("worker", "--notifier", "invoicecore:NullNotifier", "--once"),
    ("demo",),
)
"""Every command, one after the other."""


_ID = "the id of the fee"


def called(command: tuple[str, ...]) -> str:
    """What a command is called."""
    return " ".join(command[:2]) if " ".join(command[:2]) in COMMANDS else command[0]


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A folder with an export."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "export.csv").write_bytes(toggl({"Start date": "2025-03-02", "End date": "2025-03-02"}))
    (tmp_path / "expenses.csv").write_text(
        "client,day,price\nA Client With Quite A Long Name,2024-12-07,12\n", encoding="utf-8"
    )
    return Terminal(tmp_path, "books.db")


def numbered(command: tuple[str, ...]) -> tuple[str, ...]:
    """The command with the numbers that invoices without a date of their own have this year."""
    return tuple(it.replace("INV-2026", f"INV-{time.gmtime().tm_year}") for it in command)


class TestJson:
    def test_every_command_is_told(self) -> None:
        """The story has all of them, but for two that take an id, which come after it below."""
        assert set(COMMANDS) == {called(command) for command in STORY} | {"charge edit", "charge delete"}

    def test_every_answer_is_as_its_schema_says(self, terminal: Terminal) -> None:
        """Each has the one shape, and a result of its own kind."""
        charge = ""
        for command in (*STORY, ("charge", "edit", _ID, "--amount", "90"), ("charge", "delete", _ID)):
            said = terminal.data(*(charge if it == _ID else it for it in numbered(command)))
            if called(command) == "charge fee":
                charge = said["result"]["id"]
            assert (called(command), 0, None) == (said["command"], said["exit_code"], said["error"]), said

    @pytest.mark.parametrize(
        ("command", "name", "code", "error"),
        [
            (("client", "show", "Nobody"), "client show", 1, "not_found"),
            (("client", "show"), "client show", 2, "invalid_input"),
            (("invoice", "list", "--status", "lost"), "invoice list", 2, "invalid_input"),
            (("fly",), "", 2, "invalid_input"),
            (("owed", "--store", "nowhere.db"), "owed", 3, "not_found"),
            (("bill",), "bill", 2, "option_refused"),
            (("bill", "none.csv"), "bill", 2, "invalid_input"),
            (("export", "--journal", "no/where"), "export", 3, "invalid_input"),
        ],
    )
    def test_every_error_too(
        self, terminal: Terminal, command: tuple[str, ...], name: str, code: int, error: str
    ) -> None:
        """It has a code and the sentence of the terminal, and nothing stands on standard error."""
        terminal.said(*STORY[0])
        said, shown = terminal.data(*command), terminal.run(*command)
        assert (name, code, error) == (said["command"], said["exit_code"], said["error"]["code"])
        assert said["error"]["message"][:22] in shown.stderr
        assert (code, "") == (shown.exit_code, shown.stdout)
        assert "" == terminal.run(*command, "--json").stderr

    def test_the_schema_refuses(self, terminal: Terminal) -> None:
        """What one command answers is no answer of another."""
        said = terminal.data(*STORY[0])
        assert SCHEMA.is_valid(said)
        assert not SCHEMA.is_valid({**said, "command": "client show"})
        assert not SCHEMA.is_valid({**said, "more": 1})


class TestWidth:
    def test_tables_fit(self, terminal: Terminal) -> None:
        """No line of any command is wider than the terminal, and no figure is broken."""
        wide = {}
        for command in map(numbered, STORY):
            shows = "list" in command[:2] or command[-1] in {"owed", "demo"} or command[1:2] == ("show",)
            for columns in (200, 80, 60) if shows else (60,):
                printed = Terminal(terminal.folder, terminal.store, columns).said(*command)
                if "restored" in printed or "removed" in printed or command[0] == "verify":
                    continue  # a path or a list in one line
                for line in printed.splitlines():
                    if cell_len(line) > columns:
                        wide[called(command), columns] = line
        assert {} == wide

    def test_amounts_stay_whole(self, terminal: Terminal) -> None:
        """Where a table is too wide, its rows stand one below the other."""
        narrow = Terminal(terminal.folder, terminal.store, 40)
        for command in STORY[: 1 + STORY.index(("bill", "--month", "2025-01", "--date", "2025-02-01"))]:
            printed = narrow.said(*command)
        listed = narrow.said("invoice", "list")
        assert "Total: €1,800.00\n" in listed
        assert printed

    @pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {}])
    def test_no_terminal_no_colours(self, terminal: Terminal, environment: dict[str, str]) -> None:
        """What goes into a file has no control signs."""
        terminal.said(*STORY[0])
        assert "\x1b" not in terminal.run("client", "list", **environment).stdout


class TestStart:
    HEAVY = ("alembic", "babel", "cattrs", "dateutil", "jinja2", "rich", "sqlalchemy", "typst")

    @pytest.mark.parametrize("given", [("--help",), ("--version",), ()])
    def test_nothing_is_loaded(self, given: tuple[str, ...]) -> None:
        """Neither help nor version load a command, or anything that takes long."""
        told = subprocess.run([sys.executable, "-X", "importtime", "-c", RUN, *given], capture_output=True, text=True)
        loaded = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
        assert "invoicecore.cli.program" in loaded
        assert set() == {it for it in loaded if it.partition(".")[0] in self.HEAVY}
        assert set() == {it for it in loaded if it.startswith(("invoicecore.cli.commands.", "invoicecore.desk"))}

    def test_completion(self) -> None:
        """Neither does the completion of the first word."""
        words = {"COMP_WORDS": "invoicecore inv", "COMP_CWORD": "1", "_INVOICECORE_COMPLETE": "bash_complete"}
        given = [sys.executable, "-X", "importtime", "-c", RUN]
        told = subprocess.run(given, env={**os.environ, **words}, capture_output=True, text=True)
        assert "plain,invoice\n" == told.stdout
        assert "invoicecore.cli.commands." not in told.stderr


class TestShell:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_completion(self, shell: str, tmp_path: Path) -> None:
        """The shell gets its script by the documented line, and the script gets the names of commands."""
        script = run("", _INVOICECORE_COMPLETE=f"{shell}_source")
        assert "_INVOICECORE_COMPLETE" in script
        words = {"COMP_WORDS": "invoicecore invoice wri", "COMP_CWORD": "wri" if shell == "fish" else "2"}
        assert "write-off" in run("", _INVOICECORE_COMPLETE=f"{shell}_complete", **words)

    def test_version(self) -> None:
        """That of the distribution."""
        assert f"invoicecore {invoicecore.__version__}\n" == run("--version")

    def test_the_script(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        """It is called as it was."""
        for path, name in (("/usr/bin/invoicecore", "invoicecore"), ("/x/__main__.py", "python -m invoicecore")):
            monkeypatch.setattr(sys, "argv", [path, "--help"])
            with pytest.raises(SystemExit):
                entry.main()
            assert capsys.readouterr().out.startswith(f"Usage: {name} ")

    def test_whoever_reads_may_go(self, tmp_path: Path) -> None:
        """As `head` does; nothing is said of it."""
        command = f"{sys.executable} -m invoicecore demo | head -n 1"
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, cwd=tmp_path)
        assert "" == done.stderr


def run(*arguments: str, **environment: str) -> str:
    """What the script prints."""
    given = [it for it in arguments if it]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *given], env={**os.environ, **environment}, capture_output=True, text=True
    )
    return done.stdout


QUESTIONS = (
    (b"Name on invoices: ", b"Maria Vega\n"),
    (b"ends a line: ", b"Main St 1\n"),
    (b"Tax ids: ", b"\n"),
    (b"IBAN and bank: ", b"IBAN DE02\n"),
    (b"PNG or JPEG file: ", b"\n"),
    (b"Time zone", b"Europe/Berlin\n"),
    (b"such as EUR: ", b"EUR\n"),
    (b"or eom [14]: ", b"\n"),
    (b"next invoice [1]: ", b"7\n"),
    (b"are mailed: ", b"\n"),
)
"""What `init` asks, and what Maria answers."""


class TestAsked:
    @pytest.mark.parametrize(("script", "code"), [(QUESTIONS, 0), ((QUESTIONS[0], (QUESTIONS[1][0], b"\x03")), 130)])
    def test_at_a_terminal(self, tmp_path: Path, script: Sequence[tuple[bytes, bytes]], code: int) -> None:
        """`init` asks; Ctrl-C ends it with 130, and no file is left."""
        store = tmp_path / "books.db"
        try:
            master, slave = pty.openpty()
        except OSError:
            missing("pseudoterminals")
        with subprocess.Popen(
            [sys.executable, "-c", f"{CONTROLLED}; {RUN}", "init", "--store", str(store)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        ) as process:
            os.close(slave)
            ends = Timer(120, process.kill)
            ends.start()
            printed = conversation(master, script)
            assert code == process.wait(), printed
            ends.cancel()
        assert (code == 0) is store.exists()
        assert (b"Interrupted." in printed) is (code == 130)


CONTROLLED = (
    "import fcntl, signal, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "signal.signal(signal.SIGINT, signal.default_int_handler); "
    "signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])"
)
"""Makes the terminal that of the process, and lets Ctrl-C reach it, which a process that runs tests may ignore."""


def conversation(terminal: int, script: Sequence[tuple[bytes, bytes]]) -> bytes:
    """All that a program at a terminal prints, which is given each answer when it asks the question.

    Ctrl-C is pressed again while nothing comes of it, as people do: Python misses it just before it reads a line.
    """
    printed, seen, left, answer = b"", 0, list(script), b""
    while True:
        if answer == b"\x03" and not select.select([terminal], [], [], 1)[0]:
            os.write(terminal, answer)
            continue
        try:
            some = os.read(terminal, 4096)
        except OSError:  # it has ended
            return printed
        if not some:
            return printed
        printed += some
        while left and (place := printed.find(left[0][0], seen)) >= 0:
            question, answer = left.pop(0)
            seen = place + len(question)
            os.write(terminal, answer)


class TestInterrupted:
    def test_an_import(self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is said what stands, and the same command goes on."""
        rows = [
            {"Start time": f"{hour:02}:00:00", "End time": f"{hour:02}:30:00", "Duration": "00:30:00"}
            for hour in range(24)
        ]
        days = [
            {"Start date": f"2025-{m:02}-{d:02}", "End date": f"2025-{m:02}-{d:02}"}
            for m in (1, 2, 3)
            for d in range(1, 29)
        ]
        (terminal.folder / "many.csv").write_bytes(toggl(*({**row, **day} for day in days for row in rows)))
        plain, stopped = progress.ProgressBar.advance_to, list[int]()

        def advance(self: progress.ProgressBar, done: int, total: int | None = None) -> None:
            plain(self, done)
            if self.what == "Recording" and not stopped:
                stopped.append(done)
                raise KeyboardInterrupt

        monkeypatch.setattr(progress.ProgressBar, "advance_to", advance)
        given = ("import", "many.csv", "--timezone", "UTC", "--rate", "50")
        code, said = terminal.refused(*given)
        assert (130, True) == (code, f"{stopped[0]} of 2016 entries are dealt with and stay" in said), said
        applied = terminal.result(*given)["applied"]
        assert (2016 - stopped[0], stopped[0]) == (applied["added"], applied["known"])

    def test_anywhere(self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ten commands that are interrupted while they work say so, and leave the books sound."""
        terminal.said(*STORY[0])
        terminal.said(*STORY[2])
        terminal.said(*STORY[6])
        begin, left = SqlStorage.begin, [0]

        def interrupted(self: SqlStorage, *given: object) -> object:
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
            return begin(self, *given)  # type: ignore[arg-type]

        monkeypatch.setattr(SqlStorage, "begin", interrupted)
        for moment in range(1, 11):
            left[0] = moment
            code, said = terminal.refused("bill", "export.csv", "--timezone", "Europe/Berlin", "--rate", "50")
            assert (130, True) == (code, "Interrupted." in said)
        monkeypatch.undo()
        monkeypatch.chdir(terminal.folder)
        assert "sound" in terminal.said("verify")


def test_help_is_whole() -> None:
    """Every command and option says what it is for."""
    assert [] == [name for name, command in COMMANDS.items() if not (command.help and command.short_help)]
    silent = [
        f"{name} {option.opts[0]}"
        for name, command in COMMANDS.items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert [] == silent
