"""Tax numbers, by the schemes of python-stdnum; which scheme a class uses is data.

A number is personal: no message repeats it.
"""

from __future__ import annotations

import contextlib
import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from stdnum import exceptions

from groundpass.kernel.core.errors import BadInput

if TYPE_CHECKING:
    from types import ModuleType

_SCHEME: Final = re.compile(r"[a-z]{2}\.[a-z][a-z0-9_]*")  # a module of stdnum: country, number


@cache
def scheme_module(scheme: str) -> ModuleType:
    """The module of stdnum that a scheme such as "ua.rntrc" names. Raises BadInput when there is none."""
    if _SCHEME.fullmatch(scheme):
        with contextlib.suppress(ImportError):
            return import_module(f"stdnum.{scheme}")
    raise BadInput(
        f"There is no tax number scheme {scheme!r}", todo="Name a module of python-stdnum: ua.rntrc"
    )


def read_tax_id(text: str, scheme: str) -> str:
    """The number in its one form. Raises BadInput that says what is wrong without repeating the number."""
    try:
        return str(scheme_module(scheme).validate(text.strip()))
    except exceptions.InvalidLength as error:
        raise BadInput(
            f"The tax number has {len(text.strip())} characters, which is not its length",
            todo="Copy it again from the document",
        ) from error
    except exceptions.InvalidChecksum as error:
        raise BadInput(
            "The tax number is mistyped",
            why="its last digit does not follow from the others",
            todo="Copy it again from the document",
        ) from error
    except (exceptions.ValidationError, ValueError, IndexError) as error:
        raise BadInput(
            "The tax number has characters that do not belong there", todo="Copy it again from the document"
        ) from error
