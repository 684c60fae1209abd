"""How is the firm set up, and who changed what?"""

from attrs import evolve

from invoicecore.desk.context import Unit, revised
from invoicecore.desk.executor import Office
from invoicecore.desk.issuing import INVOICE_COUNTER
from invoicecore.errors import Malformed, NotAllowedNow, NotFound
from invoicecore.lifecycle.numbering import known_pattern
from invoicecore.model.firm import Firm
from invoicecore.ports.store import AUDIT, AuditRecord, Change
from invoicecore.values import inputs
from invoicecore.values.calendar import PaymentTerms
from invoicecore.values.inputs import shown
from invoicecore.values.logo import Logo
from invoicecore.values.theme import known_theme
from invoicecore.vocabulary import Act

_HIGHEST_NUMBER = 10**12

_ANY = Firm(name="any", currency="USD", timezone="UTC")


class FirmSettings:
    """The firm's settings, its invoice numbering, and the audit trail."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def settings(self) -> Firm:
        """The firm as it is set up."""

        def query(unit: Unit) -> Firm:
            unit.permit(Act.VIEW_FIRM)
            return unit.firm

        return self._office.read(query)

    def change(
        self,
        *,
        name: str | None = None,
        currency: str | None = None,
        contact: str | None = None,
        timezone: str | None = None,
        tax_id: str | None = None,
        payment_instructions: str | None = None,
        theme: str | None = None,
        payment_terms: PaymentTerms | None = None,
        number_pattern: str | None = None,
        locale: str | None = None,
    ) -> Firm:
        """Change settings; None leaves one as it is.

        A new zone changes to which days the work and the bookings of the past belong, except for work that was
        recorded by its date. A new currency is that of clients made from now on. `theme` is the name of one, with or
        without tokens of its own, see `invoicecore.values.theme`. Generated invoices stay as they were.
        """
        pattern = None if number_pattern is None else known_pattern(number_pattern)
        given = {
            "name": name,
            "currency": currency,
            "contact": contact,
            "timezone": timezone,
            "tax_id": tax_id,
            "payment_instructions": payment_instructions,
            "theme": inputs.optional(theme, known_theme),
            "payment_terms": payment_terms,
            "locale": locale,
        }
        revised(_ANY, **given)  # malformed goes before not permitted

        def command(unit: Unit) -> Firm:
            unit.permit(Act.CHANGE_FIRM)
            firm = revised(unit.firm, number_pattern=pattern, **given)
            unit.put(firm)
            return firm

        return self._office.write(Act.CHANGE_FIRM, command)

    def set_logo(self, content: bytes | None) -> Firm:
        """Put a picture in the header of the invoices that are generated from now on; None takes it out.

        Malformed unless it is a PNG or a JPEG of at most 1 MiB and 4,000 × 4,000 pixels. It is kept for good, so that
        an invoice can always be printed as it was.
        """
        logo = inputs.optional(content, Logo)

        def command(unit: Unit) -> Firm:
            unit.permit(Act.CHANGE_FIRM)
            if logo is not None and unit.uow.get(Logo, logo.id) is None:
                unit.put(logo)
            firm = evolve(unit.firm, logo=None if logo is None else logo.id)
            unit.put(firm)
            return firm

        return self._office.write(Act.CHANGE_FIRM, command)

    def logo(self, id: str | None = None) -> Logo | None:
        """The firm's logo, None if it has none; or the one of that id, which may stand on an earlier invoice."""
        inputs.optional(id, lambda given: inputs.instance("The id of a logo", given, str))

        def query(unit: Unit) -> Logo | None:
            unit.permit(Act.VIEW_LOGO)
            chosen = unit.firm.logo if id is None else id
            if chosen is None:
                return None
            logo = unit.uow.get(Logo, chosen)
            if logo is None:
                raise NotFound("logo", chosen)
            return logo

        return self._office.read(query)

    def next_number(self) -> int:
        """The counter value that the next invoice takes, unless its number is taken already."""

        def query(unit: Unit) -> int:
            unit.permit(Act.VIEW_FIRM)
            return unit.uow.next_of(INVOICE_COUNTER)

        return self._office.read(query)

    def set_next_number(self, number: int) -> int:
        """Let the counter leap forward, to continue another system's numbering. It never goes back."""
        if type(number) is not int or not 1 <= number <= _HIGHEST_NUMBER:
            raise Malformed(f"The next number must be a whole number from 1 to 10**12, not {shown(number)}.")

        def command(unit: Unit) -> int:
            unit.permit(Act.CHANGE_FIRM)
            present = unit.uow.next_of(INVOICE_COUNTER)
            if number < present:
                raise NotAllowedNow(
                    f"The next number is {present} and cannot go back to {number}: numbers up to {present - 1} are "
                    f"given or passed over."
                )
            unit.uow.leap(INVOICE_COUNTER, number)
            unit.changes.append(Change("Counter", INVOICE_COUNTER, present, number))
            return number

        return self._office.write(Act.CHANGE_FIRM, command)

    def audit(self, *, after: str | None = None, limit: int = 100) -> tuple[AuditRecord, ...]:
        """Who changed what, the oldest first, a page at a time; `after` is the id of the last record seen."""
        if type(limit) is not int or not 1 <= limit <= 10_000:
            raise Malformed(f"limit must be a whole number from 1 to 10000, not {shown(limit)}.")
        seen = (inputs.text("after", after),) if after is not None else None

        def query(unit: Unit) -> tuple[AuditRecord, ...]:
            unit.permit(Act.VIEW_AUDIT)
            return tuple(unit.uow.find(AUDIT, after=seen, limit=limit))

        return self._office.read(query)
