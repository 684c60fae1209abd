"""The figures that a suite of the proof prints."""

from attrs import frozen


@frozen
class Figures:
    """How one suite went: its name, whether all held, and one line of figures."""

    suite: str
    passed: bool
    line: str

    def __str__(self) -> str:
        return f"{'ok  ' if self.passed else 'FAIL'} {self.suite:<12} {self.line}"
