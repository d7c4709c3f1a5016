"""Files that are safe to read whoever sent them, and whole once written whatever happens."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import time
from typing import TYPE_CHECKING

from otgnlp.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

# Without effect, or unknown, where the platform has no such files: not to follow a symbolic link
# that takes a file's place, not to wait for the other end of a pipe.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
)


@contextlib.contextmanager
def open_regular(path: Path) -> Iterator[BinaryIO]:
    """Open a regular file, no symbolic link to one; raises `ModelError`, while it is read too."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise ModelError(f"{path}: no regular file")
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ModelError(f"{path}: no regular file")
            yield file
    except FileNotFoundError:
        raise ModelError(f"{path}: missing") from None
    except OSError as error:
        raise ModelError(f"{path}: cannot be read: {error.strerror or error}") from error


def read_regular(path: Path, most: int) -> bytes:
    """Return a regular file's bytes; raises `ModelError` if there are more than `most`."""
    with open_regular(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ModelError(f"{path}: larger than any model's ({most} bytes)")
    return content


def write_whole(target: Path, content: bytes) -> None:
    """Write a file so that its name never stands for half of it.

    It is on the disk under that name for good once its folder is synced.
    """
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _replace(source: Path, target: Path) -> None:
    """Rename over what may be there; Windows refuses for as long as somebody reads that."""
    pauses = (0.01, 0.1, 1.0) if os.name == "nt" else ()
    for pause in pauses:
        try:
            os.replace(source, target)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    os.replace(source, target)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, so that they are there after a loss of power."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        sync_folder(one.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    if os.name == "posix":  # elsewhere a folder cannot be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[bool]:
    """Wait until no other that asks for the same is in a folder, and keep others out.

    The system ends the lock with the process, however that dies. Yields whether there is one: not
    on Windows, where a folder cannot be opened, nor on some network file systems.
    """
    if os.name != "posix":
        yield False
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            locked = True
        except OSError:
            locked = False
        try:
            yield locked
        finally:
            if locked:  # a process forked meanwhile has the descriptor too, and would keep the lock
                fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)
