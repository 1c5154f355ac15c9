"""Found a feed: the ceremony of its keys, the secret of its first session, its first root and its log.

The files come first and the row last: a feed whose row is missing was never founded, and its folder of keys
may be removed by hand.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final

from django.db import transaction

from groundpass.authority.accounts.api import Organisation, User, require
from groundpass.authority.audit.api import record, utc
from groundpass.authority.publication.folders import ROOTS, Folders, write_hex
from groundpass.authority.publication.models import Feed
from groundpass.kernel.core.errors import BadInput, Refused
from groundpass.kernel.core.ids import schemes
from groundpass.kernel.trust import log, seal
from groundpass.kernel.trust.ceremony import RoleKeys
from groundpass.kernel.trust.checkpoint import LogSigner
from groundpass.kernel.trust.files import write_whole
from groundpass.kernel.trust.signing import new_signer, read_public_key, save_public_key, save_signer
from groundpass.kernel.trust.tufrepo import Repository
from groundpass.kernel.wire.notification import secret_name

if TYPE_CHECKING:
    from pathlib import Path

    from securesystemslib.signer import CryptoSigner

NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
SESSION_BYTES: Final = 8


def create_feed(  # noqa: PLR0913 - what a feed is made of, all named at the call
    operator: Organisation,
    *,
    name: str,
    wrap_public_key: bytes,
    sign_public_key: bytes,
    scheme: str = "utid",
    offline_keys: Path | None = None,
    actor: User,
    now: int,
) -> Feed:
    """Hold the ceremony and give the feed.

    `wrap_public_key`, `sign_public_key`: the operator's, PEM (X25519 and P-256). `offline_keys`: the folder
    that gets the five root keys, by default one under GROUNDPASS_HOME; move them off this machine.
    Raises BadInput, NoRight, Refused where the name is taken, CannotRun where keys lie there already.
    """
    require(actor, "release.publish")
    _check(operator, name, scheme)
    read_public_key(sign_public_key)
    folders, session, secret = Folders(name), secrets.token_hex(SESSION_BYTES), seal.new_secret()
    wrapped = seal.wrap(secret, wrap_public_key, seal.wrap_info(name, session))
    _make_private(folders)
    roots = [new_signer() for _ in ROOTS]
    roles = {role: new_signer() for role in ("publisher", "brake", "online")}
    _save_keys(folders, offline_keys or folders.offline, roots, roles)
    write_hex(folders.keys / "session" / f"{session}.secret", secret)
    write_hex(folders.keys / "session" / "protected.key", secrets.token_bytes(32))
    for keeper in (folders.work, folders.brake):
        write_whole(keeper / secret_name(session), wrapped, mode=0o600)
    public = {role: signer.public_key for role, signer in roles.items()}
    keys = RoleKeys(tuple(signer.public_key for signer in roots), **public)
    repository = Repository.create(folders.public, keys, roots, now=now)
    log_key = _open_log(folders, repository.root_bytes(1))
    row = Feed(
        operator=operator,
        name=name,
        session=session,
        scheme=scheme,
        operator_wrap_public_key=wrap_public_key.decode(),
        operator_sign_public_key=sign_public_key.decode(),
        log_key=log_key,
    )
    return _store(row, actor, now)


@transaction.atomic
def _store(row: Feed, actor: User, now: int) -> Feed:
    row.created_at, row.created_by = utc(now), actor
    row.save(force_insert=True)
    record(
        "feed.create",
        f"feed:{row.name}",
        actor=actor.username,
        now=now,
        detail={"operator": row.operator.code, "session": row.session, "scheme": row.scheme},
        topic="feed.created",
    )
    return row


def _check(operator: Organisation, name: str, scheme: str) -> None:
    if not NAME.fullmatch(name):
        raise BadInput(
            f"The feed name {name!r} does not read",
            why="it is small Latin letters, digits and dashes, at most 50",
        )
    if operator.kind != Organisation.Kind.OPERATOR:
        raise BadInput(
            f"{operator.name} is not an operator", todo="Name an organisation of the kind operator"
        )
    if scheme not in schemes():
        raise BadInput(f"There is no id scheme {scheme!r}", why=f"known are {', '.join(schemes())}")
    if Feed.objects.filter(name=name).exists():
        raise Refused(f"There is a feed {name} already", todo="Choose another name")


def _make_private(folders: Folders) -> None:
    """Make every folder of keys and work readable by its owner alone, before anything is in it."""
    inner = [folders.keys / role for role in ("publisher", "brake", "online", "log", "session")]
    for path in (folders.keys.parent, folders.keys, *inner, folders.work, folders.brake):
        path.mkdir(parents=True, exist_ok=True, mode=0o700)


def _save_keys(
    folders: Folders, offline: Path, roots: list[CryptoSigner], roles: dict[str, CryptoSigner]
) -> None:
    offline.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, signer in zip(ROOTS, roots, strict=True):
        save_signer(offline / f"{name}.pem", signer)
        save_public_key(folders.keys / "brake" / f"{name}.pub", signer)
    for role, signer in roles.items():
        save_signer(folders.keys / role / f"{role}.pem", signer)
        save_public_key(folders.keys / role / f"{role}.pub", signer)


def _open_log(folders: Folders, root: bytes) -> str:
    """Start the log with the birth of the keys. Anybody can open this leaf: the root is public."""
    signer = LogSigner.new(folders.log_name)
    signer.save(folders.keys / "log" / "log.pem")
    text = signer.key.text()
    write_whole(folders.log / "vkey", text.encode() + b"\n")
    log.append_leaves(folders.log, [log.commit("key", root, bytes(log.SALT_BYTES))], signer)
    return text
