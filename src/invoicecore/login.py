"""How does somebody sign in?"""

from datetime import datetime

from attrs import field, frozen

from invoicecore.ids import PersonId


@frozen(kw_only=True)
class Login:
    """What is kept of somebody's sign-in, apart from the person, so that no person carries a secret.

    Without `password_hash` they cannot sign in here, though a host may let them in by its own means. `admitted_from`
    are the addresses from which they may sign in, see `invoicecore.addresses`; none means from anywhere.
    """

    person_id: PersonId
    password_hash: str | None = field(default=None, repr=False)
    admitted_from: tuple[str, ...] = ()
    last_sign_in: datetime | None = None
