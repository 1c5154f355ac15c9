"""`groundpass feed create`: found the feed that carries releases to an operator."""

from __future__ import annotations

from pathlib import Path

import click

from groundpass.doors.cli import authority
from groundpass.doors.cli.options import as_option, json_option, now_option
from groundpass.doors.cli.output import give

MOST = 16_384  # bytes of a public key file


@click.command()
@click.argument("name")
@click.option("--operator", required=True, metavar="CODE", help="The operator's organisation.")
@click.option(
    "--operator-keys",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The folder with the operator's public keys: wrap.pub and sign.pub.",
)
@click.option(
    "--offline-keys",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the five root keys go; move them off this machine.",
)
@click.option("--scheme", default="utid", show_default=True, help="The scheme of the operator's identifiers.")
@as_option
@now_option
@json_option
def command(
    *,
    name: str,
    operator: str,
    operator_keys: Path,
    offline_keys: Path | None,
    scheme: str,
    username: str | None,
    now: int,
    as_json: bool,
) -> None:
    """Create the feed NAME: its keys, its first root, its transparency log."""
    actor = authority.acting(username)
    from groundpass.authority.accounts.api import find_organisation
    from groundpass.authority.publication.api import create_feed, log_key, public_folder
    from groundpass.kernel.trust.files import read_whole

    feed = create_feed(
        find_organisation(operator),
        name=name,
        wrap_public_key=read_whole(operator_keys / "wrap.pub", limit=MOST),
        sign_public_key=read_whole(operator_keys / "sign.pub", limit=MOST),
        scheme=scheme,
        offline_keys=offline_keys,
        actor=actor,
        now=now,
    )
    folder = public_folder(feed)
    root = folder / "metadata" / "1.root.json"
    facts = {"name": feed.name, "operator": operator, "session": feed.session, "scheme": feed.scheme}
    places = {"folder": str(folder), "root": str(root), "log_key": log_key(feed).text()}
    give({**facts, **places}, as_json=as_json)
