"""The words that people read on screens: labels of the library's words, and sentences about its errors.

English stands in the code; the other languages are the gettext catalogues in this folder.
"""

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

from invoicecore.vocabulary import Action, DocumentedEnum

__all__ = ["LABELLED", "label"]

LABELLED: tuple[type[DocumentedEnum], ...] = tuple(
    kind for kind in DocumentedEnum.__subclasses__() if kind.__module__ == DocumentedEnum.__module__
)
"""The enums whose members have labels."""


def label(word: DocumentedEnum, locale: str = "en") -> str:
    """What a role, status, kind, action or other word is called on a screen.

    >>> from invoicecore.vocabulary import Status
    >>> label(Status.DUE)
    'Due'
    """
    return catalogue(locale).pgettext(type(word).__name__, english_label(word))


def english_label(word: DocumentedEnum) -> str:
    """The label of a word in English.

    >>> english_label(Action.RECORD_PAYMENT), english_label(Action.SET_DUE)
    ('Record a payment', 'Mark as due')
    """
    text = word.replace("_", " ")
    if isinstance(word, Action):
        text = " ".join(word.phrase.replace(" of {}", "").replace(" to {}", "").replace("{}", "").split())
    return f"{text[:1].upper()}{text[1:]}"


def catalogue(locale: str) -> NullTranslations:
    """The catalogue of a locale, or of its language; an empty one, which leaves English as it is, if there is none."""
    name = locale.replace("-", "_")
    return _catalogue(name) or _catalogue(name.partition("_")[0]) or _ENGLISH


_ENGLISH = NullTranslations()


@lru_cache(maxsize=64)
def _catalogue(name: str) -> GNUTranslations | None:
    file = files(__package__).joinpath("catalogues", f"{name}.mo")
    if not name.isidentifier() or not file.is_file():
        return None
    with file.open("rb") as content:
        return GNUTranslations(content)
