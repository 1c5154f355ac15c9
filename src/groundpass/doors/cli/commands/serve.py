"""`groundpass serve`: the pages, the REST interface and the static feeds."""

from __future__ import annotations

import click

from groundpass.doors.cli import authority
from groundpass.doors.demo.serving import check_free, serve


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def command(*, host: str, port: int) -> None:
    """Serve the pages, the REST interface and the static feeds until it is stopped (Ctrl-C)."""
    check_free(host, port)
    authority.ready()
    click.echo(f"Groundpass listens at http://{host}:{port}/ (stop with Ctrl-C)", err=True)
    serve(host, port)
