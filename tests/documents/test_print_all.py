"""Thousands of papers become files: each whole, none twice, and whatever fails does not stop the rest."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from pypdf import PdfReader

from invoicecore import Period, PrintableInvoice, documents
from invoicecore.documents import CannotPrint, Document, PrintedPaper, PrintOutcome, print_all, views
from invoicecore.documents.print_job import PaperFormat
from invoicecore.documents.printed_files import LIST_NAME
from invoicecore.errors import InvalidInput
from invoicecore.values.ids import ProjectId
from tests.documents.papers import HEAD, hours, paper, work
from tests.documents.press import forget_press
from tests.needs import missing, printing
from tests.world import World, hourly

SESSION = work(hours(8), hourly(50))


@pytest.fixture(autouse=True)
def press() -> None:
    printing()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "some" / "papers"


def numbered(count: int, firm: str = "Northwind Studio") -> Iterator[PrintableInvoice]:
    """So many invoices, INV-1 and so on."""
    for number in range(1, count + 1):
        yield paper(SESSION, head=evolve(HEAD, firm_name=firm), number=f"INV-{number}")


def named(number: int) -> str:
    return f"INV-{number}"


def names(papers: tuple[PrintedPaper, ...]) -> list[str]:
    return [it.name for it in papers]


def seen(folder: Path) -> list[str]:
    """The files that somebody sees there."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def is_sound(folder: Path) -> bool:
    """Whether each PDF that is there is all there."""
    return all(len(PdfReader(BytesIO(path.read_bytes()), strict=True).pages) for path in folder.glob("*.pdf"))


def leftovers(folder: Path) -> list[str]:
    """What a run needs only while it works."""
    return [path.name for path in folder.iterdir() if path.name.startswith(".") and path.name != LIST_NAME]


class Deadly(Document):
    """A document that ends the process in which it is printed, as a crash or the system does."""

    def pdf(self, standard: str | None = None, attachments: Any = ()) -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""


class Endless(Document):
    """A document that takes a minute."""

    def pdf(self, standard: str | None = None, attachments: Any = ()) -> bytes:
        time.sleep(60)
        return b""


class Unsendable(Document):
    """A document that cannot be handed to another process."""

    def __reduce__(self) -> Any:
        raise TypeError("not for others")


def kind_of(kind: type[Document], number: int) -> Document:
    """An invoice of that number, which is a document of that kind."""
    usual = documents.invoice(paper(SESSION, number=named(number)))
    it = kind.__new__(kind)
    it.__dict__.update(usual.__dict__)
    return it


class TestFiles:
    def test_written(self, folder: Path) -> None:
        """Each is the PDF that the document is, and the report has them in their order."""
        papers = [*numbered(5)]
        report = print_all(papers, folder, workers=2)
        assert [PrintedPaper(named(n), PrintOutcome.WRITTEN) for n in range(1, 6)] == [*report.papers]
        assert [f"INV-{n}.pdf" for n in range(1, 6)] == seen(folder)
        for it in papers:
            assert documents.invoice(it).pdf() == (folder / f"{it.invoice.number}.pdf").read_bytes()
        assert [] == leftovers(folder)

    def test_none(self, folder: Path) -> None:
        """Where there is nothing to print, nothing is started."""
        assert ((), []) == (print_all([], folder).papers, seen(folder))

    def test_every_kind(self, world: World, folder: Path) -> None:
        """Data become the usual document of their kind; documents stay as they are."""
        world.log(2)
        draft = world.maria.invoices.draft(world.acme.id, Period.month(2026, 3))
        statement = world.maria.accounts.printable_statement(world.acme.id)
        account = world.maria.accounts.printable_account_statement(world.acme.id)
        reminder = documents.reminder(paper(SESSION), date(2026, 5, 1), paper_size="Letter")
        preview = world.maria.invoices.printable(draft.invoice.id)
        report = print_all(
            [preview, statement, account, reminder, paper(SESSION)], folder, workers=1, formats=("html",)
        )
        every = [
            documents.preview(preview),
            documents.statement(statement),
            documents.account_statement(account),
            reminder,
            documents.invoice(paper(SESSION)),
        ]
        assert [it.file_name for it in every] == names(report.written)
        assert [it.html for it in every] == [(folder / f"{it.file_name}.html").read_text("utf-8") for it in every]

    def test_formats(self, folder: Path) -> None:
        """HTML and PDF lie side by side, and warnings are told."""
        odd = paper(SESSION, head=evolve(HEAD, locale="sv", firm_name="\U0010fffd"))
        [printed] = print_all([odd], folder, workers=1, formats=[*PaperFormat]).written
        assert ["INV-7.html", "INV-7.pdf"] == seen(folder)
        assert documents.invoice(odd).warnings == printed.warnings != ()
        [again] = print_all([odd], folder, workers=1, formats=[*PaperFormat]).skipped
        assert printed.warnings == again.warnings

    def test_long_list(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where the page adds up, the whole list lies beside it, as the page says."""
        long = paper(*(evolve(SESSION, day=date(2026, 3, 1 + n % 31)) for n in range(views.MOST_ROWS + 1)))
        print_all([long], folder, workers=1, formats=("html",))
        assert ["INV-7.csv", "INV-7.html"] == seen(folder)
        assert documents.invoice(long).list_csv.encode() == (folder / "INV-7.csv").read_bytes()

    def test_standard(self, folder: Path) -> None:
        """PDFs can be archivable; another standard is another file, and a page that cannot meet it fails."""
        odd = paper(SESSION, head=evolve(HEAD, firm_name="\U0010fffd"), number="INV-8")
        print_all(numbered(1), folder, workers=1)
        report = print_all([*numbered(1), odd], folder, workers=1, standard="a-3a+ua-1")
        assert ["INV-1"] == names(report.written)
        assert b"pdfaid" in (folder / "INV-1.pdf").read_bytes()
        [failed] = report.failed
        assert "U+10FFFD" in failed.reason
        assert ["INV-1.pdf"] == seen(folder)

    def test_a_link_in_its_place(self, folder: Path, tmp_path: Path) -> None:
        """It is replaced, and what it leads to stays."""
        folder.mkdir(parents=True)
        (tmp_path / "other").write_text("mine")
        (folder / "INV-1.pdf").symlink_to(tmp_path / "other")
        print_all(numbered(1), folder, workers=1)
        assert "mine" == (tmp_path / "other").read_text()
        assert is_sound(folder)


class TestNames:
    def test_given(self, folder: Path) -> None:
        """A host can name papers; whatever it says, the file lies in the folder."""
        called = iter(["Acme 2026-03", "../../out", "con"])
        report = print_all(numbered(3), folder, workers=1, named=lambda _: next(called), formats=("html",))
        assert 3 == len(report.written)
        assert sorted(f"{name}.html" for name in names(report.written)) == seen(folder)
        assert ["Acme-2026-03", "out", "con"] == [it.name[:-9] for it in report.written]

    def test_clash(self, folder: Path) -> None:
        """No paper takes the place of another one of the run, also where capitals and small letters are the same."""
        called = iter(["Acme", "ACME", "Acme"])
        report = print_all(numbered(3), folder, workers=1, named=lambda _: next(called), formats=("html",))
        assert ["Acme"] == names(report.written)
        assert 2 == len(report.failed)
        assert "Another paper of this run is called ACME already" in report.failed[0].reason


class TestAgain:
    def test_skipped(self, folder: Path) -> None:
        """What is there is not printed again, until it would be another."""
        print_all(numbered(3), folder, workers=1)
        before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.pdf")}
        changed = [*numbered(2), paper(SESSION, number="INV-3", notes="Thank you")]
        report = print_all(changed, folder, workers=1)
        assert (["INV-1", "INV-2"], ["INV-3"]) == (names(report.skipped), names(report.written))
        after = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.pdf")}
        assert ["INV-3.pdf"] == [name for name in before if before[name] != after[name]]

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda path: path.unlink(),
            lambda path: path.write_bytes(path.read_bytes()[:-100]),
            lambda path: path.write_bytes(path.read_bytes().replace(b"INV", b"XXX")),
        ],
        ids=["gone", "cut", "changed"],
    )
    def test_spoiled(self, folder: Path, spoil: Callable[[Path], object]) -> None:
        """A file that is no longer what was written is written anew, of any kind."""
        print_all(numbered(2), folder, workers=1, formats=[*PaperFormat])
        first = {name: (folder / name).read_bytes() for name in seen(folder)}
        for name in ("INV-1.html", "INV-2.pdf"):
            spoil(folder / name)
            report = print_all(numbered(2), folder, workers=1, formats=[*PaperFormat])
            assert [name.partition(".")[0]] == names(report.written)
            assert first == {name: (folder / name).read_bytes() for name in seen(folder)}

    def test_torn_list(self, folder: Path) -> None:
        """Lines of the list that are not whole say nothing, and the others count."""
        print_all(numbered(2), folder, workers=1)
        first, _ = (folder / LIST_NAME).read_text().splitlines()
        strange = '{"name": 1, "source": 2, "content": 3, "warnings": 4}'
        (folder / LIST_NAME).write_text("\n".join(["[1]", first, "\0", "[" * 9999, strange, '{"name": "INV-2", "sour']))
        report = print_all(numbered(2), folder, workers=1)
        assert (["INV-1"], ["INV-2"]) == (names(report.skipped), names(report.written))
        assert 2 == len((folder / LIST_NAME).read_text().splitlines())

    def test_no_list(self, folder: Path) -> None:
        """Without the list all is printed again, to the same bytes."""
        print_all(numbered(2), folder, workers=1)
        before = (folder / "INV-1.pdf").read_bytes()
        (folder / LIST_NAME).unlink()
        assert ["INV-1", "INV-2"] == names(print_all(numbered(2), folder, workers=1).written)
        assert before == (folder / "INV-1.pdf").read_bytes()

    def test_what_decides(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Another paper size, template, picture beside it, typst or font is another PDF; the process is not."""
        (tmp_path / "invoice.typ").write_text('#import "page.typ": *\n')
        it = documents.invoice(paper(SESSION))
        mine = documents.invoice(paper(SESSION), templates=tmp_path)
        digests = [it.digest(), it.digest("a-3a"), documents.invoice(paper(SESSION), paper_size="Letter").digest()]
        digests.append(mine.digest())
        (tmp_path / "page.typ").write_text("")
        digests.append(mine.digest())
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "stamp.svg").write_text("<svg/>")
        digests.append(mine.digest())
        with monkeypatch.context() as patched:
            patched.setattr("invoicecore.documents.pdf._typst", lambda: "99")
            digests.append(it.digest())
        with monkeypatch.context() as patched:
            patched.setattr("invoicecore.documents.pdf.installed", Families)
            digests.append(it.digest())
        assert len(digests) == len({*digests})
        assert it.digest() == documents.invoice(paper(SESSION)).digest()


class Families:
    """The fonts of another machine."""

    def families(self) -> list[str]:
        return ["Other Sans"]


class TestMemory:
    def test_lazy(self, folder: Path) -> None:
        """Papers are taken when there is room for them, in the thread of the caller, where progress is told too."""
        taken, done, most, threads = 0, 0, 0, set()

        def papers() -> Iterator[PrintableInvoice]:
            nonlocal taken, most
            for it in numbered(12):
                taken += 1
                most = max(most, taken - done)
                threads.add(threading.current_thread())
                yield it

        def progress(_: PrintedPaper) -> None:
            nonlocal done
            done += 1
            threads.add(threading.current_thread())

        print_all(papers(), folder, workers=2, progress=progress)
        assert (12, 12) == (taken, done)
        assert most <= 2 * 2
        assert {threading.current_thread()} == threads

    def test_nothing_stays(self, folder: Path) -> None:
        """Processes and threads end with the call."""
        before = threading.active_count()
        print_all(numbered(3), folder, workers=2)
        assert before == threading.active_count()
        assert [] == children()


def children() -> list[int]:
    """The processes that this one started."""
    if shutil.which("ps") is None:
        missing("ps")
    found = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(os.getpid())], capture_output=True, text=True)
    return [int(line.split()[0]) for line in found.stdout.splitlines() if line.split()[1] != "ps"]


class TestFaults:
    def test_a_paper_that_cannot_be_printed(self, folder: Path, tmp_path: Path) -> None:
        """It is told with its reason, whatever it is, and the rest is printed."""
        (tmp_path / "invoice.typ").write_text('#panic("out of ink")')
        bad = documents.invoice(paper(SESSION, number="INV-8"), templates=tmp_path)
        broken = paper(evolve(SESSION, project_id=ProjectId("nobody")), number="INV-9")
        told: list[PrintedPaper] = []
        papers: Any = [bad, None, broken, *numbered(2)]
        report = print_all(papers, folder, workers=1, progress=told.append)
        assert ["INV-1", "INV-2"] == names(report.written)
        assert ["INV-8", "", "INV-9"] == names(report.failed)
        for failed, reason in zip(report.failed, ("out of ink", "not None", "KeyError"), strict=True):
            assert reason in failed.reason
        assert sorted(map(str, report.papers)) == sorted(map(str, told))
        assert ["INV-1.pdf", "INV-2.pdf"] == seen(folder)

    def test_a_name_that_fails(self, folder: Path) -> None:
        """Also if the host's own function fails for one paper."""

        def name(it: Any) -> str:
            return {"INV-2": "ok"}[it.invoice.number]

        report = print_all(numbered(2), folder, workers=1, named=name, formats=("html",))
        assert (["ok"], ["KeyError: 'INV-1'"]) == (names(report.written), [it.reason for it in report.failed])

    def test_a_killed_worker(self, folder: Path) -> None:
        """One that ends in the middle of a paper fails with that paper alone, also if it is the only one."""
        papers: list[documents.Paper] = [
            *numbered(1),
            kind_of(Deadly, 8),
            *(paper(SESSION, number=named(n)) for n in (2, 3)),
        ]
        report = print_all(papers, folder, workers=1)
        assert ["INV-1", "INV-2", "INV-3"] == names(report.written)
        assert [("INV-8", "The process that printed it ended, with code -9.")] == [
            (it.name, it.reason) for it in report.failed
        ]
        assert [] == leftovers(folder)

    def test_what_no_process_can_be_given(self, folder: Path) -> None:
        """It fails alone."""
        report = print_all([kind_of(Unsendable, 8), *numbered(1)], folder, workers=1)
        assert (["INV-1"], ["TypeError: not for others"]) == (
            names(report.written),
            [it.reason for it in report.failed],
        )

    def test_a_full_disk(self, folder: Path) -> None:
        """What does not fit fails; no part of it stays, what was there before stays whole, and what fits is there."""
        print_all(numbered(1), folder, workers=1)
        before = (folder / "INV-1.pdf").read_bytes()
        left: list[Path] = []
        big = paper(*(evolve(SESSION, description=f"Part {n}") for n in range(400)), number="INV-1")
        with files_of_at_most(100_000):
            print_all([big], folder, workers=1, progress=lambda _: left.extend(folder.glob(".printing-*/*")))
            assert [] == left  # it takes no room from others
            report = print_all([big, paper(SESSION, number="INV-2")], folder, workers=1)
        assert (["INV-2"], ["INV-1"]) == (names(report.written), names(report.failed))
        assert "File too large" in report.failed[0].reason
        assert before == (folder / "INV-1.pdf").read_bytes()
        assert is_sound(folder)
        assert [] == leftovers(folder)

    def test_a_list_that_cannot_be_written(self, folder: Path) -> None:
        """PDFs are written all the same; they are printed again by the next run."""
        (folder / LIST_NAME).mkdir(parents=True)
        for _ in range(2):
            assert ["INV-1"] == names(print_all(numbered(1), folder, workers=1).written)

    def test_a_folder_in_its_place(self, folder: Path) -> None:
        """A file that cannot be replaced fails by its name."""
        (folder / "INV-1.pdf").mkdir(parents=True)
        report = print_all(numbered(2), folder, workers=1)
        assert ["INV-2"] == names(report.written)
        assert str(folder / "INV-1.pdf") in report.failed[0].reason
        assert [] == leftovers(folder)

    def test_no_waiting(self, folder: Path) -> None:
        """Who ends a run does not wait for the papers that are printed then."""

        def papers() -> Iterator[documents.Paper]:
            yield kind_of(Endless, 8)
            time.sleep(2)  # until it is printed
            raise LookupError

        begun = time.monotonic()
        with pytest.raises(LookupError):
            print_all(papers(), folder, workers=1)
        assert time.monotonic() - begun < 30
        assert [] == children()

    def test_papers_that_fail(self, folder: Path) -> None:
        """What the host's own iterable raises comes out, and what was printed stays."""

        def papers() -> Iterator[PrintableInvoice]:
            yield from numbered(5)
            raise LookupError("the database is gone")

        with pytest.raises(LookupError, match="is gone"):
            print_all(papers(), folder, workers=1)
        assert is_sound(folder)
        assert seen(folder)
        assert [] == leftovers(folder)
        assert [] == children()


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As on a disk that has no more room for a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


PROGRAM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # which background jobs do not have
from invoicecore.documents import print_all
from tests.documents.test_print_all import numbered
print_all(numbered(300), sys.argv[1], workers=2, progress=lambda it: print(it.name, flush=True))
"""


@contextmanager
def running(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A run in another process, of which a few papers are there."""
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(folder)], stdout=-1, stderr=-1, text=True) as process:
        assert process.stdout is not None
        for _ in range(3):
            assert "INV-" in process.stdout.readline()
        yield process


class TestEnded:
    def test_killed(self, folder: Path) -> None:
        """No half file is there, and the next run goes on; in an hour, nothing is left of the killed one."""
        with running(folder) as process:
            process.kill()
        for _ in range(50):  # until its workers have ended too
            before = seen(folder)
            time.sleep(0.2)
            if before == seen(folder):
                break
        there = len(seen(folder))
        assert 3 <= there < 300
        assert is_sound(folder)
        [left] = leftovers(folder)
        os.utime(folder / left, (0, 0))
        report = print_all(numbered(there + 2), folder, workers=1)
        assert len(report.skipped) >= there - 3  # all but what was not in the list yet
        assert [f"INV-{n}.pdf" for n in range(1, there + 3)] == sorted(
            seen(folder), key=lambda name: int(name[4:].partition(".")[0])
        )
        assert [] == leftovers(folder)

    def test_interrupted(self, folder: Path) -> None:
        """Ctrl-C ends it at once, and leaves whole files and nothing else."""
        with running(folder) as process:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        assert errors.rstrip().endswith("KeyboardInterrupt")
        assert 1 == errors.count("Traceback")
        assert 3 <= len(seen(folder)) < 300
        assert is_sound(folder)
        assert [] == leftovers(folder)

    def test_forked(self, folder: Path) -> None:
        """A process that was forked from one that had printed can print many, for others do it."""
        documents.invoice(paper(SESSION)).pdf()
        child = os.fork()
        if not child:
            os._exit(len(print_all(numbered(2), folder, workers=1).written))
        assert 2 == os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class TestRefused:
    @pytest.mark.parametrize(
        "options",
        [
            {"workers": 0},
            {"workers": 1.5},
            {"formats": ()},
            {"formats": "pdf"},
            {"formats": ["docx"]},
            {"standard": "a-9"},
        ],
        ids=str,
    )
    def test_options(self, folder: Path, options: Any) -> None:
        """What makes no sense is refused before anything is done."""
        with pytest.raises(InvalidInput):
            print_all(numbered(1), folder, **options)
        assert not folder.exists()

    def test_no_extra(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without typst nothing is begun."""
        forget_press()
        monkeypatch.setitem(sys.modules, "typst", None)
        with pytest.raises(CannotPrint, match=r"pip install 'invoicecore\[pdf\]'"):
            print_all(numbered(1), folder, workers=1)
        assert not folder.exists()
        monkeypatch.undo()
        forget_press()

    @pytest.mark.parametrize("program", ["false", "/nowhere/python"])
    def test_no_process(self, folder: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
        """Where no process can be started, that is said once."""
        monkeypatch.setattr(sys, "executable", program)
        with pytest.raises(CannotPrint, match="The process that prints could not start"):
            print_all(numbered(5), folder, workers=1)
        assert [] == leftovers(folder)

    def test_no_folder(self, folder: Path) -> None:
        """A folder that cannot be made is an error of the system."""
        folder.parent.write_text("a file")
        with pytest.raises(OSError, match=str(folder)):
            print_all(numbered(1), folder, workers=1)
