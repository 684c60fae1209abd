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
    """A form that was sent to `action`, or one that is shown for the first time.

    What is optional and was left blank is None. A template says with `begin` which form it draws, so that what was
    typed and what is wrong stand in the form that was sent and in no other."""

    def __init__(self, action: str = "", data: FormData | None = None) -> None:
        self.action, self.data, self.words = action, data or FormData(), Words("en")
        self.problems: list[InvalidInput] = []
        self.errors: dict[str, str] = {}
        self.sentences: list[str] = []
        self.codes: set[str] = set()
        self._stand_ins: set[str | None] = set()
        self._drawn = ""

    # what was typed

    def text(self, name: str) -> str:
        value = self.data.get(name, "")
        return value if isinstance(value, str) else ""

    def optional(self, name: str) -> str | None:
        return self.text(name).strip() or None

    def several(self, name: str) -> list[str]:
        return [it for it in self.data.getlist(name) if isinstance(it, str) and it]

    def lines(self, name: str) -> list[str]:
        return self.text(name).splitlines()

    def flag(self, name: str) -> bool:
        return name in self.data

    def upload(self, name: str) -> bytes | None:
        file = self.data.get(name)
        return file.file.read() if isinstance(file, UploadFile) and file.filename else None

    def money(self, name: str, currency: str, *, required: bool = False) -> Any:
        return self._read(name, lambda text: Money.parse(text, currency, self.words.locale), required)

    def rate(self, name: str, currency: str, *, required: bool = False) -> Any:
        return self._read(name, lambda text: Rate.parse(text, currency, self.words.locale), required)

    def hours(self, name: str, *, required: bool = False) -> Any:
        return self._read(name, lambda text: parse_hours(text, self.words.locale), required)

    def decimal(self, name: str, *, required: bool = False) -> Any:
        return self._read(name, lambda text: typed_number(name, text, self.words.locale), required)

    def number(self, name: str, *, required: bool = False) -> Any:
        return self._read(name, lambda text: _or_refuse(int, text, "not_a_number"), required)

    def day(self, name: str, *, required: bool = False) -> Any:
        return self._read(name, lambda text: _or_refuse(date.fromisoformat, text, "not_a_date"), required)

    def email(self, name: str, *, required: bool = False) -> Any:
        return self._read(name, known_email, required)

    def choice(self, name: str, kind: type[E]) -> E:
        chosen: E = self._read(name, lambda text: _or_refuse(kind, text, "wrong_kind"), required=True)
        return chosen

    def start(self, day: str, clock: str) -> Any:
        """The instant of a day and a time on the clock of the one who typed."""

        def instant(text: str) -> datetime:
            moment = datetime.combine(on, _or_refuse(time.fromisoformat, text, "not_a_date"))
            return local_instant(clock, moment, self.words.timezone)

        on: Any = self.day(day) if self.optional(clock) else None
        return on if on is None or on is _UNREADABLE else self._read(clock, instant)

    def hashed(self, name: str, passwords: PasswordHasher) -> Any:
        """The hash of a password."""
        good = self._read(name, lambda _: known_password(self.text(name)))
        return good if good is None or good is _UNREADABLE else passwords.hash(good)

    def made(self, name: str, make: Callable[[], Any]) -> Any:
        """What is made of several fields, for the argument of that name."""
        try:
            return make()
        except InvalidInput as refused:
            self._stand_ins.add(name)
            self.problems += [] if self.problems else refused.problems
            return _UNREADABLE

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
            self._stand_ins.add(name)
            self.problems += [] if any(it.field == name for it in self.problems) else [refused]
            return _UNREADABLE

    # what is wrong, and how it is shown again

    def refuse(self, error: InvoicecoreError) -> int:
        """Take down what is wrong, each in the words of the one who typed; the HTTP status of it."""
        problems: list[InvoicecoreError] = list(self.problems)
        if isinstance(error, InvalidInput):
            problems += [it for it in error.problems if it.field not in self._stand_ins and it not in problems]
        elif not problems:
            problems.append(error)
        for problem in problems:
            said = self.words.say(problem)
            self.codes.add(problem.code)
            self.errors.setdefault(problem.field or "", said)
            self.sentences += [said] if said not in self.sentences else []
        return 400 if self.problems else error.http_status

    def begin(self, action: str) -> str:
        """Draw the form of this address from here on: its key, by which it takes effect once however often it is
        sent."""
        self._drawn = action
        return (self._is_drawn and self.text("key")) or token_urlsafe(16)

    def value(self, name: str, usual: object = "") -> object:
        return self.text(name) if self._is_drawn else usual

    def ticked(self, name: str, value: str, usual: bool) -> bool:
        return value in self.data.getlist(name) if self._is_drawn else usual

    def error(self, name: str) -> str:
        return self.errors.get(name, "") if self._is_drawn else ""

    @property
    def _is_drawn(self) -> bool:
        return bool(self.action) and self._drawn == self.action


def _or_refuse(parse: Callable[[str], Any], text: str, code: str) -> Any:
    try:
        return parse(text)
    except ValueError as wrong:
        raise InvalidInput(f"{text!r} cannot be read.", code) from wrong
