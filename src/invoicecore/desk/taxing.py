"""The tax of lines: that of the tax code of the charge, or else of the project, the client or the firm, on a day."""

from collections.abc import Callable
from datetime import date
from functools import cache

from attrs import evolve

from invoicecore.desk.context import CommandContext
from invoicecore.errors import NotFound
from invoicecore.lifecycle.drafts import TaxOfWork
from invoicecore.lifecycle.invoice import Line
from invoicecore.model.client import Client
from invoicecore.model.project import Project
from invoicecore.settlement.account import Account
from invoicecore.values.ids import ProjectId
from invoicecore.values.tax import Tax, known_code
from invoicecore.vocabulary import Advance, Deposit


def tax_of_work(context: CommandContext, account: Account) -> TaxOfWork | None:
    """The tax of a client's work and charges; None in a firm without taxes."""
    firm = context.firm
    if not firm.taxes:
        return None
    code_of = codes_of_client(context, context.client_of(account))

    @cache
    def tax_of(project_id: ProjectId | None, day: date, code: str | None) -> Tax | None:
        return firm.tax_on(code or code_of(project_id, day), day)

    return tax_of


def codes_of_client(context: CommandContext, client: Client) -> Callable[[ProjectId | None, date], str | None]:
    """A function that gives the tax code for a project of a client, or for none, on a day: the answer of the tax
    decider, or else the code of the project, the client or the firm."""

    @cache
    def code_of(project_id: ProjectId | None, day: date) -> str | None:
        project = None if project_id is None else context.uow.get(Project, project_id)
        decided = None if context.tax_decider is None else context.tax_decider.tax_code(client, project, day)
        if decided is not None:
            check_known(context, known_code(decided))
        return decided or (None if project is None else project.tax) or client.tax or context.firm.tax

    return code_of


def tax_of_client(context: CommandContext, client: Client, day: date) -> Tax | None:
    """The tax on a day of what is not work of a client: refills and manual invoices."""
    return context.firm.tax_on(codes_of_client(context, client)(None, day), day) if context.firm.taxes else None


def taxed(
    context: CommandContext, account: Account, client: Client, lines: tuple[Line, ...], deposit: Deposit, day: date
) -> tuple[Line, ...]:
    """The lines of a refill or a manual invoice with the tax of a day; without tax if the invoice deposits and the
    client's advances are untaxed."""
    refill = account.terms.refill
    is_untaxed = deposit is Deposit.TO_BALANCE and refill is not None and refill.advance is Advance.UNTAXED
    tax = None if is_untaxed else tax_of_client(context, client, day)
    return tuple(line if line.tax == tax else evolve(line, tax=tax) for line in lines)


def check_known(context: CommandContext, code: object) -> None:
    """NotFound for a tax code that the firm never set; None is none."""
    if isinstance(code, str) and not context.firm.knows_tax(code):
        raise NotFound("tax code", code)
