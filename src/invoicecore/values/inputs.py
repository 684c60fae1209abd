"""Checks of values from outside.

Each function returns the value in its valid form, or raises `InvalidInput`, which names the argument and the expected
value. Inside the library, values are not checked again.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar, TypeVarTuple, cast

from attrs import fields

from invoicecore.errors import InvalidInput
from invoicecore.values.unset import UNSET

NAME_LENGTH = 200
"""The most characters that a name may have."""
NOTE_LENGTH = 10_000
"""The most characters that a note may have."""

LONGEST_US = 10**17
"""The most microseconds that a duration may have."""

_LONGEST_SHOWN = 80
_MANY_HOURS = 1_000_000
EARLIEST = date(1970, 1, 1)
"""The first day on which money can have come in, or an invoice been issued."""
_HOUR = timedelta(hours=1)
_UNKEEPABLE = re.compile(r"[\0\ud800-\udfff]")
# Not allowed in a line of text: control characters, line and paragraph separators, and controls that change the
# direction of the text around a name, or its form.
_NOT_ON_A_LINE = re.compile(r"[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb]")
# Signs without ink: what Unicode calls default ignorable, blank Braille, fillers, and what only lays out the signs of
# notes, hieroglyphs or annotations.
_WIDTHLESS = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb"
    "\U00013430-\U0001343f\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_UNSEEN = f"{_WIDTHLESS}\u115f\u1160\u2800\u3164\uffa0"
_ANY_UNSEEN = re.compile(f"[{_UNSEEN}]")
_ALL_UNSEEN = re.compile(rf"[\s{_UNSEEN}]*")
# In a name, the first are left out, and the second where they do nothing: between letters that nothing joins or shapes,
# after such letters at the end, or at an end.
_IN_NO_NAME = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\ufeff]")
_DOES_NOTHING = re.compile(
    rf"(?<=[\0-\u058f])(?:[{_WIDTHLESS}]+(?=[\0-\u058f])|[{_UNSEEN}]+\Z)"
    r"|^[\s\u200c-\u200f\u061c\u2800\u3164\uffa0]+|[\s\u200c-\u200f\u061c\u2800\u3164\uffa0]+$"
)
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_AS_READ = {**_WIDE, **dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")}
_PLAIN_NUMBER = re.compile(r"([+-]?)([0-9]{1,18})(?:\.([0-9]{1,12}))?", re.ASCII)

Hours = int | str | Decimal | timedelta
"""How long something took: in hours, as a whole number, plain text or Decimal, or as a timedelta."""

T = TypeVar("T")
R = TypeVar("R")
Arguments = TypeVarTuple("Arguments")


def short_repr(value: object) -> str:
    """A value as an error message shows it: shortened if it is long, and safe for objects whose repr fails."""
    if type(value) is str or type(value) is bytes or type(value) is list or type(value) is tuple:
        value = value[:_LONGEST_SHOWN]  # of which the rest would not be seen
    try:
        text = repr(value)
    except Exception:  # a number of too many digits, or somebody's own class
        text = f"a {type(value).__name__}"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def type_of(value: object) -> str:
    """What kind of value this is, for errors that do not show it."""
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def instance(what: str, value: object, kind: type[T]) -> T:
    """The value, if it is of that type."""
    if not isinstance(value, kind):
        wanted = "text" if kind is str else f"a {kind.__name__}"
        raise InvalidInput(f"{what} must be {wanted}, not {short_repr(value)}.", "wrong_kind", field=what)
    return value


def optional(value: T | None, check: Callable[[T], R]) -> R | None:
    """The result of the check; None stays None."""
    return None if value is None else check(value)


def text(what: str, value: object, longest: int = NOTE_LENGTH) -> str:
    """Text without surrounding blanks; may be empty."""
    if not isinstance(value, str):
        raise InvalidInput(f"{what} must be text, not {short_repr(value)}.", "wrong_kind", field=what)
    if len(value) > longest:
        message = f"{what} is {len(value)} characters long; at most {longest} fit."
        raise InvalidInput(message, "too_long", field=what, longest=longest)
    if not value.isprintable() and _UNKEEPABLE.search(value):  # what can be printed holds neither
        message = f"{what} holds a NUL or half a surrogate pair, which no storage can keep; remove it."
        raise InvalidInput(message, "unkeepable_character", field=what)
    good = value.strip()
    return good if good.isascii() or not is_blank(good) else ""


def is_blank(text: str) -> bool:
    """Whether nothing of a text is seen.

    >>> is_blank(" \u200b"), is_blank("x")
    (True, False)
    """
    return not text.strip() if text.isascii() else _ALL_UNSEEN.fullmatch(text) is not None


def unseen_in(text: str) -> str:
    """The first sign of a text that is not seen; nothing if there is none."""
    found = None if text.isascii() else _ANY_UNSEEN.search(text)
    return "" if found is None else found[0]


def line(what: str, value: object) -> str:
    """Text of one line that is not blank, as it was written."""
    good = text(what, value, NAME_LENGTH)
    if not good:
        raise InvalidInput(f"{what} is blank; give a text of 1 to {NAME_LENGTH} characters.", "blank", field=what)
    if _NOT_ON_A_LINE.search(good):
        message = f"{what} holds a line break or another control character: {short_repr(good)}."
        raise InvalidInput(message, "more_than_a_line", field=what)
    return good


def name(what: str, value: object) -> str:
    """Text of one line that is not blank, in the form in which equal names are the same."""
    return named(line(what, value))


def named(text: str) -> str:
    """The one form of names that look the same: composed, and without signs that are not seen and do nothing. Joiners
    stay where they shape letters or emoji.

    >>> named("Acme" + chr(0x200B))
    'Acme'
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _DOES_NOTHING.sub("", _IN_NO_NAME.sub("", text)))


def number(what: str, value: object) -> str:
    """Text of one line by which something is numbered, as people read it: with plain hyphens, blanks and digits. Signs
    that are not seen are refused, and so is what is no line of text."""
    good = line(what, value)
    if unseen := unseen_in(good):
        message = f"{what} holds a sign that is not seen, U+{ord(unseen):04X}; leave it out."
        raise InvalidInput(message, "invisible_character", field=what)
    return as_read(good)


def as_read(text: str) -> str:
    """A text as people read it: without signs that are not seen, and with plain hyphens, blanks and digits.

    >>> as_read("TX" + chr(0x2010) + "1" + chr(0x200B))
    'TX-1'
    """
    if text.isascii():
        return " ".join(text.split())
    return " ".join(_ANY_UNSEEN.sub("", unicodedata.normalize("NFC", text)).translate(_AS_READ).split())


def reason(what: str, value: object) -> str:
    """A stated reason, which must not be blank."""
    good = text(what, value)
    if not good:
        raise InvalidInput(f"{what} is blank; say why in a few words.", "no_reason", field=what)
    return good


class Problems(list[InvalidInput]):
    """What is wrong with several arguments. All of them are checked, so the error names all problems at once."""

    __slots__ = ()

    def check(self, name: str, check: Callable[[*Arguments], R], *given: *Arguments) -> R:
        """The checked argument of that name. Do not use the result before `refuse` was called."""
        try:
            return check(*given)
        except InvalidInput as refused:
            for problem in refused.problems:
                problem.field = problem.field or name
                self.append(problem)
        return cast("R", None)

    @property
    def error(self) -> InvalidInput:
        """Everything that is wrong with any argument: its `problems` has the field of each."""
        return InvalidInput.of(self)

    def refuse(self) -> None:
        """The error, if anything is wrong."""
        if self:
            raise self.error


def all_of(**checks: Callable[[], object]) -> dict[str, Any]:
    """The results of all checks by the names of the arguments that they check; see `Problems`."""
    problems = Problems()
    results = {name: problems.check(name, check) for name, check in checks.items()}
    problems.refuse()
    return results


def of_fields(kind: type[Any], **given: Any) -> dict[str, Callable[[], object]]:
    """The checks that a class has for its fields, of the values that are given; what is UNSET has none."""
    return {
        it.name: partial(it.converter, given[it.name])
        for it in fields(kind)
        if it.converter is not None and given.get(it.name, UNSET) is not UNSET
    }


def unless_blank(value: str | None) -> str | None:
    """None for the blank text that a form sends for an empty field."""
    return None if isinstance(value, str) and not value.strip() else value


def yes_or_no(what: str, value: object) -> bool:
    """A bool; 0, 1, "yes" and None are refused, because they are usually a mistake."""
    if not isinstance(value, bool):
        raise InvalidInput(f"{what} must be True or False, not {short_repr(value)}.", "wrong_kind", field=what)
    return value


def day(what: str, value: object) -> date:
    """A date; a datetime is refused, although it is a subclass."""
    if type(value) is not date:
        raise InvalidInput(f"{what} must be a date, not {short_repr(value)}.", "not_a_date", field=what)
    return value


def plausible_day(what: str, given: object) -> date:
    """A day on which money can have come in or an invoice been issued: in 1970 or later."""
    good = day(what, given)
    if good < EARLIEST:
        raise InvalidInput(f"{what} must be a day from {EARLIEST} on, not {good}.", "not_a_date", field=what)
    return good


def decimal_parts(what: str, value: object) -> tuple[int, int]:
    """An int, Decimal or plain decimal text as (digits, scale): the value is digits / 10**scale, exactly.

    Floats and bools are refused: a float is not the amount that was typed. Also refused are NaN, infinity,
    exponents in text, digits of other scripts, and more than 18 digits before or 12 after the point.
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise InvalidInput(
            f"{what} must be a whole number, a Decimal or a text such as '12.50', not {short_repr(value)}"
            + (
                f", because a float is not exactly what was typed; give {str(value)!r}."
                if isinstance(value, float)
                else "."
            ),
            "not_a_number",
            field=what,
        )
    if isinstance(value, Decimal):
        # Read the parts instead of computing: the host's decimal context must not matter,
        # and a huge exponent must not be spelled out.
        sign, digits, exponent = value.as_tuple()
        if not isinstance(exponent, int) or value.adjusted() > 17 or exponent < -30:
            message = f"{what} must be an ordinary number, not {short_repr(value)}."
            raise InvalidInput(message, "not_a_number", field=what)
        if not any(digits):
            return 0, 0
        whole = int("".join(map(str, digits)))
        if exponent >= 0:
            return (-1 if sign else 1) * whole * 10**exponent, 0
        while exponent < 0 and whole % 10 == 0:
            whole, exponent = whole // 10, exponent + 1
        if -exponent > 12:
            message = f"{what} has more than 12 decimal places: {short_repr(value)}."
            raise InvalidInput(message, "too_precise", field=what, decimals=12)
        return (-whole if sign else whole), -exponent
    if isinstance(value, int):
        if abs(value) >= 10**18:
            raise InvalidInput(f"{what} is larger than 18 digits.", "too_large", field=what)
        return value, 0
    match = _PLAIN_NUMBER.fullmatch(value)
    if match is None:
        message = f"{what} must be a plain number such as '8' or '12.50', not {short_repr(value)}."
        raise InvalidInput(message, "not_a_number", field=what)
    minus, whole_digits, fraction = match.groups()
    fraction = (fraction or "").rstrip("0")
    number = int(whole_digits + fraction)
    return (-number if minus == "-" else number), len(fraction)


def duration(what: str, value: object) -> timedelta:
    """Hours as a whole number, Decimal or text, or a timedelta; exact to the microsecond, not negative."""
    if type(value) is int and 0 <= value <= _MANY_HOURS:
        return value * _HOUR
    if isinstance(value, timedelta):
        length = value
    else:
        digits, scale = decimal_parts(what, value)
        micros, rest = divmod(digits * 3_600_000_000, 10**scale)
        if rest:
            message = f"{what} is not a whole number of microseconds: {short_repr(value)}; give a timedelta."
            raise InvalidInput(message, "not_a_duration", field=what)
        if micros > LONGEST_US:
            raise InvalidInput(f"{what} is too long: {short_repr(value)} hours.", "too_large", field=what)
        length = timedelta(microseconds=micros) if micros >= 0 else timedelta(microseconds=-1)
    if length < timedelta(0):
        raise InvalidInput(f"{what} must not be negative: {short_repr(value)}.", "negative", field=what)
    return length


def several(what: str, value: object, wanted: str) -> tuple[Any, ...]:
    """The parts of a list or of anything else that holds several, but of no text."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        message = f"{what} must be several {wanted}, such as a list, not {short_repr(value)}."
        raise InvalidInput(message, "wrong_kind", field=what)
    return tuple(value)


def set_of(what: str, value: object, kind: type[T]) -> frozenset[T]:
    """A set of values of that type."""
    return frozenset(
        instance(what, part, kind) for part in several(what, value, "texts" if kind is str else kind.__name__)
    )


def id(what: str, value: object) -> str:
    """An id, which is text. One that no storage can keep becomes one that nothing has, so that it is looked up, and not
    found, like any other."""
    if not isinstance(value, str):
        hint = "; pass its .id." if hasattr(value, "id") else "."
        raise InvalidInput(f"{what} must be text, not {short_repr(value)}{hint}", "wrong_kind", field=what)
    if not value.isprintable() and _UNKEEPABLE.search(value):
        return f"({value!a})"
    return value


def ids(what: str, value: object) -> tuple[str, ...]:
    """Ids without repetition, in a fixed order."""
    return tuple(sorted({id(f"{what} must hold ids; each", it) for it in several(what, value, "ids")}))
