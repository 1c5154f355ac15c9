from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from tuf.ngclient import Updater
from tuf.ngclient.fetcher import FetcherInterface

from groundpass.kernel.trust.ceremony import Ceremony
from groundpass.kernel.trust.tufrepo import Repository

NOW = 4_000_000_000  # in 2096: python-tuf's client reads the real clock, which must lie before every expiry


class FolderFetcher(FetcherInterface):
    """Reads a published folder the way a client reads a web server."""

    def _fetch(self, url: str):
        path = Path(url.removeprefix("folder:"))
        if not path.is_file():
            from tuf.api.exceptions import DownloadHTTPError

            raise DownloadHTTPError(f"no {path}", 404)
        yield path.read_bytes()


@dataclass
class Feed:
    """A founded repository, its keys, and what a client sees of it."""

    repository: Repository
    ceremony: Ceremony
    store: Path
    now: int = NOW

    def client(self) -> Updater:
        folder = self.repository.folder
        self.store.mkdir(exist_ok=True)
        return Updater(
            metadata_dir=str(self.store),
            metadata_base_url=f"folder:{folder}/metadata/",
            target_dir=str(self.store),
            target_base_url=f"folder:{folder}/targets/",
            fetcher=FolderFetcher(),
            bootstrap=self.repository.root_bytes(1),
        )

    def publish(self, files: dict[str, bytes], keep=(), floor: int = 1) -> int:
        draft = self.repository.prepare(files, keep=keep, now=self.now, floor=floor)
        draft.sign("targets", self.ceremony.signer("publisher"))
        draft.sign("targets", self.ceremony.signer("brake"))
        return self.repository.commit(draft, self.ceremony.signer("online"), now=self.now)

    def fetch(self, name: str) -> bytes:
        updater = self.client()
        updater.refresh()
        info = updater.get_targetinfo(name)
        assert info is not None
        return Path(updater.download_target(info)).read_bytes()


@pytest.fixture(scope="session")
def ceremony(tmp_path_factory: pytest.TempPathFactory) -> Ceremony:
    """Keys drawn once: drawing is slow and they never change."""
    return Ceremony.hold(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def feed(ceremony: Ceremony, tmp_path: Path) -> Feed:
    signers = ceremony.root_signers()[:3]
    repository = Repository.create(tmp_path / "public", ceremony.keys(), signers, now=NOW)
    return Feed(repository, ceremony, tmp_path / "client")
