"""Where a command's output goes: to standard output, or to a file that is whole or not there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from typing import TYPE_CHECKING

from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def writing_to(path: str | None) -> Iterator[None]:
    """Send standard output to a file, which takes its name only when all is written.

    So the file may be one of those that are read. What is no regular file, such as a named pipe, is
    written to as it is. Raises `InputError` where nothing can be written.
    """
    if path is None:
        yield
        return
    target = os.path.realpath(path)
    to_replace = os.path.isfile(target) or not os.path.exists(target)
    try:
        written = _create_beside(target) if to_replace else target
        file = open(written, "w", encoding="utf-8", newline="")  # noqa: SIM115
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from error
    try:
        with file, contextlib.redirect_stdout(file):
            yield
        if to_replace:
            os.replace(written, target)
    except BaseException:
        if to_replace:
            os.unlink(written)
        raise


def _create_beside(target: str) -> str:
    folder, name = os.path.split(target)
    handle, path = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    os.close(handle)
    os.chmod(path, 0o644)  # mkstemp lets nobody else read
    return path
