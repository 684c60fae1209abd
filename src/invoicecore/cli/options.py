"""The options that several commands have.

Values that cannot be valid are refused before anything is done.
"""

import re
from collections.abc import Callable
from datetime import date, time
from functools import partial, wraps
from pathlib import Path
from typing import Any, Final

import click

from invoicecore import Desk, Firm, Money, Page, PaymentTerms, Period, Tax, TaxCategory, TaxComponent
from invoicecore.cli.program import CommandRefused, ExitCode, os_reason
from invoicecore.cli.terms import OptionRefused
from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.calendar import known_zone
from invoicecore.values.money import known_currency
from invoicecore.values.tax import known_code

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


def number(value: str) -> str:
    """An exact number, as it is typed."""
    inputs.decimal_parts("The value", value)
    return value


def _locale(value: str) -> str:
    Money.zero("USD").format(value)
    return value


def _month(value: str) -> Period:
    match = _MONTH.fullmatch(value)
    if match is None:
        raise InvalidInput(f"{value!r:.60} is not a month such as 2016-01.")
    return Period.month(int(match[1]), int(match[2]))


def read_day(value: str) -> date:
    """A day such as 2026-03-31."""
    try:
        return date.fromisoformat(value)
    except ValueError as refused:
        raise InvalidInput(f"{value!r:.60} is not a day such as 2026-03-31.") from refused


def _clock(value: str) -> time:
    try:
        return time.fromisoformat(value)
    except ValueError as refused:
        raise InvalidInput(f"{value!r:.60} is not a time such as 09:30.") from refused


_DUE = re.compile(r"([0-9]{1,4})|eom(?:\+([0-9]{1,4}))?")


def read_payment_terms(value: str) -> PaymentTerms:
    """When invoices are due: a number of days, `eom` for the end of next month, or `eom+10`."""
    match = _DUE.fullmatch(value)
    if match is None:
        raise InvalidInput(f"{value!r:.60} is neither a number of days such as 14, nor eom or eom+10.")
    days, more = match.groups()
    return PaymentTerms.net(int(days)) if days else PaymentTerms.end_of_next_month(int(more or 0))


def spelled_terms(terms: PaymentTerms) -> str:
    """When an invoice is due, in words."""
    days = f"{terms.days} days"
    if not terms.end_of_month:
        return days if not terms.months else f"{terms.months} months and {days}"
    return "at the end of next month" if not terms.days else f"{days} after the end of next month"


def lines(value: str) -> str:
    """A text of several lines, as it is typed: a semicolon ends a line.

    >>> lines("1 Main St; Chicago").splitlines()
    ['1 Main St', 'Chicago']
    """
    return "\n".join(line.strip() for line in value.replace(";", "\n").split("\n"))


def option(name: str, read: Callable[[str], object], alias: str | None = None, **settings: Any) -> Decorator:
    """An option whose text is read by a function, which raises InvalidInput for an impossible one."""
    return click.option(*([name] if alias is None else [name, alias]), callback=_reading(read), **settings)


def argument(name: str, read: Callable[[str], object], **settings: Any) -> Decorator:
    """An argument that is read as an option is."""
    return click.argument(name, callback=_reading(read), **settings)


def _reading(read: Callable[[str], object]) -> Callable[[click.Context, click.Parameter, str | None], object]:
    def callback(context: click.Context, parameter: click.Parameter, value: str | None) -> object:
        try:
            return None if value is None else read(value)
        except InvalidInput as refused:
            raise click.BadParameter(str(refused)) from refused
        except OSError as failed:
            raise click.BadParameter(os_reason(failed)) from failed

    return callback


_PERCENT = re.compile(r"([0-9.,]+)\s*%?")


def _read_tax(value: str) -> Tax | str:
    code, is_both, percent = value.partition("=")
    if not is_both and (not value.strip() or not _PERCENT.fullmatch(value.strip())):
        return _read_code(value)
    digits = (percent if is_both else value).strip().removesuffix("%").strip()
    return Tax(code if is_both else digits, TaxCategory.STANDARD, [TaxComponent("", digits)])


def _read_code(value: str) -> str:
    return known_code(value) if value.strip() else ""


def tax(help: str) -> Decorator:
    """The option that says what is taxed: a tax code of the firm, or a percentage, with a code of its own or without; a
    blank text for none any more."""
    return option("--tax", _read_tax, metavar="CODE|[CODE=]PERCENT", help=help)


def tax_code(help: str) -> Decorator:
    """The option that names a tax code; a blank text for none any more."""
    return option("--tax", _read_code, metavar="CODE", help=help)


def check_tax(firm: Firm, tax: Tax | str | None) -> None:
    """CommandRefused for a code that the firm does not have, or that has another rate: that is changed from a day
    on."""
    known = {it.tax.code: it.tax for it in firm.taxes}  # as each is set last
    if isinstance(tax, str) and tax and tax not in known:
        message = f"There is no tax code {tax!r} yet; give its percentage too, such as {tax}=19."
        raise CommandRefused(message, ExitCode.REFUSED)
    if isinstance(tax, Tax) and tax.code in known:
        [now, *more], [asked] = known[tax.code].components, tax.components
        if more or now.percent != asked.percent:
            message = (
                f"The tax code {tax.code} is another one already, see `invoicecore tax`. To change it from a day on: "
                f"`invoicecore tax {tax.code} {asked.percent:f} --since DAY`."
            )
            raise CommandRefused(message, ExitCode.REFUSED)


def set_tax(desk: Desk, tax: Tax | str | None) -> None:
    """Let the firm tax all clients who have no code of their own so; None leaves it as it is, and a blank text takes
    it away."""
    if tax is None:
        return
    firm = desk.firm.settings()
    check_tax(firm, tax)
    code = tax if isinstance(tax, str) else tax.code
    if isinstance(tax, Tax) and not firm.knows_tax(code):
        [component] = tax.components
        desk.firm.set_tax(code, category=tax.category, percent=component.percent)
    if firm.tax != (code or None):
        desk.firm.change(tax=code or None)


file: Final = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
currency: Final = option("--currency", known_currency, metavar="CODE", help="The currency, if the file names none.")


def one_month(help: str) -> Decorator:
    """A month, which is given once: of two, one would be taken without a word about the other."""

    def callback(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> object:
        if len(values) > 1:
            raise click.BadParameter(f"give one month at a time, not {' and '.join(values)}.")
        return _reading(_month)(context, parameter, values[0] if values else None)

    return click.option("--month", metavar="YYYY-MM", multiple=True, callback=callback, help=help)


month: Final = one_month("Also make the time invoice of a month.")
this_month: Final = click.argument("month", metavar="YYYY-MM", callback=_reading(_month))
locale: Final = option("--locale", _locale, default="en_US", show_default=True, help="How money is written.")


def day(name: str, help: str, **settings: Any) -> Decorator:
    """A day such as 2026-03-31."""
    return option(name, read_day, metavar="DAY", help=help, **settings)


def clock(name: str, help: str) -> Decorator:
    """A time of the day such as 09:30."""
    return option(name, _clock, metavar="HH:MM", help=help)


def payment_terms(help: str) -> Decorator:
    """When invoices are due."""
    return option("--due-in", read_payment_terms, metavar="DAYS", help=help)


def period(command: Callable[..., Any]) -> Callable[..., Any]:
    """A month, or days from and until; what the command gets is a `period`, None for all days."""

    @wraps(command)
    def run(month: Period | None, since: date | None, until: date | None, **given: Any) -> Any:
        if month is not None and (since or until):
            raise OptionRefused("--month", "give a month, or --from and --until.")
        if (since is None) is not (until is None):
            raise OptionRefused("--until", "--from and --until go together.")
        days = month if since is None or until is None else Period(since, until)
        return command(period=days, **given)

    whole: Callable[..., Any] = run
    for each in (
        day("--until", "The last day."),
        day("--from", "The first day.", alias="since"),
        one_month("The days of a month."),
    ):
        whole = each(whole)
    return whole


def paged(command: Callable[..., Any]) -> Callable[..., Any]:
    """How much of a list is shown, and where it begins."""
    command = click.option("--after", metavar="CURSOR", help="Go on after a page: its next_cursor.")(command)
    limit = click.IntRange(1, 1000)
    return click.option(
        "--limit", type=limit, default=100, metavar="N", show_default="100", help="At most so many rows, up to 1000."
    )(command)


def timezone(help: str) -> Decorator:
    """The zone of local times."""
    return option("--timezone", lambda value: known_zone(value).key, metavar="ZONE", help=help)


def firm(help: str) -> Decorator:
    """What the firm is called."""
    return option("--firm", partial(inputs.name, "The firm's name"), metavar="NAME", help=help)


def terms(command: Callable[..., Any]) -> Callable[..., Any]:
    """The balance terms of clients that are new."""
    for each in (
        option("--allowed", number, metavar="BALANCE", help="At this balance work stops."),
        option("--refill-rate", number, metavar="AMOUNT", help="What an hour of a refill costs."),
        option("--refill-hours", number, metavar="HOURS", help="So many hours are in a refill."),
        option("--refill-at", number, metavar="BALANCE", help="At this balance, ask for a refill."),
    ):
        command = each(command)
    return command


def net_of(firm: Firm) -> tuple[str, ...]:
    """What is said of a balance where there are taxes."""
    return ("The balance, and what moves it, are without tax.",) if firm.taxes else ()


def rest_of(page: Page[Any]) -> tuple[str, ...]:
    """What is said of rows that come after those that are shown."""
    return () if page.next_cursor is None else (f"There are more; go on with --after {page.next_cursor}.",)
