"""The operator's side of TUF: which files of a feed are signed, and their bytes.

Rules:
1. Trust starts at the pinned root, whatever the metadata folder holds; newer roots are followed from it.
2. Time is an argument: `now` takes the place of the clock when expiry is checked.
3. Whatever TUF refuses is NotVerified, whatever cannot be fetched or written is CannotRun.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuf.api.exceptions import (
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    RepositoryError,
)
from tuf.ngclient.config import UpdaterConfig
from tuf.ngclient.updater import Updater

from groundpass.kernel.core.errors import CannotRun, NotVerified
from groundpass.operator.fetch import BoundedFetcher, feed_address

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONFIG: Final = UpdaterConfig(
    max_root_rotations=256, max_delegations=0, timestamp_max_length=2**14, snapshot_max_length=2**16,
    targets_max_length=2**20, root_max_length=2**16,
)  # fmt: skip
_TELL: Final = "Tell the authority; a mirror may be behind, or somebody may be altering the feed"


class Feed:
    """A feed whose metadata was verified at `now` (UTC seconds).

    Raises NotVerified or CannotRun when it is made.
    """

    def __init__(self, feed: str, trust: Path, root: bytes, *, now: int) -> None:
        address = feed_address(feed)
        self._address = address
        with _translated(address), _folder(trust):
            self._updater = Updater(
                metadata_dir=str(trust),
                metadata_base_url=f"{address}metadata/",
                target_base_url=f"{address}targets/",
                fetcher=BoundedFetcher(),
                config=_CONFIG,
                bootstrap=root,
            )
            moment = dt.datetime.fromtimestamp(now, tz=dt.UTC)
            # python-tuf reads the clock once, here, and has no public way to be told the time.
            self._updater._trusted_set.reference_time = moment  # noqa: SLF001 - see above
            self._updater.refresh()

    def describe(self, name: str) -> tuple[str, int] | None:
        """SHA-256 and size that were signed for a file, or None when none were."""
        with _translated(self._address):
            info = self._updater.get_targetinfo(name)
        return (info.hashes.get("sha256", ""), info.length) if info is not None else None

    def read(self, name: str, *, limit: int) -> bytes:
        """Fetch a signed file of at most `limit` bytes.

        Raises NotVerified when it is not signed so, or too large; CannotRun when it does not come.
        """
        with _translated(self._address):
            info = self._updater.get_targetinfo(name)
            if info is None:
                raise NotVerified(f"The feed has no signed file {name}", todo=_TELL)
            if info.length > limit:
                raise NotVerified(f"The file {name} has {info.length} bytes, more than {limit}", todo=_TELL)
            with tempfile.TemporaryDirectory(prefix="groundpass-") as folder:
                path = self._updater.download_target(info, str(Path(folder) / "target"))
                return Path(path).read_bytes()


@contextmanager
def _folder(path: Path) -> Iterator[None]:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    yield


@contextmanager
def _translated(address: str) -> Iterator[None]:
    """Turn what python-tuf raises into our own tree."""
    try:
        yield
    except ExpiredMetadataError as error:
        raise NotVerified(
            "The signatures of the feed have expired", why=str(error),
            todo="Check this machine's clock, then ask the authority to sign the feed again",
        ) from error  # fmt: skip
    except DownloadLengthMismatchError as error:
        raise NotVerified(
            "A file of the feed is longer than it may be", why=str(error), todo=_TELL
        ) from error
    except (RepositoryError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotVerified("The feed is not what its keys signed", why=str(error), todo=_TELL) from error
    except DownloadHTTPError as error:
        raise CannotRun(
            f"The feed {address} lacks a file", why=str(error), todo="Check the address, then sync again"
        ) from error
    except DownloadError as error:
        why = str(error.__cause__ or error)
        raise CannotRun(f"The feed {address} cannot be fetched", why=why, todo="Sync again later") from error
    except OSError as error:
        raise CannotRun("The store cannot keep what it fetched", why=str(error)) from error
