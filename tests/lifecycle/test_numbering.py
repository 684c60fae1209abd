"""Number patterns, own numbers, and how a number is spelled."""

from datetime import date

import pytest

from invoicecore.errors import InvalidInput
from invoicecore.lifecycle.numbering import format_number, known_pattern, own_number

NEW_YEAR = date(2027, 1, 1)


class TestPatterns:
    """A pattern dresses up the counter; it must not make two numbers equal."""

    @pytest.mark.parametrize(
        "pattern",
        ["{seq}", "{seq:04}", "INV-{year}-{seq:04}", "R {seq} of {year}/{year}", "№{seq:09}", "a" * 55 + "{seq}"],
    )
    def test_taken(self, pattern: str) -> None:
        """Any text with the counter in it exactly once."""
        assert pattern == known_pattern(pattern)

    def test_blanks_around_it(self) -> None:
        """Blanks around a pattern are not part of it."""
        assert "INV-{seq}" == known_pattern("  INV-{seq} ")

    @pytest.mark.parametrize(
        "pattern",
        [
            "",
            "   ",
            "INV-{year}",
            "{seq}{seq}",
            "{seq}-{seq:04}",
            "{month}-{seq}",
            "{seq:4}",
            "{seq:00}",
            "{seq:010}",
            "{seq!r}",
            "{seq.__class__}",
            "{}{seq}",
            "{{seq}}",
            "}{seq}",
            "INV\n{seq}",
            "a" * 56 + "{seq}",
            7,
            None,
        ],
    )
    def test_refused(self, pattern: object) -> None:
        """Without the counter, with it twice, with other fields, with braces, too long, or no text."""
        with pytest.raises(InvalidInput):
            known_pattern(pattern)


class TestSpelling:
    """A counter value becomes a number."""

    @pytest.mark.req("A5")
    @pytest.mark.parametrize(
        ("pattern", "sequence", "number"),
        [
            ("{seq}", 7, "7"),
            ("{seq:04}", 7, "0007"),
            ("{seq:04}", 12345, "12345"),
            ("INV-{year}-{seq:04}", 42, "INV-2027-0042"),
            ("{year}{seq}{year}", 1, "202712027"),
            ("%s {seq} \\1", 3, "%s 3 \\1"),
        ],
    )
    def test_spelled(self, pattern: str, sequence: int, number: str) -> None:
        """Padded where that was asked for, never cut, with the year of the issue date."""
        assert number == format_number(pattern, sequence, NEW_YEAR)

    def test_early_years_have_four_digits(self) -> None:
        """A year is spelled with four digits."""
        assert "0987-1" == format_number("{year}-{seq}", 1, date(987, 1, 1))


class TestOwnNumbers:
    """A number that a Manager brings along."""

    @pytest.mark.req("A66")
    def test_taken(self) -> None:
        """Any printing text of up to 60 characters."""
        assert "2025/17 b" == own_number(" 2025/17 b ")
        assert "x" * 60 == own_number("x" * 60)

    @pytest.mark.parametrize("number", ["", "  ", "x" * 61, "1\n2", 17])
    def test_refused(self, number: object) -> None:
        """Blank, long, broken over lines, or no text."""
        with pytest.raises(InvalidInput):
            own_number(number)
