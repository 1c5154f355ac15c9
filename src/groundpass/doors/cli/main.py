"""Where the command line starts.

- A noun is a folder (or a file, where it is a verb by itself) in `commands/`, a verb is a file in it; nothing
  lists them a second time.
- Exit codes: 0 fine · 1 refused or found wrong · 2 usage · 3 cannot run · 130 stopped from the keyboard.
- Data goes to standard output, everything else to standard error; with `--json` data is one JSON object and
  a failure is one problem object (after RFC 9457) on standard error, with nothing on standard output.
- Nothing here imports Django, NumPy or Arrow: `--help` answers at once, and an operator's verb runs where
  the authority's part is not installed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click

from groundpass.doors.cli import edge
from groundpass.doors.cli.folder import FolderGroup

if TYPE_CHECKING:
    from collections.abc import Sequence


class Root(FolderGroup):
    """The group of all nouns: it turns every failure into an exit code and a sentence."""

    package = "groundpass.doors.cli.commands"

    def main(  # type: ignore[override]  # click types it by overloads on standalone_mode; ours always exits
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **_extra: object
    ) -> NoReturn:
        """Run the words given, by default those of the process, and exit."""
        given = list(sys.argv[1:] if args is None else args)

        def run() -> object:
            return super(Root, self).main(given, prog_name or "groundpass", standalone_mode=False)

        sys.exit(edge.guarded(run, as_json="--json" in given, debug="--debug" in given))


@click.group(
    cls=Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 refused or found wrong, 2 usage, 3 cannot run.",
)
@click.version_option(package_name="groundpass", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected failure.")
def cli(debug: bool) -> None:  # noqa: FBT001 - click passes the flag; the edge reads it from the words
    """Keep a register of satellite terminals, publish it as a signed feed, decide at the operator.

    Begin with `groundpass demo`: it tells the whole story with invented people in a register of its own.
    """


def main() -> NoReturn:
    """Start from the shell."""
    cli.main(prog_name="groundpass")
