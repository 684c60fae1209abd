"""Makes many PDFs in one process and tells its memory on the way.

    $ python -m tests.documents.endurance            # 100,000 documents
    $ python -m tests.documents.endurance 5000

It fails if the most memory that was used grows by more than a tenth after the first tenth of them.
"""

import resource
import sys
from collections.abc import Iterator
from time import process_time

from invoicecore import documents
from tests.documents.papers import hours, paper, work
from tests.world import hourly

ALLOWED_GROWTH = 1.1


def memory_mb() -> float:
    """The most memory that this process has used so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(number: int) -> Iterator[tuple[int, float, float]]:
    """After each tenth: how many documents, the memory in MiB, and the CPU time of a document in seconds."""
    begun, tenth = process_time(), max(1, number // 10)
    for made in range(1, number + 1):
        lines = (work(hours(1 + n % 7), hourly(50), id=f"s{n}", note=f"Part {made}.{n}") for n in range(1 + made % 30))
        printed = documents.invoice(paper(*lines, number=f"INV-{made}")).pdf()
        assert printed.startswith(b"%PDF")
        if made % tenth == 0:
            yield made, memory_mb(), (process_time() - begun) / made


def main(number: int) -> int:
    """Print what `run` tells; whether memory grew."""
    first = last = 0.0
    for made, memory, each in run(number):
        print(f"{made:>7,} documents  {memory:6.1f} MiB  {each * 1000:5.1f} ms each", flush=True)
        first, last = first or memory, memory
    return int(last > first * ALLOWED_GROWTH)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
