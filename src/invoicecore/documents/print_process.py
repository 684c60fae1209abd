"""A process that prints one document after the other, with one compiler.

It is started anew, because a fork of a process in which typst has worked would wait for ever. If a document ends it,
the host's process goes on.
"""

import os
import pickle
import signal
import subprocess
import sys
from contextlib import suppress

from invoicecore.documents.fonts import CannotPrint
from invoicecore.documents.print_job import PrintedPaper, PrintJob, PrintOutcome, reason_of
from invoicecore.documents.printed_files import PrintedFile

_PROGRAM = "from invoicecore.documents.print_process import serve; serve()"
_READY = b"ready\n"

Printed = tuple[PrintedPaper, PrintedFile | None]


class PrintProcess:
    """The process, from the side of who lets it print. It starts when it is needed, and again after it ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def printed(self, job: PrintJob) -> Printed:
        """What became of a paper. If the process ends meanwhile, the paper failed. CannotPrint if it cannot start."""
        try:
            request = pickle.dumps(job)
        except Exception as error:
            return _failed(job, reason_of(error))
        process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(request)
            process.stdin.flush()
            printed: Printed = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            self._process = None
            _end(process)
            return _failed(job, f"The process that printed it ended, with code {process.returncode}.")
        return printed

    def stop(self) -> None:
        """End the process, also in the middle of a paper, from any thread."""
        self._is_stopped = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """Let go of a process that has nothing to do."""
        if self._process is not None:
            _end(self._process)

    def _started(self) -> subprocess.Popen[bytes]:
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(str(path) or os.getcwd() for path in sys.path)},
                start_new_session=True,  # Ctrl-C is for the host, who then stops this one
            )
        except OSError as failed:
            raise CannotPrint(f"The process that prints could not start. {reason_of(failed)}") from failed
        self._process = process
        if self._is_stopped:
            process.kill()
        assert process.stdout is not None
        if process.stdout.readline() != _READY:
            self._process = None
            _end(process)
            raise CannotPrint(f"The process that prints could not start; it ended with code {process.returncode}.")
        return process


def serve() -> None:
    """Print what comes in, until nothing more can come."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as on Windows, where it has no session of its own
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is written goes elsewhere
    replies.write(_READY)
    replies.flush()
    while True:
        try:
            job: PrintJob = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(job.done(), replies)
        replies.flush()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close the process, which then ends by itself, and wait for it."""
    assert process.stdin is not None
    assert process.stdout is not None
    for stream in (process.stdin, process.stdout):
        with suppress(OSError):  # what was not sent cannot be sent any more
            stream.close()
    process.wait()


def _failed(job: PrintJob, reason: str) -> Printed:
    return PrintedPaper(job.name, PrintOutcome.FAILED, reason=reason), None
