"""pymorphy3's word graphs, walked without a function call a byte.

pymorphy3 reads its dictionary by `dawg_python`, or by a compiled library where that is installed.
The former spends most of an analysis on a few short methods; here they are again, with what they
call written out. A compiled library is left alone.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dawg_python.wrapper import Dictionary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Pattern

    from pymorphy3 import MorphAnalyzer

    # What may stand in a letter's place, in UTF-8 and as text; older releases have one at most.
    Replaces = dict[bytes, list[tuple[bytes, str]] | tuple[bytes, str]]

# A unit of a graph, as libdawg lays it out: 31: leaf; 10 to 30: offset; 9: offset is in units of
# 256; 8: a key ends here; 0 to 7: label.
_LABEL = 1 << 31 | 0xFF
_KEY_ENDS = 1 << 8
_WORD = 0xFFFFFFFF

_SEPARATOR = b"\x01"  # between a word and what is stored for it


class _Graph(Dictionary):  # type: ignore[misc]
    def __init__(self, graph: Dictionary) -> None:
        self._units = graph._units  # noqa: SLF001

    def follow_char(self, label: int, index: int) -> int | None:
        unit = self._units[index]
        index ^= (unit >> 10 << ((unit & 512) >> 6) ^ label) & _WORD
        return index if self._units[index] & _LABEL == label else None

    def follow_bytes(self, s: bytes, index: int) -> int | None:
        units = self._units
        for label in s:
            unit = units[index]
            index ^= (unit >> 10 << ((unit & 512) >> 6) ^ label) & _WORD
            if units[index] & _LABEL != label:
                return None
        return index

    def keys_below(self, index: int, guide: Any) -> Iterator[bytes]:
        """Yield the ends of keys that go through a place, in order; `guide` lists the branches."""
        units = self._units
        waiting = [(index, b"")]
        while waiting:
            index, key = waiting.pop()
            unit = units[index]
            if unit & _KEY_ENDS:
                yield key
            label = guide[2 * index]
            base = index ^ (unit >> 10 << ((unit & 512) >> 6) & _WORD)
            first = len(waiting)
            while label:
                child = base ^ label
                waiting.insert(first, (child, key + label.to_bytes(1, "little")))
                label = guide[2 * child + 1]


class _Words:
    """A graph of words, each with rows of numbers: what pymorphy3 asks of it, by fewer steps."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph.dct
        self._guide = graph.guide._units  # noqa: SLF001
        self._unpack = graph._struct.unpack  # noqa: SLF001
        # These stop at the first letter that leads nowhere, even if a later one has no bytes.
        self._slow_items, self._slow_keys = graph.similar_items, graph.similar_keys

    def values(self, index: int) -> list[tuple[int, ...]]:
        """Return the rows of numbers below a place."""
        found = self._graph.keys_below(index, self._guide)
        return [self._unpack(a2b_base64(key)) for key in found]

    def similar_items(self, key: str, replaces: Replaces) -> Any:
        """Return a word and those that differ from it in replaced letters, with their rows."""
        try:
            found = self._find("", key, 0, replaces)
        except UnicodeEncodeError:
            return self._slow_items(key, replaces)
        return [(word, self.values(index)) for word, index in found]

    def similar_keys(self, key: str, replaces: Replaces) -> Any:
        """Return the same without the rows."""
        try:
            return [word for word, _ in self._find("", key, 0, replaces)]
        except UnicodeEncodeError:
            return self._slow_keys(key, replaces)

    def _find(
        self, before: str, key: str, index: int | None, replaces: Replaces
    ) -> list[tuple[str, int]]:
        follow = self._graph.follow_bytes
        found: list[tuple[str, int]] = []
        done = 0
        for letter in _any_of(b"".join(replaces)).finditer(key):
            place = letter.start()
            index = follow(key[done:place].encode("utf-8"), index)
            if index is None:
                return found
            others = replaces[letter[0].encode("utf-8")]
            for step, other in [others] if isinstance(others, tuple) else others:
                branch = follow(step, index)
                if branch is not None:
                    changed = f"{before}{key[:place]}{other}"
                    found += self._find(changed, key[place + 1 :], branch, replaces)
            done = place
        index = follow(key[done:].encode("utf-8") + _SEPARATOR, index)
        if index is not None:
            found.insert(0, (before + key, index))
        return found


@lru_cache(maxsize=2)
def _any_of(letters: bytes) -> Pattern[str]:
    return re.compile("|".join(map(re.escape, letters.decode("utf-8"))) or "(?!)")


def quicken(morph: MorphAnalyzer) -> None:
    """Make an analyzer walk its graphs the short way; its answers stay the same."""
    dictionary = morph.dictionary
    _quicken(morph.prob_estimator.p_t_given_w)
    for graph in (dictionary.words, *dictionary.prediction_suffixes_dawgs):
        if _quicken(graph):
            words = _Words(graph)
            graph._value_for_index = words.values  # noqa: SLF001
            graph.similar_items = words.similar_items
            graph.similar_keys = words.similar_keys


def _quicken(graph: Any) -> bool:
    """Change a graph's transitions, and tell whether it is one of `dawg_python`."""
    if type(getattr(graph, "dct", None)) is not Dictionary:
        return False
    graph.dct = _Graph(graph.dct)
    return True


def has_prefix(graph: Any, prefix: str) -> bool:
    """Tell whether a key of the graph begins so."""
    if hasattr(graph, "dct"):
        return graph.dct.follow_bytes(prefix.encode("utf-8"), graph.dct.ROOT) is not None
    return next(graph.iterkeys(prefix), None) is not None
