"""`groundpass log verify`: recompute a transparency log from its static files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from groundpass.doors.cli.options import json_option
from groundpass.doors.cli.output import give
from groundpass.kernel.core.errors import CannotRun

MOST = 4096  # bytes of a key file


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--key",
    metavar="KEY|FILE",
    help="The log's key, as name+id+key or in a file; default: the one that lies beside the log.",
)
@json_option
def command(*, folder: Path, key: str | None, as_json: bool) -> None:
    """Recompute every leaf, tile and the root of the log in DIR, the folder of a log or of a feed.

    A key that came by another way than the log proves whose log it is; the one beside it proves only that
    the log is whole.
    """
    from groundpass.kernel.trust.checkpoint import LogKey
    from groundpass.kernel.trust.log import verify_folder

    place = folder / "log" if (folder / "log" / "checkpoint").exists() else folder
    if not (place / "checkpoint").exists():
        raise CannotRun(f"There is no log in {folder}", todo="Name the folder of a log, or of a feed")
    report = verify_folder(place, LogKey.parse(_key_text(place, key)))
    facts = {"folder": str(place), "holds": True, "key": "given" if key else "beside the log"}
    give({**facts, **asdict(report)}, as_json=as_json)


def _key_text(place: Path, key: str | None) -> str:
    """The key as text. Raises CannotRun where none lies there."""
    from groundpass.kernel.trust.files import read_whole

    if key is not None and "+" in key and not Path(key).exists():
        return key
    path = Path(key) if key is not None else place / "vkey"
    return read_whole(path, limit=MOST).decode("utf-8", "replace")
