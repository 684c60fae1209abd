"""The words that people read on screens: labels of the library's words, and sentences about its errors.

English stands in the code; the other languages are the gettext catalogues in this folder.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from invoicecore.errors import InvalidInput, InvoicecoreError
from invoicecore.ledger.remarks import Remark, Sentence
from invoicecore.lifecycle.table import Obstacle
from invoicecore.values import inputs
from invoicecore.values.locales import USUAL, parsed_locale
from invoicecore.values.money import Money
from invoicecore.vocabulary import (
    Action,
    ChargeKind,
    Cover,
    Debt,
    Deposit,
    DocumentedEnum,
    EntryKind,
    EventScope,
    OnVoid,
    Overpayment,
    PaymentOrigin,
)
from invoicecore.words.sentences import SENTENCES

__all__ = ["LABELLED", "label", "messages", "say"]

LABELLED: tuple[type[DocumentedEnum], ...] = tuple(
    kind for kind in DocumentedEnum.__subclasses__() if kind.__module__ == DocumentedEnum.__module__
)
"""The enums whose members have labels."""

_OTHER_THAN_VALUE: dict[tuple[type[DocumentedEnum], DocumentedEnum], str] = {
    (type(word), word): text
    for word, text in (
        (Deposit.TO_BALANCE, "Added to the balance"),
        (Deposit.NOT_DEPOSITED, "Not added to the balance"),
        (Cover.AVAILABLE, "Take off what is covered"),
        (Cover.NOTHING, "Ask for all of the work"),
        (Overpayment.TO_CREDIT, "Keep the excess as credit"),
        (OnVoid.KEEP, "Kept as credit"),
        (OnVoid.REVERSE, "Taken back"),
        (Debt.KEEP, "Still owed"),
        (Debt.FORGIVE, "Forgiven"),
        (PaymentOrigin.STATUS_MENU, "Marked as paid"),
        (EventScope.ALL, "All changes"),
        (ChargeKind.ALLOWANCE, "Discount"),
        (EntryKind.ALLOWANCE, "Discount"),
        (EntryKind.ALLOWANCE_REVERSED, "Discount reversed"),
        (Action.STATE_PRICE, "State a price"),
        (Action.EDIT_CHARGE, "Edit a charge"),
        (Action.DELETE_CHARGE, "Delete a charge"),
        (Action.VIEW_CHARGES, "See charges"),
        (EntryKind.WRITE_OFF, "Write-off"),
        (EntryKind.WRITE_OFF_REVERSED, "Write-off reversed"),
        (Action.MAKE_MANUAL_INVOICE, "Create a manual invoice"),
        (Action.SWEEP_OVERDUE, "Mark overdue invoices"),
        (Action.VIEW_INVOICES, "See invoices"),
        (Action.VIEW_PAYMENTS, "See payments"),
        (Action.CHANGE_CLIENT, "Change a client"),
        (Action.SET_TERMS, "Change balance terms"),
        (Action.CHANGE_PROJECT, "Change a project"),
        (Action.SET_RATE, "Change a rate"),
        (Action.STATE_RATE, "State a rate"),
        (Action.STATE_BILLABLE, "Say whether work is billable"),
        (Action.VIEW_PEOPLE, "See people"),
        (Action.CHANGE_OWN_PROFILE, "Change one's profile"),
        (Action.SET_ALLOWED_ADDRESSES, "Limit sign-in to addresses"),
        (Action.VIEW_LOGIN, "See sign-in data"),
        (Action.CHANGE_FIRM, "Change settings"),
        (Action.VIEW_FIRM, "See settings"),
        (Action.VIEW_LOGO, "See logos"),
        (Action.VIEW_AUDIT, "See the audit"),
    )
}


def label(word: DocumentedEnum, locale: str = "en") -> str:
    """What a role, status, kind, action or another word is called on a screen, in the language of a locale; in English
    if the library does not speak it.

    >>> from invoicecore.vocabulary import Status
    >>> label(Status.DUE, "de_AT"), label(Action.RECORD_PAYMENT)
    ('Fällig', 'Record a payment')
    """
    inputs.instance("word", word, DocumentedEnum)
    return _catalogue(locale).pgettext(type(word).__name__, _in_english(word))


def say(spoken: InvoicecoreError | Sentence, locale: str = "en") -> str:
    r"""What an error says to the people who use a screen, or a sentence of an explanation or a warning about terms, in
    the language of a locale; in English if the library does not speak it. Everything that is wrong with a form is said
    together; `say` each of its `problems` beside its field.

    >>> from invoicecore.errors import AmountTooLarge
    >>> say(AmountTooLarge("overpayment=…", field="amount", most=Money.of("12.50", "EUR")), "de")
    'Das ist zu viel: Möglich sind höchstens 12,50\xa0€.'
    """
    catalogue = _catalogue(locale)
    if isinstance(spoken, Sentence):
        words = catalogue.pgettext(Remark.__name__, spoken.remark.meaning)
    else:
        inputs.instance("error", spoken, InvoicecoreError)
        if isinstance(spoken, InvalidInput) and len(spoken.problems) > 1:
            return " ".join(say(problem, locale) for problem in spoken.problems)
        codes = (spoken.code, *(kind.class_code for kind in type(spoken).__mro__ if issubclass(kind, InvoicecoreError)))
        words = catalogue.gettext(SENTENCES[next(code for code in codes if code in SENTENCES)])
    return words.format_map({name: _said(value, locale) for name, value in spoken.params.items()})


def why_not(sentence: str, locale: str) -> str:
    """Why an action is not available, in the language of a locale; an empty text stays empty."""
    return sentence and _catalogue(locale).pgettext(Obstacle.__name__, sentence)


def messages() -> Iterator[tuple[str | None, str]]:
    """All that is translated: each text with its context."""
    for kind in LABELLED:
        yield from ((kind.__name__, _in_english(word)) for word in kind)
    yield from ((Obstacle.__name__, obstacle.meaning) for obstacle in Obstacle)
    yield from ((Remark.__name__, remark.meaning) for remark in Remark)
    yield from ((None, sentence) for sentence in SENTENCES.values())


def _in_english(word: DocumentedEnum) -> str:
    if (type(word), word) in _OTHER_THAN_VALUE:
        return _OTHER_THAN_VALUE[type(word), word]
    text = word.replace("_", " ")
    if isinstance(word, Action):
        text = " ".join(word.phrase.replace(" of {}", "").replace(" to {}", "").replace("{}", "").split())
    return f"{text[:1].upper()}{text[1:]}"


def _said(value: object, locale: str) -> str:
    match value:
        case Obstacle():
            return why_not(value.meaning, locale)
        case DocumentedEnum():
            return label(value, locale)
        case InvoicecoreError():
            return say(value, locale)
        case Money():
            return value.format(_written(locale))
        case date():
            from babel.dates import format_date

            return format_date(value, "long", _written(locale))
    return str(value)


def _written(locale: str) -> str:
    """The locale in which amounts and days are written; English if babel does not know it, as a browser may ask for
    anything."""
    name = locale.replace("-", "_")
    try:
        parsed_locale(name)
    except InvalidInput:
        return USUAL
    return name


_ENGLISH = NullTranslations()


def _catalogue(locale: str) -> NullTranslations:
    """The catalogue of a locale, or of its language; an empty one, which leaves English as it is, if there is none."""
    name = inputs.instance("locale", locale, str).replace("-", "_")
    stored = _stored()
    return stored.get(name) or stored.get(name.partition("_")[0].lower()) or _ENGLISH


@cache
def _stored() -> dict[str, GNUTranslations]:
    found = {}
    for file in files(__package__).joinpath("catalogues").iterdir():
        if file.name.endswith(".mo"):
            with file.open("rb") as content:
                found[file.name.removesuffix(".mo")] = GNUTranslations(content)
    return found
