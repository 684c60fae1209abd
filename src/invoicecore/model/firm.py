"""The firm and its settings."""

from attrs import field, frozen

from invoicecore.values import inputs
from invoicecore.values.calendar import PaymentTerms, known_zone
from invoicecore.values.ids import FirmId, LogoId, PersonId
from invoicecore.values.locales import USUAL, known_locale
from invoicecore.values.money import known_currency
from invoicecore.vocabulary import EventScope


def _name(value: str) -> str:
    return inputs.name("The firm's name", value)


def _text(value: str) -> str:
    return inputs.text("The firm's contact details, tax id, payment instructions, theme and number pattern", value)


@frozen(kw_only=True)
class Firm:
    """The firm that bills. Its `timezone` is the master zone: the days of the business are days of that zone.

    A host makes one with a name, a currency and a zone; `id` and `owner_id` are set when it is stored. `currency` is
    the default for clients. On invoices, `contact` and `tax_id` are printed in the header, `payment_instructions` below
    the amount due; `theme` is their design (see `values.theme`), `locale` the default language and format, `logo` the
    id of the picture in the header (see `desk.firm.set_logo`), and `next_number` where numbers go on, if that is not
    where the last one ended (see `desk.firm.set_next_number`). `events` are those that the notifier gets."""

    name: str = field(converter=_name)
    currency: str = field(converter=known_currency)
    timezone: str
    contact: str = field(default="", converter=_text)
    theme: str = field(default="", converter=_text)
    payment_terms: PaymentTerms = field(factory=lambda: PaymentTerms.net(14))
    number_pattern: str = field(default="INV-{year}-{seq:04}", converter=_text)
    locale: str = field(default=USUAL, converter=known_locale)
    logo: LogoId | None = None
    tax_id: str = field(default="", converter=_text)
    payment_instructions: str = field(default="", converter=_text)
    events: EventScope = EventScope.MONEY
    next_number: int | None = None
    id: FirmId = FirmId("")
    owner_id: PersonId = PersonId("")

    def __attrs_post_init__(self) -> None:
        known_zone(self.timezone)
        inputs.instance("The firm's payment terms", self.payment_terms, PaymentTerms)
        inputs.instance("events", self.events, EventScope)
