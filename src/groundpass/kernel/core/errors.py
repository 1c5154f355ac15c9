"""The error tree. Every error says what happened, why, and what to do about it.

```
GroundpassError
├── BadInput            what was given is wrong; nothing of it was stored           exit 1   HTTP 422
│   ├── BadIdentifier   an identifier does not read; may carry the likely fix
│   └── BadGeometry     a polygon does not hold; carries the place of the fault
├── Refused             well formed, and not allowed                                exit 1   HTTP 409
│   ├── NoRight         this person may not do this                                 exit 1   HTTP 403
│   ├── SecondPerson    another person has to agree                                 exit 1   HTTP 409
│   └── BrakeEngaged    too many would lose service for the consents given          exit 1   HTTP 409
├── NotFound            no such thing, or not yours to see                          exit 1   HTTP 404
├── NotVerified         bytes are not what their signature, hash or serial claims   exit 1   HTTP 502
└── CannotRun           the surroundings fail: no store, no disk, no server         exit 3   HTTP 503
```

A door turns them into its own form once, at its edge: exit codes and a sentence on the command line,
RFC 9457 problem documents in REST, a page in the browser. Nothing below a door knows of either.
"""

from __future__ import annotations


class GroundpassError(Exception):
    """Root of the tree.

    Args:
        what: what happened, as a sentence without its full stop.
        why: the reason, where it is not plain from `what`.
        todo: the next step for the person who reads it.
    """

    exit_code = 1

    def __init__(self, what: str, *, why: str = "", todo: str = "") -> None:
        self.what = what
        self.why = why
        self.todo = todo
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """Give what, why and what to do as sentences."""
        told = (self.what, _begun(self.why), _begun(self.todo))
        return " ".join(part.rstrip(".") + "." for part in told if part)


def _begun(part: str) -> str:
    """A part with a capital letter, since it stands behind a full stop."""
    return part[:1].upper() + part[1:]


class BadInput(GroundpassError):
    """What was given is wrong; nothing of it was stored."""


class BadIdentifier(BadInput):
    """An identifier does not read under its scheme; `suggestion` is the likely fix, or None."""

    def __init__(self, what: str, *, why: str = "", todo: str = "", suggestion: str | None = None) -> None:
        self.suggestion = suggestion
        super().__init__(what, why=why, todo=todo)


class BadGeometry(BadInput):
    """A polygon does not hold; `place` is (lon, lat) of the fault in degrees, or None."""

    def __init__(
        self, what: str, *, why: str = "", todo: str = "", place: tuple[float, float] | None = None
    ) -> None:
        self.place = place
        super().__init__(what, why=why, todo=todo)


class Refused(GroundpassError):
    """Well formed, and not allowed."""


class NoRight(Refused):
    """This person may not do this."""


class SecondPerson(Refused):
    """Another person has to agree; the same person cannot be both."""


class BrakeEngaged(Refused):
    """Too many would lose service for the consents that were given."""


class NotFound(GroundpassError):
    """No such thing, or not yours to see: the two are told apart to nobody."""


class NotVerified(GroundpassError):
    """Bytes are not what their signature, hash, serial or date claims."""


class CannotRun(GroundpassError):
    """The surroundings fail: no store, no disk, no server, no key."""

    exit_code = 3
