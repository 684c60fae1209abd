"""The calls for the firm's settings, its numbering and the audit trail."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from attrs import evolve

from invoicecore.desk.context import CommandContext, with_changes
from invoicecore.desk.issuing import next_value
from invoicecore.desk.subject import Subject, query
from invoicecore.desk.taxing import check_known
from invoicecore.errors import InvalidInput, InvalidState, NotFound
from invoicecore.lifecycle.numbering import INVOICE_COUNTER, known_pattern
from invoicecore.model.firm import Firm, FormerZone, ImportAnswer
from invoicecore.ports.store import ALL, AUDIT, AUDIT_BY_ID, AUDIT_OF_ACTION, AUDIT_OF_ENTITY, AuditRecord
from invoicecore.queries.audit import FirmProfile
from invoicecore.values import inputs
from invoicecore.values.calendar import PaymentTerms
from invoicecore.values.ids import LogoId
from invoicecore.values.inputs import short_repr
from invoicecore.values.logo import Logo
from invoicecore.values.party import Party, check_vat_id
from invoicecore.values.tax import Tax, TaxComponent, known_code, known_percent
from invoicecore.values.theme import known_theme
from invoicecore.values.unset import UNSET, Unset, if_set
from invoicecore.vocabulary import Action, EventScope, TaxCategory

_HIGHEST_NUMBER = 10**12


class FirmSettings(Subject):
    """The firm's settings, its invoice numbering, and the audit trail."""

    @query
    def settings(self, context: CommandContext) -> Firm:
        """The firm and its settings."""
        context.permit(Action.VIEW_FIRM)
        return context.firm

    @query
    def profile(self, context: CommandContext) -> FirmProfile:
        """What a letterhead contains: name, contact details and logo. Clients see it too."""
        context.permit(Action.VIEW_LOGO)
        firm = context.firm
        return FirmProfile(
            name=firm.name,
            contact=firm.contact,
            timezone=firm.timezone,
            locale=firm.locale,
            theme=firm.theme,
            logo=None if firm.logo is None else context.uow.get(Logo, firm.logo),
            has_taxes=bool(firm.taxes),
        )

    def change(
        self,
        *,
        name: str | Unset = UNSET,
        currency: str | Unset = UNSET,
        contact: str | Unset = UNSET,
        timezone: str | Unset = UNSET,
        tax_id: str | Unset = UNSET,
        payment_instructions: str | Unset = UNSET,
        theme: str | Unset = UNSET,
        payment_terms: PaymentTerms | Unset = UNSET,
        number_pattern: str | Unset = UNSET,
        locale: str | Unset = UNSET,
        events: EventScope | Unset = UNSET,
        import_answers: Iterable[ImportAnswer] | Unset = UNSET,
        logo: bytes | Unset | None = UNSET,
        next_number: int | Unset = UNSET,
        tax: str | Unset | None = UNSET,
        party: Party | Unset | None = UNSET,
    ) -> Firm:
        """Change what is given; an empty text clears a setting that may be empty.

        A new time zone changes the days of past work, except of work that was recorded by its date. Bookings stay on
        their days, so statements of the past do not change. A new currency is that of clients added from now on.
        `theme` is the name of a theme, with or without tokens of its own, see `invoicecore.values.theme`. Generated
        invoices stay as they were. With `EventScope.ALL` the notifier gets an event for every command that changes
        anything. `tax` is the tax code of clients without their own. `logo` and `next_number` are as in `set_logo` and
        `set_next_number`. A form is saved as a whole, or not at all.
        """
        given: dict[str, Any] = {
            "name": name,
            "currency": currency,
            "contact": contact,
            "timezone": timezone,
            "tax_id": tax_id,
            "payment_instructions": payment_instructions,
            "theme": theme,
            "payment_terms": payment_terms,
            "number_pattern": number_pattern,
            "locale": locale,
            "events": events,
            "import_answers": import_answers,
            "tax": tax,
            "party": party,
        }
        given |= inputs.all_of(
            **inputs.of_fields(Firm, **given)
            | {
                "theme": lambda: if_set(theme, known_theme),
                "number_pattern": lambda: if_set(number_pattern, known_pattern),
                "logo": lambda: if_set(logo, lambda it: inputs.optional(it, Logo)),
                "next_number": lambda: if_set(next_number, _known_number),
            }
        )
        if isinstance(party, Party):
            check_vat_id(party)
        picture, number = given.pop("logo"), given.pop("next_number")

        def run(context: CommandContext) -> Firm:
            context.permit(Action.CHANGE_FIRM)
            check_known(context, given["tax"])
            before, firm = context.firm, with_changes(context.firm, **given)
            if firm.timezone != before.timezone:
                former = FormerZone(before.timezone, context.stamp.at)
                firm = evolve(firm, former_zones=(*before.former_zones, former))
            if picture is not UNSET:
                firm = evolve(firm, logo=_kept_logo(context, picture))
            if number is not UNSET:
                firm = evolve(firm, next_number=_free_number(context, number))
            context.put(firm)
            return firm

        return self._executor.write(Action.CHANGE_FIRM, run)

    def set_tax(
        self,
        code: str,
        *,
        category: TaxCategory,
        name: str = "",
        percent: int | str | Decimal = 0,
        components: Iterable[TaxComponent] = (),
        since: date | None = None,
        reason: str = "",
    ) -> Tax:
        """Set a tax code, or its percentage from a day on; a code never disappears. Work and expenses are taxed by
        their day, everything else by the day of issue. Generated invoices stay as they were.

        `name` is printed, such as VAT. A code has one percentage, or several `components` instead of name and percent.
        `since` is its first day; None is from the beginning, and the same day again replaces what was set. `reason`
        says on invoices why no tax is asked for.
        """
        given = inputs.all_of(
            code=lambda: known_code(code),
            category=lambda: inputs.instance("category", category, TaxCategory),
            name=lambda: inputs.text("name", name),
            percent=lambda: known_percent(percent),
            components=lambda: inputs.several("components", components, "tax components"),
            since=lambda: inputs.optional(since, partial(inputs.day, "since")),
            reason=lambda: inputs.text("reason", reason),
        )
        if given["components"] and (given["name"] or given["percent"]):
            message = "A tax code has a name and a percentage, or components, which have their own; leave one out."
            raise InvalidInput(message, "not_of_this_tax", field="components")
        parts = given["components"] or (TaxComponent(given["name"], given["percent"]),)
        tax = Tax(given["code"], given["category"], parts, given["reason"])

        def run(context: CommandContext) -> Tax:
            context.permit(Action.CHANGE_FIRM)
            context.put(evolve(context.firm, taxes=context.firm.taxes_with(tax, given["since"])))
            return tax

        return self._executor.write(Action.CHANGE_FIRM, run)

    def set_logo(self, content: bytes | None) -> Firm:
        """Put a picture into the header of invoices that are generated from now on; None removes it from the header.

        InvalidInput unless it is a PNG or a JPEG of at most 1 MiB and 4,000 × 4,000 pixels. A stored picture is never
        deleted, so an old invoice can always be printed as it was.
        """
        logo = inputs.all_of(content=lambda: inputs.optional(content, Logo))["content"]

        def run(context: CommandContext) -> Firm:
            context.permit(Action.CHANGE_FIRM)
            firm = evolve(context.firm, logo=_kept_logo(context, logo))
            context.put(firm)
            return firm

        return self._executor.write(Action.CHANGE_FIRM, run)

    def logo(self, logo_id: str | None = None) -> Logo | None:
        """The firm's logo, or None; or the logo with an id, which may be on an earlier invoice."""
        wanted = inputs.optional(logo_id, lambda given: inputs.id("The id of a logo", given))

        def run(context: CommandContext) -> Logo | None:
            context.permit(Action.VIEW_LOGO)
            chosen = context.firm.logo if wanted is None else wanted
            if chosen is None:
                return None
            logo = context.uow.get(Logo, chosen)
            if logo is None:
                raise NotFound("logo", logo_id or chosen)
            return logo

        return self._executor.read(run)

    @query
    def next_number(self, context: CommandContext) -> int:
        """The counter value of the next invoice, unless that number is taken already."""
        context.permit(Action.VIEW_FIRM)
        return next_value(context.uow, context.firm)

    def set_next_number(self, number: int) -> int:
        """Set the next number, to continue the numbers of another system: forward, or back to any number above the
        highest that the counter gave an invoice, so that a typing mistake can be corrected."""
        inputs.all_of(number=lambda: _known_number(number))

        def run(context: CommandContext) -> int:
            context.permit(Action.CHANGE_FIRM)
            context.put(evolve(context.firm, next_number=_free_number(context, number)))
            return number

        return self._executor.write(Action.CHANGE_FIRM, run)

    def audit(
        self,
        *,
        after: str | None = None,
        limit: int = 100,
        newest_first: bool = False,
        action: Action | None = None,
        entity_id: str | None = None,
    ) -> tuple[AuditRecord, ...]:
        """Who changed what, in the order of the commits or in the opposite one: everything, or what an action did, or
        what changed an entity, or both.

        It comes page by page; `after` is the id of the last record seen. A reader that goes on from there sees every
        record once, whatever the number of writers and the state of their clocks. NotFound if there is no such record.
        """
        if type(limit) is not int or not 1 <= limit <= 10_000:
            raise InvalidInput(f"limit must be a whole number from 1 to 10000, not {short_repr(limit)}.")
        inputs.yes_or_no("newest_first", newest_first)
        inputs.optional(action, lambda it: inputs.instance("action", it, Action))
        entity = inputs.optional(entity_id, lambda it: inputs.id("entity_id", it))
        seen_id = inputs.optional(after, lambda it: inputs.id("after", it))

        def run(context: CommandContext) -> tuple[AuditRecord, ...]:
            context.permit(Action.VIEW_AUDIT)
            seen = None
            if seen_id is not None:
                last = context.uow.find(AUDIT_BY_ID, seen_id)
                if not last:
                    raise NotFound("audit record", after)
                seen = AUDIT.place(last[0])
            return tuple(audit_records(context, action, entity, seen, limit, newest_first=newest_first))

        return self._executor.read_primary(run)  # which numbers what is read


def _known_number(number: object) -> int:
    if type(number) is not int or not 1 <= number <= _HIGHEST_NUMBER:
        message = f"The next number must be a whole number from 1 to 10**12, not {short_repr(number)}."
        raise InvalidInput(message, "not_a_number")
    return number


def _free_number(context: CommandContext, number: int) -> int:
    """The next number. InvalidState if it is given already, or one above it."""
    least = context.uow.peek(INVOICE_COUNTER)
    if number < least:
        message = f"The next number cannot be {number}, because numbers up to {least - 1} are given. "
        raise InvalidState(f"{message}Take {least} or a higher one.", "number_given", field="next_number", least=least)
    return number


def _kept_logo(context: CommandContext, logo: Logo | None) -> LogoId | None:
    """The id of a logo, which is stored if it is not there; None stays None."""
    if logo is not None and context.uow.get(Logo, logo.id) is None:
        context.put(logo)
    return None if logo is None else logo.id


def audit_records(
    context: CommandContext,
    action: Action | None,
    entity_id: str | None,
    seen: tuple[Any, ...] | None,
    limit: int,
    *,
    newest_first: bool,
) -> list[AuditRecord]:
    """The next records of an action, an entity, both or neither, after the place of the last one seen."""
    index, key = (AUDIT, ALL) if action is None else (AUDIT_OF_ACTION, str(action))
    if entity_id is not None:
        index, key = AUDIT_OF_ENTITY, entity_id
    records: list[AuditRecord] = []
    while len(records) < limit:
        bounds = {"before" if newest_first else "after": seen}
        page = context.uow.find(index, key, **bounds, limit=limit, descending=newest_first)
        records += [it for it in page if action is None or it.action is action]
        if len(page) < limit:
            break
        seen = AUDIT.place(page[-1])
    return records[:limit]
