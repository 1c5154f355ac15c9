"""Write the generated parts of docs/reference again from the program itself.

    .venv/bin/python tools/reference.py            write them
    .venv/bin/python tools/reference.py --check    exit 1 where a page says something else than the program

A page is written by a person, but for what stands between `<!-- generated: NAME -->` and `<!-- end -->`.
tests/house/test_docs.py runs the check.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import click

ROOT: Final = Path(__file__).resolve().parent.parent
MARK: Final = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def start_django() -> None:
    """Load the settings in a home of our own: writing documentation leaves no keys in anybody's home."""
    os.environ.setdefault("GROUNDPASS_HOME", tempfile.mkdtemp(prefix="groundpass-reference-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groundpass.config.settings")
    import django

    django.setup()


def walk(
    command: click.Command, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command of a tree that does something, with the words that call it."""
    import click

    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        if inner is not None and not inner.hidden:
            yield from walk(inner, (*path, name))


def commands() -> str:
    """A section for each command: how it is called, what it does, its options."""
    import click

    from groundpass.doors.cli.main import cli

    parts = []
    for path, command in walk(cli):
        name = " ".join(("groundpass", *path))
        context = click.Context(command, info_name=name)
        usage = " ".join([name, *command.collect_usage_pieces(context)])
        rows = [
            row for parameter in command.get_params(context) if (row := parameter.get_help_record(context))
        ]
        text = (command.help or "").split("\f")[0]
        body = "\n".join(line.rstrip() for line in text.replace("\b\n", "").strip().splitlines())
        table = "".join(f"| `{cell(option)}` | {cell(meaning)} |\n" for option, meaning in rows)
        options = f"\n| option | meaning |\n|---|---|\n{table}" if rows else ""
        parts.append(f"## `{name}`\n\n```\n{usage}\n```\n\n{body}\n{options}")
    return "\n".join(parts)


def settings() -> str:
    """A row for each environment variable."""
    from groundpass.config.variables import VARIABLES

    defaults = {v.name: f"`{v.default}`" if v.default else "not set" for v in VARIABLES.values()}
    rows = "".join(f"| `{v.name}` | {defaults[v.name]} | {cell(v.meaning)} |\n" for v in VARIABLES.values())
    return f"| variable | default | meaning |\n|---|---|---|\n{rows}"


def checks() -> str:
    """The table of start-up checks, as their module has it."""
    from groundpass.config import checks as module

    table = re.search(r"^\| id .*?(?=\n\n|\Z)", module.__doc__ or "", re.DOTALL | re.MULTILINE)
    return (table[0].rstrip() + "\n") if table else ""


def reasons() -> str:
    """A row for each reason, in both languages; a second one where the verdict changes the sentence."""
    from groundpass.kernel.core.verdicts import Reason, Verdict, sentence

    rows = []
    for reason in Reason:
        seen: dict[str, list[Verdict]] = {}
        for verdict in Verdict:
            seen.setdefault(sentence(reason, verdict), []).append(verdict)
        usual = max(seen.values(), key=len)
        for english, verdicts in seen.items():
            which = "" if verdicts is usual else " with " + ", ".join(verdict.name for verdict in verdicts)
            ukrainian = sentence(reason, verdicts[0], "uk")
            rows.append(f"| `{reason.name}`{which} | {reason.value} | {english} | {ukrainian} |\n")
    return f"| reason | number | English | Ukrainian |\n|---|---|---|---|\n{''.join(rows)}"


def flags() -> str:
    """A row for each flag."""
    from groundpass.kernel.core.verdicts import Flag, flag_sentence

    rows = "".join(
        f"| `{flag.name}` | {flag.value} | {flag_sentence(flag)} | {flag_sentence(flag, 'uk')} |\n"
        for flag in Flag
    )
    return f"| flag | bit | English | Ukrainian |\n|---|---|---|---|\n{rows}"


def endpoints() -> str:
    """A row for each operation of the REST interface, from its own OpenAPI document."""
    start_django()
    from groundpass.doors.rest.api import api

    document: dict[str, Any] = api.get_openapi_schema()
    rows = "".join(
        f"| `{method.upper()} {path}` | {cell(operation.get('summary', ''))} |\n"
        for path, operations in sorted(document["paths"].items())
        for method, operation in operations.items()
    )
    return f"| call | does |\n|---|---|\n{rows}"


def schemes() -> str:
    """A row for each scheme of identifiers that comes with the program."""
    from groundpass.kernel.core.schemes import schemes as known

    rows = "".join(
        f"| `{scheme.code}` | {scheme.number} | {' | '.join(scheme.title.values())} | `{scheme.example}` |\n"
        for scheme in known().values()
    )
    return f"| scheme | number | English | Ukrainian | example |\n|---|---|---|---|---|\n{rows}"


def cell(text: str) -> str:
    """Text that does not break a table."""
    return " ".join(text.split()).replace("|", "\\|")


PARTS: Final[dict[str, Callable[[], str]]] = {
    part.__name__: part for part in (commands, settings, checks, reasons, flags, endpoints, schemes)
}


def rewritten(text: str) -> str:
    """A page with its generated parts as they should be. Raises KeyError for a part that does not exist."""
    return MARK.sub(lambda match: f"{match[1]}\n{PARTS[match[2]]().strip()}\n\n{match[3]}", text)


def main() -> int:
    """Write or check every page of docs/reference."""
    parser = argparse.ArgumentParser(description="The generated parts of docs/reference.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing, exit 1 where a page is out of date"
    )
    checking = parser.parse_args().check
    stale = []
    for page in sorted((ROOT / "docs" / "reference").glob("*.md")):
        text = page.read_text("utf-8")
        new = rewritten(text)
        if new != text:
            stale.append(page.relative_to(ROOT).as_posix())
            if not checking:
                page.write_text(new, "utf-8")
    for page_name in stale:
        print(f"{page_name}: {'is out of date: run tools/reference.py' if checking else 'written'}")
    return int(checking and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
