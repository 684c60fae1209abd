"""How does somebody sign in, and which passwords can be kept?"""

from datetime import datetime
from unicodedata import normalize

from attrs import field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.ids import PersonId

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 1_000
"""How many characters a password may have."""


@frozen(kw_only=True)
class LoginView:
    """What may be shown of somebody's sign-in. No `admitted_from` is from anywhere, no `last_sign_in` is never."""

    person_id: PersonId
    has_password: bool
    admitted_from: tuple[str, ...]
    last_sign_in: datetime | None


@frozen(kw_only=True)
class Login:
    """What is kept of somebody's sign-in, apart from the person, so that no person carries a secret.

    Without `password_hash` they cannot sign in here, though a host may let them in by its own means. `admitted_from`
    are the ranges of addresses from which they may sign in (`invoicecore.values.addresses`); none means from anywhere.
    """

    person_id: PersonId
    password_hash: str | None = field(default=None, repr=False)
    admitted_from: tuple[str, ...] = ()
    last_sign_in: datetime | None = None

    def view(self) -> LoginView:
        """It without its secret."""
        return LoginView(
            person_id=self.person_id,
            has_password=self.password_hash is not None,
            admitted_from=self.admitted_from,
            last_sign_in=self.last_sign_in,
        )


def known_password(given: object) -> str:
    """A password that can be kept, in the one form in which it is hashed: NFKC, so that it does not matter on which
    keyboard it is typed. Malformed, without a word of it, for one that cannot."""
    password = typed_password(given)
    if password is None or len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(
            f"A password must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, and neither a NUL nor half a "
            f"surrogate pair."
        )
    return password


def typed_password(given: object) -> str | None:
    """What somebody typed as a password, in the form in which it is hashed; None if it can be nobody's. Malformed,
    without a word of it, for what is no text."""
    if not isinstance(given, str):
        raise InvalidInput(f"A password must be text, not a {type(given).__name__}.")
    try:
        inputs.text("A password", given, LONGEST_PASSWORD)
    except InvalidInput:
        return None
    return normalize("NFKC", given)  # with the blanks around it, which are meant
