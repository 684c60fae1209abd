"""For whom is work done?"""

from attrs import frozen

from invoicecore import inputs
from invoicecore.calendar import PaymentTerms
from invoicecore.ids import ClientId
from invoicecore.money import known_currency


@frozen(kw_only=True)
class Client:
    """A person or business that pays for work, in one currency. What they owe stands in their account."""

    id: ClientId
    name: str
    currency: str
    billing_address: str = ""
    payment_terms: PaymentTerms | None = None
    archived: bool = False

    def __attrs_post_init__(self) -> None:
        inputs.name("A client's name", self.name)
        known_currency(self.currency)
        inputs.text("A billing address", self.billing_address)
        if self.payment_terms is not None:
            inputs.instance("A client's payment terms", self.payment_terms, PaymentTerms)
