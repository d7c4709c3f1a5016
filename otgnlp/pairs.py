"""Where the pairs of words stand that a model knows: many keys looked up at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

# Fewer keys than these are looked up by bisection, so that one sentence need not wait for a table.
_FEW = 1000

# Multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4): 2⁶⁴ / golden ratio.
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SLOTS_A_KEY = 4  # at least


class PairTable:
    """Places of `keys` (p,) uint64, which ascend, by a table of slots made when first of use.

    A slot holds the place of one of its keys; only keys of slots that several claim are bisected.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._slots: tuple[NDArray[np.int32], NDArray[np.bool_]] | None = None
        self._shift = np.uint64(64 - max(1, (_SLOTS_A_KEY * len(keys)).bit_length()))

    def __reduce__(self) -> tuple[type[PairTable], tuple[Keys]]:
        return PairTable, (self._keys,)

    def find(self, wanted: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return where each wanted key stands, shape (n,), and whether it is there at all."""
        if not len(self._keys):
            return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.bool_)
        if len(wanted) < _FEW:
            return self._bisect(wanted)
        if self._slots is None:
            self._slots = self._fill()
        holders, crowded = self._slots
        slots = self._slot(wanted)
        places = holders[slots].astype(np.int64)
        found = self._keys[places] == wanted
        rest = np.flatnonzero(~found & crowded[slots])
        places[rest], found[rest] = self._bisect(wanted[rest])
        return places, found

    def _fill(self) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        slots = self._slot(self._keys)
        n_slots = 1 << 64 - int(self._shift)
        holders = np.zeros(n_slots, dtype=np.int32)
        holders[slots] = np.arange(len(slots), dtype=np.int32)
        return holders, np.bincount(slots, minlength=n_slots) > 1

    def _slot(self, keys: Keys) -> NDArray[np.int64]:
        slots: NDArray[np.int64] = (keys * _GOLDEN >> self._shift).view(np.int64)
        return slots

    def _bisect(self, wanted: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        places = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return places, self._keys[places] == wanted
