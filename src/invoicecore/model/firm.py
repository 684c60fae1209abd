"""The firm and its settings."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from attrs import converters, field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.calendar import PaymentTerms, Period, day_of, known_zone, opening
from invoicecore.values.ids import FirmId, LogoId, PersonId
from invoicecore.values.inputs import short_repr
from invoicecore.values.locales import USUAL, known_locale
from invoicecore.values.money import known_currency
from invoicecore.values.party import Party, known_party
from invoicecore.values.tax import Tax, known_code
from invoicecore.vocabulary import EventScope


def _name(value: str) -> str:
    return inputs.name("The firm's name", value)


def _pattern(value: str) -> str:
    return inputs.number("The number pattern", value)


def _text(value: str) -> str:
    return inputs.text("The firm's contact details, tax id, payment instructions and theme", value)


def _zone(name: str) -> str:
    known_zone(name)
    return name


def _terms(value: PaymentTerms) -> PaymentTerms:
    return inputs.instance("The firm's payment terms", value, PaymentTerms)


def _events(value: EventScope) -> EventScope:
    return inputs.instance("events", value, EventScope)


@frozen
class FormerZone:
    """A time zone that was the firm's, and until which instant, that instant included."""

    timezone: str
    until: datetime

    @property
    def last_day(self) -> date:
        """The firm's day when the zone was given up."""
        return day_of(self.until, self.timezone)


@frozen
class DatedTax:
    """A tax from a day on; None for the first form of a code, which is valid before all others."""

    tax: Tax
    since: date | None = None


def _taxes(values: Iterable[DatedTax]) -> tuple[DatedTax, ...]:
    return tuple(inputs.instance("taxes", it, DatedTax) for it in inputs.several("taxes", values, "dated taxes"))


def _answer(value: str) -> str:
    return inputs.text("The answer to a question about an import", value)


@frozen
class ImportAnswer:
    """An answer that was given when the export of a time tracker left something open, so the question is not asked
    again: for files of a `format`, an option of `importer.ImportOptions` and its value as text. For `columns` and
    `names` it is one pair, such as start=Begin."""

    format: str = field(converter=_answer)
    option: str = field(converter=_answer)
    value: str = field(converter=_answer)


def _answers(values: Iterable[ImportAnswer]) -> tuple[ImportAnswer, ...]:
    if not isinstance(values, Iterable):
        raise InvalidInput(
            f"import_answers must be several answers, not {short_repr(values)}.", "wrong_kind", field="import_answers"
        )
    return tuple(inputs.instance("import_answers", it, ImportAnswer) for it in values)


@frozen(kw_only=True)
class Firm:
    """The firm that bills. `timezone` is its master zone: the days of the business are days of that zone.

    A host makes one with a name, a currency and a zone; `id` and `owner_id` are set when it is stored. `currency` is
    the default for clients. `party` has the address, tax ids and bank account in parts. `contact`, `tax_id` and
    `payment_instructions` are printed instead of these parts, if they are given: the first two in the header, the last
    one below the amount due.

    `theme` is the design of invoices (see `values.theme`), `locale` their default language and format, and `logo` the
    id of the picture in the header (see `desk.firm.set_logo`). `next_number` is the next invoice number, if it does not
    follow the last one (see `desk.firm.set_next_number`). `events` are the events that the notifier gets.

    `former_zones`, the oldest first, keep earlier bookings on their days. `import_answers` answer what the files of
    imports leave open. `taxes` are the tax codes (see `desk.firm.set_tax`), those of a code in order of time, and `tax`
    is the code of clients without their own.
    """

    name: str = field(converter=_name)
    currency: str = field(converter=known_currency)
    timezone: str = field(converter=_zone)
    contact: str = field(default="", converter=_text)
    theme: str = field(default="", converter=_text)
    payment_terms: PaymentTerms = field(factory=lambda: PaymentTerms.net(14), converter=_terms)
    number_pattern: str = field(default="INV-{year}-{seq:04}", converter=_pattern)
    locale: str = field(default=USUAL, converter=known_locale)
    logo: LogoId | None = None
    tax_id: str = field(default="", converter=_text)
    payment_instructions: str = field(default="", converter=_text)
    events: EventScope = field(default=EventScope.MONEY, converter=_events)
    next_number: int | None = None
    former_zones: tuple[FormerZone, ...] = ()
    import_answers: tuple[ImportAnswer, ...] = field(default=(), converter=_answers)
    taxes: tuple[DatedTax, ...] = field(default=(), converter=_taxes)
    tax: str | None = field(default=None, converter=converters.optional(known_code))
    party: Party | None = field(default=None, converter=known_party)
    id: FirmId = FirmId("")
    owner_id: PersonId = PersonId("")

    def __repr__(self) -> str:
        return f"<Firm {self.name}, {self.currency}, {self.timezone}>"

    def __attrs_post_init__(self) -> None:
        for former in self.former_zones:
            known_zone(inputs.instance("former_zones", former, FormerZone).timezone)

    def tax_on(self, code: str | None, day: date) -> Tax | None:
        """The tax of a code on a day; None without a code, or before its first day."""
        found = None
        for it in self.taxes if code is not None else ():
            if it.tax.code == code and (it.since is None or it.since <= day):
                found = it.tax
        return found

    def taxes_with(self, tax: Tax, since: date | None) -> tuple[DatedTax, ...]:
        """The taxes with one that applies from a day on, which replaces one of the same code from the same day."""
        inputs.instance("tax", tax, Tax)
        inputs.optional(since, lambda it: inputs.day("since", it))
        key, others = (tax.code, since or date.min), {(it.tax.code, it.since or date.min): it for it in self.taxes}
        others[key] = DatedTax(tax, since)
        return tuple(others[place] for place in sorted(others))

    def knows_tax(self, code: str) -> bool:
        """Whether a code was ever set."""
        return any(it.tax.code == code for it in self.taxes)

    def booking_day(self, moment: datetime) -> date:
        """The firm's day of a booking, by the zone that the firm had at that moment. No day comes before an earlier
        one: if a new zone is behind, the day goes on until that zone has reached it."""
        latest = date.min
        for former in self.former_zones:
            if moment <= former.until:
                return max(latest, day_of(moment, former.timezone))
            latest = max(latest, former.last_day)
        return max(latest, day_of(moment, self.timezone))

    def booking_days(self, moments: Iterable[datetime]) -> Iterator[date]:
        """The `booking_day` of each instant; it is computed once for all consecutive instants of one day."""
        day, begins, ends = date.min, datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
        for moment in moments:
            if not begins <= moment < ends:
                day = self.booking_day(moment)
                begins, ends = self._begins(day), self._begins(day + timedelta(days=1))
            yield day

    def booked_in(self, period: Period) -> tuple[datetime, datetime]:
        """The first instant whose booking day is in a period, and the first one after it."""
        return self._begins(period.first), self._begins(period.last + timedelta(days=1))

    def _begins(self, day: date) -> datetime:
        since: datetime | None = None
        zone = self.timezone
        for former in self.former_zones:
            if former.last_day >= day:
                zone = former.timezone
                break
            after = former.until + datetime.resolution
            since = after if since is None else max(since, after)  # a clock may have stepped back in between
        begins = opening(day, zone)
        return begins if since is None else max(since, begins)
