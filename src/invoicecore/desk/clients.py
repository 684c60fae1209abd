"""The calls for clients and their balance terms."""

from typing import Any

from attrs import evolve

from invoicecore.desk import visibility
from invoicecore.desk.context import CommandContext, checked, with_changes
from invoicecore.desk.executor import keyed
from invoicecore.desk.finish import close, tell_stopped
from invoicecore.desk.naming import known_name, named
from invoicecore.desk.subject import Subject, command, query
from invoicecore.desk.taxing import check_known
from invoicecore.errors import CurrencyMismatch
from invoicecore.ledger.position import Position
from invoicecore.ledger.terms import Terms
from invoicecore.model.client import Client
from invoicecore.ports.store import CLIENTS
from invoicecore.settlement.account import Account, Standing
from invoicecore.values import inputs
from invoicecore.values.calendar import PaymentTerms
from invoicecore.values.ids import ClientId
from invoicecore.values.money import known_currency
from invoicecore.values.party import Party, check_vat_id
from invoicecore.values.unset import UNSET, Unset
from invoicecore.vocabulary import Action


class Clients(Subject):
    """Clients and their balance terms. `accounts` says what a client owes."""

    def add(
        self,
        *,
        name: str,
        terms: Terms,
        currency: str | None = None,
        billing_address: str = "",
        payment_terms: PaymentTerms | None = None,
        locale: str | None = None,
        tax: str | None = None,
        party: Party | None = None,
        idempotency_key: str | None = None,
    ) -> Client:
        """Add a client with a balance of zero. The currency is that of the terms, or else the firm's.

        If zero is at or below the refill balance, the first refill is requested at once. `payment_terms`, `locale` and
        the tax code `tax` come before the firm's. NotFound for a tax code that the firm never set.
        """
        given: dict[str, Any] = {
            "name": name,
            "billing_address": billing_address,
            "payment_terms": payment_terms,
            "locale": locale,
            "tax": tax,
            "party": party,
        }
        inputs.all_of(
            **inputs.of_fields(Client, **given),
            terms=lambda: inputs.instance("terms", terms, Terms),
            currency=lambda: inputs.optional(currency, known_currency),
        )
        if party is not None:
            check_vat_id(party)
        client = Client(id=ClientId(""), currency="USD", **given)  # its id and currency are set when it is stored

        def run(context: CommandContext) -> Client:
            context.permit(Action.ADD_CLIENT)
            if currency is not None and terms.currency not in (None, currency):
                raise CurrencyMismatch(currency, str(terms.currency))
            check_known(context, client.tax)
            chosen = terms.currency or currency or context.firm.currency
            added = evolve(client, id=ClientId(context.ids()), currency=chosen)
            context.put(added)
            account = Account(added.id, Position(added.currency), terms)
            if close(context, account, account, terms_set=True).is_stopped:
                tell_stopped(context, account)  # it is from the beginning, where the allowed balance is not below zero
            return added

        request = keyed(idempotency_key, self.add, client=client, terms=terms, currency=currency)
        return self._executor.write(Action.ADD_CLIENT, run, request)

    def get(self, client_id: str) -> Client:
        """A client that the caller may see."""
        return self._executor.read(lambda context: context.client(client_id))

    def by_name(self, name: str) -> Client:
        """The client with that name, ignoring capitals; if there is none, the client whose name contains it. NotFound
        if there is none whom the caller may see, InvalidInput if there are several."""
        sought = known_name(name)

        def run(context: CommandContext) -> Client:
            context.permit(Action.VIEW_CLIENTS)
            seen = (it for it in context.uow.find(CLIENTS) if visibility.sees_client(context.actor, it.id))
            return named("client", sought, (((it.name,), it) for it in seen))

        return self._executor.read(run)

    @query
    def all(self, context: CommandContext) -> tuple[Client, ...]:
        """The clients that the caller may see, in the order in which they were added."""
        context.permit(Action.VIEW_CLIENTS)
        return tuple(client for client in context.uow.find(CLIENTS) if visibility.sees_client(context.actor, client.id))

    def change(
        self,
        client_id: str,
        *,
        name: str | Unset = UNSET,
        billing_address: str | Unset = UNSET,
        payment_terms: PaymentTerms | Unset | None = UNSET,
        locale: str | Unset | None = UNSET,
        tax: str | Unset | None = UNSET,
        party: Party | Unset | None = UNSET,
    ) -> Client:
        """Change what is given; None for payment terms, locale or tax code means those of the firm. Generated invoices
        keep what was printed on them."""
        given: dict[str, Any] = {
            "name": name,
            "billing_address": billing_address,
            "payment_terms": payment_terms,
            "locale": locale,
            "tax": tax,
            "party": party,
        }
        if isinstance(party, Party):
            check_vat_id(party)
        return self._change(Action.CHANGE_CLIENT, client_id, **checked(Client, **given))

    @command(Action.SET_TERMS, terms=lambda it: inputs.instance("terms", it, Terms))
    def set_terms(
        self, context: CommandContext, client_id: str, terms: Terms, *, idempotency_key: str | None = None
    ) -> Standing:
        """Give a client other balance terms, from now on. If a refill is due by them, it is requested."""
        client = context.client(client_id)
        context.permit(Action.SET_TERMS)
        before = context.account(client.id)
        if terms.currency not in (None, client.currency):
            raise CurrencyMismatch(str(terms.currency), client.currency)
        return Standing(close(context, before, evolve(before, terms=terms), terms_set=True))

    def archive(self, client_id: str) -> Client:
        """Archive a client: new work is refused, and everything recorded stays. Invoices can still be paid."""
        return self._change(Action.ARCHIVE_CLIENT, client_id, archived=True)

    def restore(self, client_id: str) -> Client:
        """Restore an archived client."""
        return self._change(Action.ARCHIVE_CLIENT, client_id, archived=False)

    def _change(self, action: Action, client_id: str, **given: object) -> Client:
        def run(context: CommandContext) -> Client:
            client = context.client(client_id)
            context.permit(action)
            check_known(context, given.get("tax"))
            changed = with_changes(client, **given)
            context.bump_account(client.id)
            context.put(changed)
            return changed

        return self._executor.write(action, run)
