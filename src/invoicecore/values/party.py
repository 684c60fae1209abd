"""The sender or receiver of an invoice in parts: address, tax ids, contact, bank account, and the client's
references."""

import re
from collections.abc import Iterable, Iterator

from attrs import field, fields, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.inputs import short_repr

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_VAT_ID = re.compile(r"[A-Z]{2}[0-9A-Z+*]{2,16}", re.ASCII)
_STROKES = str.maketrans("", "", "-.")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}", re.ASCII)
_BIC = re.compile(r"[A-Z]{6}[0-9A-Z]{2}(?:[0-9A-Z]{3})?", re.ASCII)
_MOST_LINES = 5

_CITY_FIRST = frozenset({"GB", "IE", "NZ"})
"""The countries in which the postcode stands in a line of its own, after the city."""
_REGION_BEFORE_POSTCODE = frozenset({"AU", "CA", "IN", "US"})
_LARGE_TO_SMALL = frozenset({"CN", "JP", "KR", "TW"})


def _line(value: str) -> str:
    what = "This part of an address"
    return inputs.line(what, value) if inputs.text(what, value) else ""


def _lines(values: Iterable[str]) -> tuple[str, ...]:
    several = inputs.several("lines", values, "lines")
    if len(several) > _MOST_LINES:
        raise InvalidInput(f"An address has at most {_MOST_LINES} lines.", "too_many", field="lines", most=_MOST_LINES)
    return tuple(_line(it) for it in several)


def _matching(what: str, pattern: re.Pattern[str], value: str) -> str:
    """A text without blanks, in capitals, that is empty or has a form."""
    compact = "".join(_line(value).split()).upper()
    if compact and pattern.fullmatch(compact) is None:
        raise InvalidInput(f"{short_repr(value)} is no {what}.", "not_of_this_form", field=what)
    return compact


def _country(value: str) -> str:
    return _matching("country, such as DE", _COUNTRY, value)


def known_vat_id(value: str) -> str:
    """A VAT id without the hyphens and full stops of some countries, or an empty text. InvalidInput for another
    text."""
    return _matching("VAT id, such as DE136695976", _VAT_ID, _line(value).translate(_STROKES))


def _bic(value: str) -> str:
    return _matching("BIC", _BIC, value)


def _iban(value: str) -> str:
    compact = _matching("IBAN", _IBAN, value)
    digits = "".join(str(int(letter, 36)) for letter in compact[4:] + compact[:4])
    if compact and int(digits) % 97 != 1:
        raise InvalidInput(f"{short_repr(value)} is no IBAN: its check digits do not fit.", "not_of_this_form")
    return compact


@frozen(kw_only=True)
class Party:
    r"""A firm or a client in parts, each of which may be empty: `name` is the registered one, where it differs; `lines`
    are those of the address before the city; `country` is an ISO 3166 code. `iban` and `bic` are where a firm is paid;
    `buyer_reference` and `order_number` are what a client wants to see on their invoices.

    >>> Party(lines=["1 Main St"], city="Springfield", region="IL", postcode="62701", country="US").address()
    '1 Main St\nSpringfield, IL 62701'
    """

    name: str = field(default="", converter=_line)
    lines: tuple[str, ...] = field(default=(), converter=_lines)
    postcode: str = field(default="", converter=_line)
    city: str = field(default="", converter=_line)
    region: str = field(default="", converter=_line)
    country: str = field(default="", converter=_country)
    vat_id: str = field(default="", converter=known_vat_id)
    legal_id: str = field(default="", converter=_line)
    tax_number: str = field(default="", converter=_line)
    email: str = field(default="", converter=_line)
    phone: str = field(default="", converter=_line)
    contact: str = field(default="", converter=_line)
    iban: str = field(default="", converter=_iban)
    bic: str = field(default="", converter=_bic)
    buyer_reference: str = field(default="", converter=_line)
    order_number: str = field(default="", converter=_line)

    def __repr__(self) -> str:
        given = (f"{it.name}={value!r}" for it in fields(Party) if (value := getattr(self, it.name)) != it.default)
        return f"Party({', '.join(given)})"

    def address(self, country: str = "") -> str:
        """The lines of the address in the order of its country; `country` is what that is called, where it is to be
        said."""
        return "\n".join(filter(None, self._address(inputs.text("country", country))))

    def _address(self, country: str) -> Iterator[str]:
        place = (self.postcode, self.city, self.region)
        if self.country in _LARGE_TO_SMALL:
            yield country
            yield f"〒{self.postcode}" if self.country == "JP" and self.postcode else self.postcode
            yield " ".join(filter(None, (self.region, self.city)))
            yield from self.lines
            return
        yield from self.lines
        if self.country in _REGION_BEFORE_POSTCODE:
            behind = " ".join(filter(None, (self.region, self.postcode)))
            yield ", ".join(filter(None, (self.city, behind)))
        elif self.country in _CITY_FIRST:
            yield self.city
            yield self.region
            yield self.postcode
        elif self.country in {"ES", "IT"} and self.region:
            yield " ".join(filter(None, (*place[:2], f"({self.region})")))
        else:
            yield " ".join(filter(None, place[:2]))
            yield self.region
        yield country


def known_party(value: "Party | None") -> "Party | None":
    """A party, or none."""
    return inputs.optional(value, lambda it: inputs.instance("party", it, Party))


def check_vat_id(party: Party) -> None:
    """InvalidInput for a VAT id with wrong check digits, if the extra `check` is installed and knows the country.
    Nobody is asked whether the id exists."""
    if not party.vat_id:
        return
    try:
        from stdnum.eu import vat
        from stdnum.util import get_cc_module
    except ModuleNotFoundError:
        return
    prefix = party.vat_id[:2].lower()
    known = vat if prefix in {*vat.MEMBER_STATES, "el", "xi"} else get_cc_module(prefix, "vat")
    if known is not None and not known.is_valid(party.vat_id):
        message = f"{party.vat_id} is no VAT id of {prefix.upper()}: its digits do not fit."
        raise InvalidInput(message, "not_of_this_form", field="party")
