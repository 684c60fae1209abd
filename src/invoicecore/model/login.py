"""Sign-in data of a person, and the rules for passwords."""

from datetime import datetime
from unicodedata import normalize

from attrs import field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.ids import PersonId

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 1_000
"""The bounds of the length of a password, in characters."""


@frozen(kw_only=True)
class LoginView:
    """Sign-in data that may be shown. An empty `admitted_from` means from anywhere; `last_sign_in` is None for never.
    `password_changed_at` is when a password was last given, changed or removed: a host ends web sessions that began
    before it."""

    person_id: PersonId
    has_password: bool
    admitted_from: tuple[str, ...]
    last_sign_in: datetime | None
    password_changed_at: datetime | None = None


@frozen(kw_only=True)
class Login:
    """Stored sign-in data, apart from the person, so no `Person` contains a secret.

    Without `password_hash` a person cannot sign in here, but a host may identify them in its own way. `admitted_from`
    are the address ranges from which they may sign in (`invoicecore.values.addresses`); an empty list means from
    anywhere.
    """

    person_id: PersonId
    password_hash: str | None = field(default=None, repr=False)
    admitted_from: tuple[str, ...] = ()
    last_sign_in: datetime | None = None
    password_changed_at: datetime | None = None

    def view(self) -> LoginView:
        """The data without the secret."""
        return LoginView(
            person_id=self.person_id,
            has_password=self.password_hash is not None,
            admitted_from=self.admitted_from,
            last_sign_in=self.last_sign_in,
            password_changed_at=self.password_changed_at,
        )


def known_password(given: object) -> str:
    """A new password in the form in which it is hashed: NFKC, so that the keyboard does not matter. InvalidInput for an
    unacceptable one; the message does not contain it."""
    password = typed_password(given)
    if password is None or len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(
            f"A password must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters, and neither a NUL nor half a "
            f"surrogate pair.",
            "password_length",
            shortest=SHORTEST_PASSWORD,
            longest=LONGEST_PASSWORD,
        )
    return password


def typed_password(given: object) -> str | None:
    """A typed password in the form in which it is hashed; None if nobody can have it. InvalidInput for anything but
    text; the message does not contain it."""
    if not isinstance(given, str):
        raise InvalidInput(f"A password must be text, not {inputs.type_of(given)}.")
    try:
        inputs.text("A password", given, LONGEST_PASSWORD)
    except InvalidInput:
        return None
    return normalize("NFKC", given)  # surrounding blanks are part of a password
