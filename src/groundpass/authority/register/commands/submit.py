"""Submit an application: the holder's, at a counter, or a protected one's, through the liaison."""

from __future__ import annotations

from groundpass.authority.accounts.api import Office, User, find_office, office_of, require
from groundpass.authority.register.commands.take import Row, take
from groundpass.authority.register.domain.submission import BadSubmission, Problem, Ready, Submission, read
from groundpass.authority.register.models import Application
from groundpass.authority.register.queries.country import country_at
from groundpass.kernel.core.errors import NotFound, Refused


def submit(data: Submission, *, actor: User, now: int) -> Application:
    """Submit one application; it waits for its decision and touches nothing until then.

    Raises:
        BadSubmission: with everything that is wrong with it; nothing of it is stored.
        NoRight: the actor may not submit, there, or for that class.
        Refused: the terminal is the same holder's already, another's, or above the quota.
    """
    office = office_for(data.office, actor)
    require(actor, "register.submit", office=office)
    ready = read(data, country_at(now))
    require_channel(ready, actor)
    taken = take([Row(ready, office)], actor=actor, now=now)[0]
    if isinstance(taken, Application):
        return taken
    if isinstance(taken, Problem):
        raise Refused(taken.what, todo=taken.todo)
    raise Refused(
        "This terminal is already this holder's, registered or applied for",
        todo="There is nothing more to do",
    )


def office_for(code: str, actor: User) -> Office | None:
    """The office named, else the actor's own where they have one. Raises BadSubmission for an unknown one."""
    if not code.strip():
        return office_of(actor)
    try:
        return find_office(code.strip())
    except NotFound as error:
        raise BadSubmission([Problem("office", error.what, "Check its code")]) from error


def require_channel(ready: Ready, actor: User) -> None:
    """Let the liaison alone submit for protected holders. Raises NoRight."""
    if ready.holder_class.protected:
        require(actor, "register.submit_protected")
