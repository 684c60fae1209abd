"""People: the firm's employees and the clients' contacts."""

from attrs import field, frozen

from invoicecore.errors import InvalidInput
from invoicecore.values import inputs
from invoicecore.values.calendar import known_zone
from invoicecore.values.emails import known_email
from invoicecore.values.ids import ClientId, PersonId, ProjectId
from invoicecore.vocabulary import Role


def _name(value: str) -> str:
    return inputs.name("A person's name", value)


def _email(value: str | None) -> str | None:
    return inputs.optional(inputs.unless_blank(value), known_email)


def _zone(value: str | None) -> str | None:
    return inputs.optional(inputs.unless_blank(value), lambda name: known_zone(name).key)


def _role(value: Role) -> Role:
    return inputs.instance("A role", value, Role)


@frozen(kw_only=True)
class Person:
    """An employee, or a client's contact.

    Employees have no client. A contact has one, and may be limited to some of its projects (None: all of them).
    An e-mail is unique in the firm and needed only by those who sign in.
    """

    name: str = field(converter=_name)
    role: Role = field(converter=_role)
    email: str | None = field(default=None, converter=_email)
    timezone: str | None = field(default=None, converter=_zone)
    client_id: ClientId | None = None
    limited_to: frozenset[ProjectId] | None = None
    archived: bool = False
    id: PersonId = PersonId("")

    def __repr__(self) -> str:
        return f"<Person {self.name}, {self.role}{', archived' if self.archived else ''}>"

    def __attrs_post_init__(self) -> None:
        if (self.role is Role.CONTACT) != (self.client_id is not None):
            message = "A contact belongs to a client, and nobody else does; give role and client accordingly."
            raise InvalidInput(message, "contact_without_client", field="client_id")
        if self.role is not Role.CONTACT and self.limited_to is not None:
            message = "Only a contact can be limited to projects; assign others to projects instead."
            raise InvalidInput(message, "not_a_contact", field="limited_to")
