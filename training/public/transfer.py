"""One file by HTTP, taken up again where the connection broke."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from otgnlp import __version__
from otgnlp.errors import OtgnlpError

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 16  # bytes
_GONE = {404, 410, 451}
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_LONGEST_WAIT = 120.0  # seconds: a server that asks for more is taken to refuse


class DownloadError(OtgnlpError):
    """A public file could not be downloaded, or what came is not the pinned file."""


class GoneError(DownloadError):
    """The server says that it has no such file."""


class BrokenError(DownloadError):
    """The transfer broke; it may do better after `wait` seconds, from where it broke."""

    def __init__(self, message: str, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


def receive(url: str, part: Path, timeout: float) -> int:
    """Append to the file `part` what it lacks; return how many bytes were there before.

    `timeout` is in seconds. Raises `GoneError`, `BrokenError`, or plain `DownloadError` if there
    is no use in trying again.
    """
    start = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": f"otgnlp/{__version__}"}
    if start:
        headers["Range"] = f"bytes={start}-"
    # Downloads has seen to it that the address is of HTTP.
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
            if response.status != http.HTTPStatus.PARTIAL_CONTENT:
                start = 0
            elif not response.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
                part.unlink()
                raise BrokenError(f"{url}: the server sent another range than asked for")
            _append(response, part, start)
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(url, part, error) from error
    except urllib.error.URLError as error:
        raise _unreached(url, error) from error
    except (ConnectionError, TimeoutError, http.client.HTTPException) as error:
        raise BrokenError(f"{url}: {error or type(error).__name__}") from error
    return start


def _append(response: http.client.HTTPResponse, part: Path, start: int) -> None:
    with part.open("ab" if start else "wb") as file:
        while chunk := response.read(_CHUNK):
            file.write(chunk)
    if response.length:  # bytes that the server promised: reading in chunks hides that they lack
        raise ConnectionError(f"the connection broke, {response.length} bytes are lacking")


def _refused(url: str, part: Path, error: urllib.error.HTTPError) -> DownloadError:
    message = f"{url}: {error}"
    if error.code in _GONE:
        return GoneError(message)
    if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        part.unlink(missing_ok=True)
        return BrokenError(message)
    asked = error.headers.get("Retry-After", "")
    wait = float(asked) if asked.isdecimal() else 0.0
    if error.code in _BUSY and wait <= _LONGEST_WAIT:
        return BrokenError(message, wait)
    return DownloadError(message)


def _unreached(url: str, error: urllib.error.URLError) -> DownloadError:
    """Say what a failed connection means: to wait for a network that is not there is no help."""
    if isinstance(error.reason, (TimeoutError, ConnectionResetError)):
        return BrokenError(f"{url}: {error.reason}")
    return DownloadError(
        f"{url}: cannot be reached: {error.reason}; without a network, "
        "give --checkouts DIR or --from FILE"
    )
