"""InvalidInput input is refused at once."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from invoicecore.errors import InvalidInput, InvoicecoreError
from invoicecore.values import inputs

ENDLESS = 10**5000
"""A number that Python refuses to spell out."""

Check = Callable[[str, Any], object]


def refusal(check: Check, value: object) -> str:
    """Why the check refuses the value."""
    with pytest.raises(InvalidInput) as refused:
        check("it", value)
    return str(refused.value)


class TestEveryCheck:
    @pytest.mark.parametrize(
        "check",
        [
            inputs.text,
            inputs.name,
            inputs.reason,
            inputs.yes_or_no,
            inputs.day,
            inputs.decimal_parts,
            inputs.duration,
            inputs.ids,
            lambda what, value: inputs.instance(what, value, date),
        ],
        ids=["text", "name", "reason", "yes_or_no", "day", "decimal_parts", "duration", "ids", "instance"],
    )
    @pytest.mark.parametrize(
        "value", [None, object(), 1.5, ENDLESS, [ENDLESS]], ids=["none", "object", "float", "huge", "list"]
    )
    def test_says_what(self, check: Check, value: object) -> None:
        """Each refusal begins with the name of the argument, and is short whatever was given."""
        message = refusal(check, value)
        assert message.startswith("it ")
        assert len(message) < 250

    def test_is_both(self) -> None:
        """InvalidInput is an error of the library and a ValueError."""
        assert issubclass(InvalidInput, InvoicecoreError)
        assert issubclass(InvalidInput, ValueError)


class TestInstance:
    def test_good(self) -> None:
        """A value of the type comes back as it is."""
        value = date(2026, 3, 2)
        assert value is inputs.instance("it", value, date)

    def test_refused(self) -> None:
        """Another type is refused, naming both."""
        assert "it must be a date, not '2026-03-02'." == refusal(
            lambda what, it: inputs.instance(what, it, date), "2026-03-02"
        )


class TestOptional:
    def test_none(self) -> None:
        """None stays, and anything else is checked."""
        assert None is inputs.optional(None, lambda value: inputs.name("it", value))
        assert "Acme" == inputs.optional(" Acme ", lambda value: inputs.name("it", value))
        with pytest.raises(InvalidInput):
            inputs.optional(" ", lambda value: inputs.name("it", value))


class TestText:
    def test_good(self) -> None:
        """Text comes back without surrounding blanks, and may be empty or have many lines."""
        assert "a\nb" == inputs.text("it", " a\nb\t")
        assert "" == inputs.text("it", "  ")
        assert "𝄞 é ٣" == inputs.text("it", "𝄞 é ٣")

    @pytest.mark.parametrize("value", [b"text", 5, ["a"], True])
    def test_no_text(self, value: object) -> None:
        """What is not text is refused."""
        assert "it must be text" in refusal(inputs.text, value)

    @pytest.mark.parametrize("value", ["a\0b", "\0", "\ud800", "a\udfffb"], ids=ascii)
    def test_unstorable(self, value: str) -> None:
        """A NUL and half a surrogate pair are refused, because no storage can keep them."""
        assert "which no storage can keep" in refusal(inputs.text, value)

    def test_length(self) -> None:
        """A note has ten thousand characters at most."""
        assert 10_000 == len(inputs.text("it", "x" * 10_000))
        assert "it is 10001 characters long; at most 10000 fit." == refusal(inputs.text, "x" * 10_001)


class TestName:
    def test_good(self) -> None:
        """A name is one line that prints, without surrounding blanks."""
        assert "Zoë & Søn" == inputs.name("it", "  Zoë & Søn ")
        assert 200 == len(inputs.name("it", "x" * 200))

    @pytest.mark.parametrize("value", ["", "   ", "\n", "\t"], ids=ascii)
    def test_blank(self, value: str) -> None:
        """A blank name is refused."""
        assert "it is blank" in refusal(inputs.name, value)

    @pytest.mark.parametrize(
        "value", ["a\nb", "a\tb", "a\x1bb", "a\x7fb", "a\x85b", "a\u2028b", "a\u2029b", "a\u202eb"], ids=ascii
    )
    def test_not_on_a_line(self, value: str) -> None:
        """Line breaks of every script, control characters and those that turn text around are refused."""
        assert "it holds a line break or another control character" in refusal(inputs.name, value)

    @pytest.mark.parametrize(
        "value", ["نیم\u200cفاصله", "👩\u200d💻 & Co", "株式会社\u3000山田", "Zoë d\u2019Arc"], ids=ascii
    )
    def test_every_script(self, value: str) -> None:
        """Names that need joiners, wide blanks or other invisible signs keep them."""
        assert value == inputs.name("it", value)

    def test_length(self) -> None:
        """A name has 200 characters at most."""
        assert "at most 200 fit" in refusal(inputs.name, "x" * 201)


class TestReason:
    def test_good(self) -> None:
        """A reason says something."""
        assert "Billed twice.\nSorry." == inputs.reason("it", " Billed twice.\nSorry. ")

    @pytest.mark.parametrize("value", ["", " ", "\n\t "], ids=ascii)
    def test_blank(self, value: str) -> None:
        """A blank one says nothing and is refused."""
        assert "it is blank; say why in a few words." == refusal(inputs.reason, value)


class TestYesOrNo:
    @pytest.mark.parametrize("value", [True, False])
    def test_good(self, value: bool) -> None:
        """A bool comes back."""
        assert value is inputs.yes_or_no("it", value)

    @pytest.mark.parametrize("value", [0, 1, "yes", "", None, []])
    def test_refused(self, value: object) -> None:
        """What is merely true or false in Python is usually a mistake."""
        assert "it must be True or False" in refusal(inputs.yes_or_no, value)


class TestDay:
    def test_good(self) -> None:
        """A date comes back."""
        assert date(2026, 3, 2) == inputs.day("it", date(2026, 3, 2))

    @pytest.mark.parametrize("value", [datetime(2026, 3, 2), datetime(2026, 3, 2, tzinfo=UTC), "2026-03-02", 20260302])
    def test_refused(self, value: object) -> None:
        """A datetime is not a date, although Python says so."""
        assert "it must be a date" in refusal(inputs.day, value)


class TestDecimalParts:
    @pytest.mark.parametrize(
        ("value", "parts"),
        [
            ("12.50", (125, 1)),
            ("-0.010", (-1, 2)),
            ("+5", (5, 0)),
            ("100", (100, 0)),
            ("000.5", (5, 1)),
            ("0.0", (0, 0)),
            ("-0", (0, 0)),
            (12, (12, 0)),
            (-(10**18) + 1, (-(10**18) + 1, 0)),
            (Decimal("12.50"), (125, 1)),
            (Decimal("-1.5E+3"), (-1500, 0)),
            (Decimal("9E+17"), (9 * 10**17, 0)),
            (Decimal("1E-12"), (1, 12)),
            (Decimal("0E+17"), (0, 0)),
            (Decimal("0.100000000000000000000000000000"), (1, 1)),
        ],
    )
    def test_exact(self, value: object, parts: tuple[int, int]) -> None:
        """A number is read as digits over a power of ten, exactly and without trailing zeros."""
        assert parts == inputs.decimal_parts("it", value)

    @pytest.mark.parametrize("value", [0.1, float("nan"), 1e300])
    def test_float(self, value: float) -> None:
        """A float is refused, and why."""
        assert "because a float is not exactly what was typed" in refusal(inputs.decimal_parts, value)

    @pytest.mark.parametrize("value", [True, False, None, b"1", 1j, Fraction(1, 2), [1]])
    def test_other_types(self, value: object) -> None:
        """Neither is a bool a number, nor anything that is not an int, a Decimal or text."""
        assert "it must be a whole number, a Decimal or a text" in refusal(inputs.decimal_parts, value)

    @pytest.mark.parametrize(
        "value", ["NaN", "inf", "1e3", "1_000", "1,000", "٣", "٣.٥", "１", " 1", "1\n", "", ".5", "5.", "-", "1" * 19]
    )
    def test_other_text(self, value: str) -> None:
        """Text is a plain number in the digits 0 to 9, and nothing else."""
        assert "it must be a plain number" in refusal(inputs.decimal_parts, value)

    @pytest.mark.parametrize("value", ["NaN", "sNaN", "-Infinity", "1E+18", "1E-31", "1E+5000000", "1E-5000000"])
    def test_other_decimals(self, value: str) -> None:
        """A Decimal that is no ordinary number is refused."""
        assert "it must be an ordinary number" in refusal(inputs.decimal_parts, Decimal(value))

    @pytest.mark.parametrize(
        "value", [10**18, -(10**18), ENDLESS, -ENDLESS], ids=["19 digits", "minus", "huge", "less"]
    )
    def test_large(self, value: int) -> None:
        """A whole number has 18 digits at most."""
        assert "it is larger than 18 digits." == refusal(inputs.decimal_parts, value)

    def test_fine(self) -> None:
        """There are 12 decimal places at most."""
        assert (123456789012, 12) == inputs.decimal_parts("it", "0.123456789012")
        assert "plain number" in refusal(inputs.decimal_parts, "0.1234567890123")
        assert "more than 12 decimal places" in refusal(inputs.decimal_parts, Decimal("0.1234567890123"))

    @given(digits=st.integers(-(10**18) + 1, 10**18 - 1), scale=st.integers(0, 12))
    @settings(max_examples=80, deadline=None)
    def test_same_for_text_and_decimal(self, digits: int, scale: int) -> None:
        """The same number is read alike as text and as a Decimal, and its value is kept."""
        number = Decimal((int(digits < 0), tuple(map(int, str(abs(digits)))), -scale))
        read, places = inputs.decimal_parts("it", format(number, "f"))
        assert (read, places) == inputs.decimal_parts("it", number)
        assert Fraction(digits, 10**scale) == Fraction(read, 10**places)
        assert places == 0 or read % 10 != 0

    @pytest.mark.parametrize(
        "value",
        [
            Decimal("1E+5000000"),
            Decimal("1E-999999999"),
            "1E+5000000",
            "9" * 10_000_000,
            "0." + "0" * 10_000_000,
            ENDLESS,
        ],
        ids=["large", "small", "text", "long", "fine", "int"],
    )
    def test_at_once(self, value: object) -> None:
        """A number that would take minutes to spell out is refused at once."""
        begun = time.process_time()
        refusal(inputs.decimal_parts, value)
        assert time.process_time() - begun < 0.25

    def test_what_is_not_shown_is_not_spelled_out(self) -> None:
        """Signs that nobody sees are written as several each, of which an error shows the first; lists too."""
        text = "\u202e" * 1_000_000
        values, begun = (text, text.encode(), list(text), tuple(text)), time.process_time()
        shown = {inputs.short_repr(value) for value in values for _ in range(50)}
        assert time.process_time() - begun < 0.2
        assert all(it.endswith("…") for it in shown)


class TestDuration:
    @pytest.mark.parametrize(
        ("value", "length"),
        [
            (8, timedelta(hours=8)),
            (0, timedelta(0)),
            ("8.20", timedelta(hours=8, minutes=12)),
            (Decimal("0.1"), timedelta(minutes=6)),
            (Decimal("0.0000025"), timedelta(microseconds=9000)),
            (timedelta(microseconds=1), timedelta(microseconds=1)),
            ("-0", timedelta(0)),
        ],
    )
    def test_exact(self, value: object, length: timedelta) -> None:
        """Hours are exact to the microsecond: 8.20 h is 8 h 12 min."""
        assert length == inputs.duration("it", value)

    @pytest.mark.parametrize("value", [-1, "-0.5", Decimal(-1), timedelta(microseconds=-1), -(10**17), "-" + "9" * 18])
    def test_negative(self, value: object) -> None:
        """Nothing takes less than no time."""
        assert "it must not be negative" in refusal(inputs.duration, value)

    def test_too_fine(self) -> None:
        """A third of an hour has no decimal spelling, and one that misses it is refused; a timedelta says it."""
        assert "not a whole number of microseconds" in refusal(inputs.duration, "0.333333333333")
        assert timedelta(minutes=20) == inputs.duration("it", timedelta(minutes=20))

    @pytest.mark.parametrize("value", [10**8, "9" * 18, Decimal("1E+17")])
    def test_too_long(self, value: object) -> None:
        """A duration that no calendar holds is refused."""
        assert "it is too long" in refusal(inputs.duration, value)

    @pytest.mark.parametrize("value", [8.2, True, None, "8:12", "8h", "1e3", Decimal("NaN"), Decimal("1E+5000000")])
    def test_no_number(self, value: object) -> None:
        """What is not an exact number is refused."""
        assert refusal(inputs.duration, value).startswith("it must be")


class TestSeveral:
    def test_good(self) -> None:
        """Values of one type come back each once."""
        assert frozenset({1, 2}) == inputs.set_of("it", [2, 1, 2], int)
        assert frozenset() == inputs.set_of("it", (), int)

    @pytest.mark.parametrize("value", ["abc", 5, None])
    def test_not_several(self, value: object) -> None:
        """One text is not several texts."""
        with pytest.raises(InvalidInput, match="it must be several texts, such as a list"):
            inputs.set_of("it", value, str)

    def test_of_another_type(self) -> None:
        """Each is of the type."""
        with pytest.raises(InvalidInput, match="it must be a int, not 'two'"):
            inputs.set_of("it", [1, "two"], int)


class TestIds:
    def test_good(self) -> None:
        """Several ids come back each once and sorted."""
        assert ("a", "b") == inputs.ids("it", ["b", "a", "b"])
        assert ("a", "b") == inputs.ids("it", frozenset({"a", "b"}))
        assert ("a",) == inputs.ids("it", (id for id in ("a", "a")))
        assert () == inputs.ids("it", [])

    @pytest.mark.parametrize("value", ["abc", 5, None])
    def test_not_several(self, value: object) -> None:
        """One text is not several ids."""
        assert "it must be several ids" in refusal(inputs.ids, value)

    @pytest.mark.parametrize("value", [[1], ["a", None], [["a"]], [b"a"]])
    def test_no_texts(self, value: object) -> None:
        """Each id is a text."""
        assert "it must hold ids; each must be text" in refusal(inputs.ids, value)


UNSEEN = {
    *("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u061c", "\u180e", "\u2800", "\u3164"),
    *(
        "\u115f",
        "\u1160",
        "\uffa0",
        "\u200e\u200f",
        "\ufe0f",
        "\U000e0041",
        "\u2063",
        "\u00a0\u2003",
        "\u3000\u200b \u2028",
    ),
    *("\ufffa", "\U0001d159", "\U00013430", "\U00016fe4", "\U0001d173\U0001bca0", "\u17b4\u180b"),
}


class TestWhatNobodySees:
    @pytest.mark.parametrize("text", sorted(UNSEEN))
    @pytest.mark.parametrize("check", [inputs.name, inputs.reason, inputs.line, inputs.number])
    def test_is_blank(self, check: Check, text: str) -> None:
        """A text of signs without ink alone is blank."""
        assert refusal(check, text).startswith("it is blank; ")
        assert "" == inputs.text("it", text)
        assert inputs.is_blank(text)

    @pytest.mark.parametrize("text", ["\u200b x", "٣", "ー", "👨\u200d👩", "・", "_", "\u0301"])
    def test_is_not_blank(self, text: str) -> None:
        """Anything with ink is not, and a note is kept as it was written."""
        assert text.strip() == inputs.text("it", text)

    @pytest.mark.parametrize(
        ("written", "kept"),
        [
            ("Ac\u200bme", "Acme"),
            ("\ufeffAcme", "Acme"),
            ("Ac\u00adme", "Acme"),
            ("Ac\u2060me", "Acme"),
            ("Ac\u200dme\u200c", "Acme"),
            ("\u200eAcme\u200f", "Acme"),
            ("Ac\u200c\u00ad\u200cme", "Acme"),
            ("\u200f \u200fAcme \u3164", "Acme"),
            ("Cafe\u200b\u0301", "Café"),
            ("Acme\ufe0f", "Acme"),
            ("Ac\u034fme\U000e0041", "Acme"),
            ("Acme\u1160", "Acme"),
            ("Acme\u3164Ltd", "Acme\u3164Ltd"),
            ("1\ufe0f\u20e3 Ltd", "1\ufe0f\u20e3 Ltd"),
            ("Love ❤\ufe0f", "Love ❤\ufe0f"),
            ("Cafe\u0301", "Café"),
            ("שלום\u200f (C)", "שלום\u200f (C)"),
            ("می\u200cخواهم", "می\u200cخواهم"),
            ("👨\u200d👩\u200d👧 & Co", "👨\u200d👩\u200d👧 & Co"),
            ("山田\u3000太郎", "山田\u3000太郎"),
        ],
    )
    def test_names(self, written: str, kept: str) -> None:
        """Names that look the same are the same; what shapes letters and emoji stays."""
        assert kept == inputs.name("it", written) == inputs.name("it", kept)

    @pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u206a", "\x07", "\x85", "\u2028", "\ufff9", "\n"])
    @pytest.mark.parametrize("check", [inputs.name, inputs.line, inputs.number])
    def test_controls(self, check: Check, sign: str) -> None:
        """Control signs, and those that turn text around, are refused."""
        assert "control character" in refusal(check, f"a{sign}b")

    @pytest.mark.parametrize(
        "sign", ["\u200b", "\ufeff", "\u00ad", "\u2060", "\u200d", "\u200e", "\ufe0f", "\u3164", "\u2800"]
    )
    def test_numbers(self, sign: str) -> None:
        """In a number they are refused, and named."""
        assert f"a sign that is not seen, U+{ord(sign):04X}" in refusal(inputs.number, f"R{sign}-7")

    @pytest.mark.parametrize(
        "written", ["R\u20107", "R\u20117", "R\u20137", "R\u22127", "Ｒ－７", "R-７", "R-7\u00a0", " R-7"]
    )
    def test_numbers_that_read_alike(self, written: str) -> None:
        """Numbers are kept with plain hyphens, digits and blanks."""
        assert "R-7" == inputs.number("it", written)
        assert "R 7" == inputs.number("it", "R\u00a0\u20037")

    @given(
        st.text(
            st.one_of(st.sampled_from("ae\u0301 \u3000می-" + "".join(sorted(UNSEEN))), st.characters()), max_size=20
        )
    )
    def test_one_form(self, text: str) -> None:
        """What is in that form stays as it is."""
        for check in (inputs.name, inputs.number, inputs.line, inputs.text):
            try:
                good = check("it", text)
            except InvalidInput:
                continue
            assert good == check("it", good)
