"""What was typed into a form, read as people write it, and what is wrong with it."""

from collections.abc import Callable
from datetime import date, datetime, time
from enum import Enum
from secrets import token_urlsafe
from typing import Any, TypeVar

from starlette.datastructures import FormData, UploadFile

from examples.web.words import Words
from invoicecore import Money, Rate, local_instant, parse_hours
from invoicecore.errors import InvalidInput, InvoicecoreError
from invoicecore.model.login import known_password
from invoicecore.ports.passwords import PasswordHasher
from invoicecore.values.emails import known_email
from invoicecore.values.locales import typed_number

E = TypeVar("E", bound=Enum)

_UNREADABLE: Any = object()
"""What stands for a value that cannot be read: no command takes it, so the library refuses all that is wrong at once,
and nothing is done."""


class Form:
    """A form that was sent to `action`, or one that is shown for the first time. `key` makes it take effect once,
    however often it is sent. A template says with `begin` which form it draws now, so that what was typed and what is
    wrong stand in the form that was sent and in no other."""

    def __init__(self, action: str = "", data: FormData | None = None) -> None:
        self.action, self.data = action, data or FormData()
        self.words = Words("en")
        self.problems: list[InvalidInput] = []
        self.errors: dict[str, str] = {}
        self.sentences: list[str] = []
        self._drawn = ""

    # what was typed

    def text(self, name: str) -> str:
        """A text."""
        value = self.data.get(name, "")
        return value if isinstance(value, str) else ""

    def optional(self, name: str) -> str | None:
        """A text; None where nothing was typed."""
        return self.text(name).strip() or None

    def several(self, name: str) -> list[str]:
        """All that was chosen."""
        return [it for it in self.data.getlist(name) if isinstance(it, str) and it]

    def lines(self, name: str) -> list[str]:
        """A text, line by line."""
        return self.text(name).splitlines()

    def flag(self, name: str) -> bool:
        """Whether a box was ticked."""
        return name in self.data

    def upload(self, name: str) -> bytes | None:
        """The content of a file; None where none was chosen."""
        file = self.data.get(name)
        return file.file.read() if isinstance(file, UploadFile) and file.filename else None

    def money(self, name: str, currency: str, *, required: bool = False) -> Any:
        """An amount; None where nothing was typed."""
        return self._read(name, lambda text: Money.parse(text, currency, self.words.locale), required)

    def rate(self, name: str, currency: str, *, required: bool = False) -> Any:
        """A price of an hour; None where nothing was typed."""
        return self._read(name, lambda text: Rate.parse(text, currency, self.words.locale), required)

    def hours(self, name: str, *, required: bool = False) -> Any:
        """How long something took; None where nothing was typed."""
        return self._read(name, lambda text: parse_hours(text, self.words.locale), required)

    def number(self, name: str, *, required: bool = False) -> Any:
        """A whole number; None where nothing was typed."""
        return self._read(name, lambda text: _or_refuse(int, text, "not_a_number"), required)

    def day(self, name: str, *, required: bool = False) -> Any:
        """A day, as a browser sends it; None where none was chosen."""
        return self._read(name, lambda text: _or_refuse(date.fromisoformat, text, "not_a_date"), required)

    def start(self, day: str, clock: str) -> Any:
        """The instant of a day and a time of the clock of the one who typed; None without a time."""

        def instant(text: str) -> datetime:
            moment = datetime.combine(self.day(day) or date.min, _or_refuse(time.fromisoformat, text, "not_a_date"))
            return local_instant(clock, moment, self.words.timezone)

        return None if self.day(day) is _UNREADABLE else self._read(clock, instant)

    def choice(self, name: str, kind: type[E]) -> E:
        """One of the members of an enum."""
        chosen: E = self._read(name, lambda text: _or_refuse(kind, text, "wrong_kind"), required=True)
        return chosen

    def decimal(self, name: str) -> Any:
        """A plain number, which is required."""
        return self._read(name, lambda text: typed_number(name, text, self.words.locale), required=True)

    def email(self, name: str) -> Any:
        """An e-mail, which is required."""
        return self._read(name, known_email, required=True)

    def hashed(self, name: str, passwords: PasswordHasher) -> Any:
        """The hash of a password; None where none was typed."""
        good = self._read(name, lambda _: known_password(self.text(name)))
        return good if good is None or good is _UNREADABLE else passwords.hash(good)

    def check(self) -> None:
        """InvalidInput for what the library is not asked about."""
        if self.problems:
            raise InvalidInput.of(self.problems)

    def _read(self, name: str, parse: Callable[[str], Any], required: bool = False) -> Any:
        text = self.text(name).strip()
        try:
            if not text and required:
                raise InvalidInput(f"{name} is blank.", "blank")
            return parse(text) if text else None
        except InvalidInput as refused:
            refused.field = name
            self.problems.append(refused)
            return _UNREADABLE

    # what is wrong, and how it is shown again

    def refuse(self, error: InvoicecoreError) -> int:
        """Take down what is wrong, each in the words of the one who typed; the HTTP status of it."""
        problems: list[InvoicecoreError] = list(self.problems)
        ours = {it.field for it in problems}
        if not ours or isinstance(error, InvalidInput):
            found = error.problems if isinstance(error, InvalidInput) else (error,)
            problems += [it for it in found if it.field not in ours or it.field is None and not ours]
        for problem in problems:
            said = self.words.say(problem)
            self.errors.setdefault(problem.field or "", said)
            self.sentences += [said] if said not in self.sentences else []
        return 400 if self.problems else error.http_status

    def begin(self, action: str) -> str:
        """Draw the form of this address from here on; its key."""
        self._drawn = action
        return self.text("key") if self._is_drawn and self.text("key") else token_urlsafe(16)

    def value(self, name: str, usual: object = "") -> object:
        """What stands in a field."""
        return self.text(name) if self._is_drawn else usual

    def ticked(self, name: str, value: str, usual: bool) -> bool:
        """Whether a box is ticked."""
        return value in self.data.getlist(name) if self._is_drawn else usual

    def error(self, name: str) -> str:
        """What is wrong with a field."""
        return self.errors.get(name, "") if self._is_drawn else ""

    @property
    def _is_drawn(self) -> bool:
        return bool(self.action) and self._drawn == self.action


def _or_refuse(parse: Callable[[str], Any], text: str, code: str) -> Any:
    try:
        return parse(text)
    except ValueError as wrong:
        raise InvalidInput(f"{text!r} cannot be read.", code) from wrong
