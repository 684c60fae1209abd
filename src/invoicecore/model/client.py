"""The client, who pays for work."""

from attrs import converters, field, frozen

from invoicecore.values import inputs
from invoicecore.values.calendar import PaymentTerms
from invoicecore.values.ids import ClientId
from invoicecore.values.locales import known_locale
from invoicecore.values.money import known_currency
from invoicecore.values.party import Party, known_party
from invoicecore.values.tax import known_code


def _name(value: str) -> str:
    return inputs.name("A client's name", value)


def _address(value: str) -> str:
    return inputs.text("A billing address", value)


def _terms(value: PaymentTerms | None) -> PaymentTerms | None:
    return inputs.optional(value, lambda it: inputs.instance("A client's payment terms", it, PaymentTerms))


@frozen(kw_only=True)
class Client:
    """A person or business that pays for work, in one currency. The balance is in the client's account.

    The firm's payment terms, locale and tax code apply to a client without their own. `party` has the address and tax
    ids in parts. If there is a `billing_address`, it is printed instead of the address of `party`.
    """

    id: ClientId
    name: str = field(converter=_name)
    currency: str = field(converter=known_currency)
    billing_address: str = field(default="", converter=_address)
    payment_terms: PaymentTerms | None = field(default=None, converter=_terms)
    locale: str | None = field(default=None, converter=converters.optional(known_locale))
    archived: bool = False
    tax: str | None = field(default=None, converter=converters.optional(known_code))
    party: Party | None = field(default=None, converter=known_party)

    def __repr__(self) -> str:
        return f"<Client {self.name}, {self.currency}{', archived' if self.archived else ''}>"
