"""Arrays in `.npy` files, mapped into memory without trust in what the files say of themselves.

Nothing in a file is parsed: what stands before the numbers must be, byte for byte, what NumPy
writes for the type and shape that the manifest gives, and the file's size and digest must fit too.
Before that nothing is allocated and nothing mapped.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from otgnlp.errors import ModelError
from otgnlp.files import open_regular

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

_MAGIC = b"\x93NUMPY\x01\x00"
_PREFIX = len(_MAGIC) + 2  # two bytes more say how long the header is
_LONGEST_HEADER = 1 << 16
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ArrayEntry:
    """An array's file, NumPy type, shape and the SHA-256 of the file."""

    file: str
    dtype: str
    shape: tuple[int, ...]
    sha256: str

    @property
    def n_bytes(self) -> int:
        """How many bytes the array's numbers take."""
        return math.prod(self.shape) * np.dtype(self.dtype).itemsize


def encode(array: NDArray[Any]) -> bytes:
    """Return the bytes of an array's `.npy` file."""
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def open_array(path: Path, entry: ArrayEntry) -> NDArray[Any]:
    """Map an array's file, which must be what the entry says; raises `ModelError`."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if not 0 < size - entry.n_bytes <= _PREFIX + _LONGEST_HEADER:
            raise ModelError(
                f"{path}: {size} bytes are not those of an array {entry.dtype} {entry.shape}, "
                "as model.json has it"
            )
        if digest_of(file) != entry.sha256:
            raise ModelError(f"{path}: damaged or replaced: its SHA-256 is not the one expected")
        offset = _check_header(file, entry, path)
        if size != offset + entry.n_bytes:
            raise ModelError(f"{path}: {size} bytes, where its header makes it {offset} and more")
        try:
            array = np.memmap(file, entry.dtype, "r", offset, entry.shape)
        except ValueError as error:
            raise ModelError(f"{path}: cannot be mapped: {error}") from error
    return np.asarray(array)


def digest_of(file: BinaryIO) -> str:
    """Return the SHA-256 of an open file, and go back to its beginning."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _check_header(file: BinaryIO, entry: ArrayEntry, path: Path) -> int:
    """Return where the numbers begin."""
    prefix = file.read(_PREFIX)
    length = int.from_bytes(prefix[len(_MAGIC) :], "little")
    header = file.read(length)
    expected = f"{{'descr': '{entry.dtype}', 'fortran_order': False, 'shape': {entry.shape}, }}"
    if not prefix.startswith(_MAGIC) or header.rstrip(b" \n") != expected.encode("ascii"):
        raise ModelError(
            f"{path}: not an array {entry.dtype} {entry.shape}, as model.json has it: "
            f"it begins {(prefix + header)[:100]!r}"
        )
    return _PREFIX + length
