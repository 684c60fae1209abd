"""Sign-in with e-mail and password.

Every refusal has the same message and takes the same time: storage gets the same queries and one password is hashed,
even if the person does not exist. So neither the message nor the time reveals who has an account.
"""

from attrs import evolve, frozen

from invoicecore.desk.executor import retry
from invoicecore.errors import InvalidInput, SignInRefused
from invoicecore.model.login import Login, typed_password
from invoicecore.model.person import Person
from invoicecore.ports.clock import Clock, time_by
from invoicecore.ports.passwords import PasswordHasher
from invoicecore.ports.store import AuditRecord, Storage, UniqueKind
from invoicecore.ports.throttle import Throttle
from invoicecore.storage.unit_of_work import UnitOfWork
from invoicecore.values import inputs
from invoicecore.values.addresses import admits
from invoicecore.values.emails import known_email
from invoicecore.values.ids import FirmId, IdSource, PersonId
from invoicecore.vocabulary import Action

_NOBODY = ""
"""Neither an e-mail nor the id of anybody: what is looked for where nobody is."""


@frozen
class SignInCandidate:
    """The person and the login that belong to an e-mail; either may be missing."""

    person: Person | None
    login: Login | None

    @property
    def password_hash(self) -> str | None:
        """The stored hash of their password, if there is one."""
        return None if self.login is None else self.login.password_hash

    def may_sign_in(self, address: str | None) -> bool:
        """Whether they could sign in from an address, with the right password."""
        if self.person is None or self.person.archived or self.login is None:
            return False
        return self.login.password_hash is not None and admits(self.login.admitted_from, address)


@frozen
class SignIn:
    """Signs people in with e-mail and password."""

    _storage: Storage
    _firm_id: FirmId
    _clock: Clock
    _ids: IdSource
    _passwords: PasswordHasher
    _throttle: Throttle | None

    def person(self, email: str, password: str, address: str | None) -> PersonId:
        """The person who signed in. InvalidInput for what is no text, SignInThrottled before anything is looked up,
        SignInRefused for everything else that is wrong."""
        email, typed = _spelled(email), typed_password(password)
        inputs.optional(address, lambda given: inputs.instance("An address", given, str))
        if self._throttle is not None:
            self._throttle.check(email, address)
        candidate = retry(self._look_up, email, repeatable=True)
        person_id = self._checked(candidate, email, typed, address)
        if self._throttle is not None:
            (self._throttle.succeeded if person_id else self._throttle.failed)(email, address)
        if person_id is None:
            raise SignInRefused
        return person_id

    def _checked(
        self, candidate: SignInCandidate, email: str, typed: str | None, address: str | None
    ) -> PersonId | None:
        stored = candidate.password_hash
        fits = self._passwords.verify(None if typed is None else stored, typed or "")
        if not fits or typed is None or stored is None or not candidate.may_sign_in(address):
            return None
        renewed = self._passwords.hash(typed) if self._passwords.outdated(stored) else stored
        return retry(self._record, email, stored, renewed, address, repeatable=False)

    def _look_up(self, email: str) -> SignInCandidate:
        with UnitOfWork(self._storage, self._firm_id) as uow:
            return _candidate(uow, email)

    def _record(self, email: str, checked: str, renewed: str, address: str | None) -> PersonId | None:
        """Record the sign-in, with the password perhaps hashed anew. None if the stored password was changed in the
        meantime."""
        with UnitOfWork(self._storage, self._firm_id) as uow:
            candidate = _candidate(uow, email)
            if candidate.person is None or candidate.login is None:
                return None
            if candidate.password_hash != checked or not candidate.may_sign_in(address):
                return None
            now, person_id = time_by(self._clock), candidate.person.id
            change = uow.put(evolve(candidate.login, password_hash=renewed, last_sign_in=now))
            uow.append(AuditRecord(self._ids(), now, person_id, Action.SIGN_IN, (change,)))
            uow.commit()
            return person_id


def _candidate(uow: UnitOfWork, email: str) -> SignInCandidate:
    person_id = uow.owners(UniqueKind.EMAIL, (email,)).get(email, _NOBODY)
    return SignInCandidate(uow.get(Person, person_id), uow.get(Login, person_id))


def _spelled(email: object) -> str:
    """An e-mail as it would be reserved, or what nobody's is."""
    if not isinstance(email, str):
        raise InvalidInput(f"An e-mail must be text, not {inputs.type_of(email)}.")
    try:
        return known_email(email)
    except InvalidInput:
        return _NOBODY
