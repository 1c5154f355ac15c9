"""Who somebody is, and what they may do."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from groundpass.authority.accounts.domain.rights import Role, rights_of, roles_with, show_roles
from groundpass.authority.accounts.models import Appointment, Office, Organisation, User
from groundpass.kernel.core.errors import NoRight, NotFound, SecondPerson

Person = User | AnonymousUser


def appointments_of(user: Person) -> QuerySet[Appointment]:
    """The appointments in force: none for who is not signed in, or whose account is closed."""
    if not isinstance(user, User) or not user.is_active:
        return Appointment.objects.none()
    return Appointment.objects.filter(user=user, ends=None)


def roles_of(user: Person) -> frozenset[Role]:
    """The roles in force, wherever they are."""
    return frozenset(Role(role) for role in appointments_of(user).values_list("role", flat=True))


def all_rights_of(user: Person) -> frozenset[str]:
    """The rights that somebody has anywhere: for menus, never instead of `require`."""
    return rights_of(roles_of(user))


def has_right(
    user: Person, right: str, *, office: Office | None = None, organisation: Organisation | None = None
) -> bool:
    """Whether an appointment in force grants a right, there. Raises KeyError for an unknown right."""
    granting = appointments_of(user).filter(role__in=[str(role) for role in roles_with(right)])
    if office is not None:
        granting = granting.filter(Q(office=None) | Q(office=office))
        organisation = organisation or office.organisation
    if organisation is not None:
        everywhere = Q(organisation=None) | Q(organisation__kind=Organisation.Kind.AUTHORITY)
        granting = granting.filter(everywhere | Q(organisation=organisation))
    return granting.exists()


def require(
    actor: Person, right: str, *, office: Office | None = None, organisation: Organisation | None = None
) -> None:
    """Let a person with the right pass.

    Raises:
        NoRight: names the right, the person's roles and who could do it.
        KeyError: for a right that does not exist.
    """
    if has_right(actor, right, office=office, organisation=organisation):
        return
    where = f" at {office}" if office else f" for {organisation}" if organisation else ""
    raise NoRight(
        f"{actor.get_username() or 'Somebody not signed in'} does not have the right {right}{where}",
        why=f"their roles are: {show_roles(roles_of(actor))}",
        todo=f"Ask one who has it: {show_roles(roles_with(right) - {Role.SYSTEM})}",
    )


def require_two(first: User, second: User) -> None:
    """Let two different people pass. Raises SecondPerson when both are the same one."""
    if first.pk == second.pk:
        raise SecondPerson(
            f"{second.get_username()} has already acted here and cannot be the second person",
            why="two different people have to agree",
            todo="Ask a colleague with the same right",
        )


def find_user(username: str) -> User:
    """Find a person by user name. Raises NotFound, also for a closed account."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise NotFound(
            f"There is no user {username!r}", todo="Check the name, or add them with `groundpass user add`"
        )
    return user


def find_organisation(code: str) -> Organisation:
    """Find an organisation by its code. Raises NotFound."""
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise NotFound(f"There is no organisation {code!r}")
    return found


def find_office(code: str) -> Office:
    """Find an office by its code. Raises NotFound."""
    found = Office.objects.select_related("organisation").filter(code=code).first()
    if found is None:
        raise NotFound(f"There is no office {code!r}")
    return found


def office_of(user: User) -> Office | None:
    """The office at which somebody is appointed; None when there is none, or more than one."""
    offices = Office.objects.filter(appointment__in=appointments_of(user)).distinct()[:2]
    return offices[0] if len(offices) == 1 else None
