"""The public files from the network: fetched once, kept in a cache, never used unverified."""

from __future__ import annotations

import os
import time
import urllib.parse
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from otgnlp.errors import InputError
from training.public.transfer import BrokenError, DownloadError, GoneError, receive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from training.public.files import PublicFile

GITHUB = "https://raw.githubusercontent.com"
_CONNECTIONS = 4  # most of the files are small: it is the round trips that take the time


@dataclass(frozen=True, slots=True)
class Downloads:
    """Public files at `base_url/OWNER/NAME/COMMIT/PATH`, kept in the folder `cache`.

    A transfer that breaks is taken up again, `attempts` times in all, after `pause` seconds, then
    twice as many, and so on; a connection is silent for `timeout` seconds at most. Raises
    `InputError` if the address is not of HTTP.
    """

    cache: Path
    base_url: str = GITHUB
    attempts: int = 5
    pause: float = 1.0
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if urllib.parse.urlsplit(self.base_url).scheme not in {"http", "https"}:
            raise InputError(f"{self.base_url!r}: an address of http:// or https:// is expected")

    def contents(self, files: Iterable[PublicFile]) -> Iterator[tuple[PublicFile, bytes | None]]:
        """Yield the files with their contents, None where the server has none, in order.

        Raises `DownloadError` if the server cannot be reached or sends anything else.
        """
        files = list(files)
        pool = ThreadPoolExecutor(_CONNECTIONS)
        try:
            # By contents: two threads must not write the same file of the cache.
            fetched: dict[str, Future[bool]] = {}
            for file in files:
                if file.blob not in fetched:
                    fetched[file.blob] = pool.submit(self._fetch, file)
            for file in files:
                yield file, self._cached(file) if fetched[file.blob].result() else None
        finally:
            pool.shutdown(cancel_futures=True)

    def _path(self, file: PublicFile) -> Path:
        # Named by the digest: safe whatever the file's own path, and short enough for Windows.
        return self.cache / file.blob[:2] / file.blob[2:]

    def _cached(self, file: PublicFile) -> bytes | None:
        try:
            content = self._path(file).read_bytes()
        except FileNotFoundError:
            return None
        return content if file.holds(content) else None

    def _fetch(self, file: PublicFile) -> bool:
        """Get a file into the cache; tell whether it can be had."""
        if self._cached(file) is not None:
            return True
        path = self._path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        try:
            self._complete(file, part)
        except GoneError:
            return False
        os.replace(part, path)
        return True

    def _complete(self, file: PublicFile, part: Path) -> None:
        """Receive a file as often as needed until it is whole and the pinned one."""
        where = f"{file.repository}/{file.commit}/{file.path}"
        url = f"{self.base_url.rstrip('/')}/{urllib.parse.quote(where)}"
        problem: DownloadError = DownloadError(f"{url}: not tried")
        for attempt in range(self.attempts):
            try:
                start = receive(url, part, self.timeout)
            except BrokenError as error:
                problem = error
                if attempt + 1 < self.attempts:
                    time.sleep(max(error.wait, self.pause * 2**attempt))
                continue
            if file.holds(part.read_bytes()):
                return
            part.unlink()
            problem = DownloadError(f"{url}: not the pinned file (git blob {file.blob}): not used")
            if not start:  # else what was there before may have been the fault
                break
        raise problem
