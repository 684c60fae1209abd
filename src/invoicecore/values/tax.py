"""Tax codes, and the tax of an invoice: rounded once for each code and rate, on the sum of its net lines."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from attrs import field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr
from invoicecore.values.money import Money
from invoicecore.vocabulary import TaxCategory

_PLACES = 6
_LARGEST = 1000


def half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to a ratio with a denominator above zero; a half is rounded away from zero.

    >>> half_up(5, 2), half_up(-5, 2), half_up(7, 3)
    (3, -3, 2)
    """
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded


def known_code(value: object) -> str:
    """A tax code of a firm, such as DE19. InvalidInput for anything else."""
    good = inputs.name("A tax code", value)
    if any(it.isspace() or it in "=:," for it in good) or len(good) > 30:
        message = f"A tax code is at most 30 signs without blanks, '=', ':' and ',', not {short_repr(good)}."
        raise InvalidInput(message, "not_a_tax_code")
    return good


def known_percent(value: object) -> Decimal:
    """A percentage from 0 to below 1000 with at most six decimals, exact. InvalidInput for anything else."""
    digits, scale = inputs.decimal_parts("percent", value)
    if digits < 0 or digits >= _LARGEST * 10**scale:
        message = f"A percentage lies between 0 and {_LARGEST}, and {short_repr(value)} does not."
        raise InvalidInput(message, "not_a_tax_rate", field="percent")
    if scale > _PLACES:
        message = f"A percentage has at most {_PLACES} decimals, not {scale}."
        raise InvalidInput(message, "too_precise", field="percent", decimals=_PLACES)
    return Decimal(f"{digits}E-{scale}")  # exact, whatever the decimal context


def _label(value: str) -> str:
    return inputs.text("The name of a tax", value)


def _reason(value: str) -> str:
    return inputs.text("The reason of a tax code", value)


def _category(value: TaxCategory) -> TaxCategory:
    return inputs.instance("category", value, TaxCategory)


def _on_top(value: bool) -> bool:
    return inputs.yes_or_no("on_top", value)


@frozen
class TaxComponent:
    """One tax of a code: its name on invoices, and its percentage of the net amount or, with `on_top`, of the net
    amount and the components before it."""

    name: str = field(converter=_label)
    percent: Decimal = field(converter=known_percent)
    on_top: bool = field(default=False, converter=_on_top)


def _components(values: Iterable[TaxComponent]) -> tuple[TaxComponent, ...]:
    several = inputs.several("components", values, "tax components")
    if not 1 <= len(several) <= 9:
        message = f"A tax code has one to nine components, not {len(several)}."
        raise InvalidInput(message, "too_many", field="components", most=9)
    return tuple(inputs.instance("components", it, TaxComponent) for it in several)


@frozen
class Tax:
    """The tax of a line: a tax code as it is on a day. A code of category STANDARD has one to nine components above 0
    %, and no reason. Every other one has one component of 0 %; its `reason` says why no tax is asked for, and if it is
    empty, the words of the category are printed in the client's language. EXEMPT needs a reason. InvalidInput for
    anything else.

    >>> quebec = Tax("QC", TaxCategory.STANDARD, [TaxComponent("GST", "5"), TaxComponent("QST", "9.975")])
    >>> [it.tax_minor for it in tax_rows({quebec: 10_000})]
    [500, 998]
    """

    code: str = field(converter=known_code)
    category: TaxCategory = field(converter=_category)
    components: tuple[TaxComponent, ...] = field(converter=_components)
    reason: str = field(default="", converter=_reason)

    def __attrs_post_init__(self) -> None:
        is_taxed = self.category is TaxCategory.STANDARD
        if is_taxed and self.reason:
            raise InvalidInput("A code that asks for tax needs no reason.", "not_of_this_tax", field="reason")
        if any((it.percent > 0) is not is_taxed for it in self.components):
            wanted = "above 0 %" if is_taxed else "0 %"
            message = f"A tax code of the category {self.category} has {wanted} in each component."
            raise InvalidInput(message, "not_of_this_tax", field="percent")
        if not is_taxed and len(self.components) > 1:
            message = f"A tax code of the category {self.category} has one component."
            raise InvalidInput(message, "not_of_this_tax", field="components")
        if self.category is TaxCategory.EXEMPT and not self.reason:
            raise InvalidInput("An exempt code needs the reason that is printed.", "no_reason", field="reason")

    @property
    def percents(self) -> tuple[Decimal, ...]:
        """The percentage of each component."""
        return tuple(it.percent for it in self.components)


@frozen
class TaxRow:
    """One component of a tax on an invoice, in minor units: the amount that it is computed on, which is the net amount,
    with the components before it if it is `on_top`, and the tax."""

    tax: Tax
    component: TaxComponent
    base_minor: int
    tax_minor: int


@frozen
class TaxSum:
    """One row of the tax table of an invoice: the sum of the amounts that a component of a code and rate is computed
    on, and its tax. `name` is the name of the tax; `reason` says why no tax is asked for, if the code gives one."""

    code: str
    category: TaxCategory
    name: str
    percent: Decimal
    base: Money
    tax: Money
    reason: str = ""


def tax_rows(bases: Mapping[Tax, int]) -> Iterator[TaxRow]:
    """The rows of a tax table, in the order of codes and rates: each component of each tax, rounded once, halves away
    from zero, on the sum of its net amounts in minor units."""
    for tax in sorted(bases, key=lambda it: (it.code, it.percents, it.category, str(it))):
        so_far = base = bases[tax]
        for component in tax.components:
            of = so_far if component.on_top else base
            digits, scale = inputs.decimal_parts("percent", component.percent)
            minor = half_up(of * digits, 100 * 10**scale)
            so_far += minor
            yield TaxRow(tax, component, of, minor)


def tax_minor(bases: Mapping[Tax, int]) -> int:
    """All tax on the sums of net amounts, in minor units."""
    return sum(row.tax_minor for row in tax_rows(bases))


def tax_table(bases: Mapping[Tax, int], currency: str) -> tuple[TaxSum, ...]:
    """The tax table of those sums of net amounts, in minor units of a currency."""
    return tuple(
        TaxSum(
            row.tax.code,
            row.tax.category,
            row.component.name,
            row.component.percent,
            Money(minor=row.base_minor, currency=currency),
            Money(minor=row.tax_minor, currency=currency),
            row.tax.reason,
        )
        for row in tax_rows(bases)
    )
