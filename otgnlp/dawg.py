"""pymorphy3's word graphs, walked without a function call a byte.

pymorphy3 reads its dictionary by `dawg_python`, or by a compiled library where that is installed.
The former spends most of an analysis in two methods of four lines; here they are again, with what
they call written out. A compiled library is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dawg_python.wrapper import Dictionary

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer

# A unit of a graph, as libdawg lays it out: 31: leaf; 10 to 30: offset; 9: offset is in units of
# 256; 0 to 7: label.
_LABEL = 1 << 31 | 0xFF
_WORD = 0xFFFFFFFF


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


def quicken(morph: MorphAnalyzer) -> None:
    """Make an analyzer walk its graphs the short way; its answers stay the same."""
    dictionary = morph.dictionary
    graphs = (
        dictionary.words,
        *dictionary.prediction_suffixes_dawgs,
        morph.prob_estimator.p_t_given_w,
    )
    for graph in graphs:
        if type(getattr(graph, "dct", None)) is Dictionary:
            graph.dct = _Graph(graph.dct)


def has_prefix(graph: Any, prefix: str) -> bool:
    """Tell whether a key of the graph begins so."""
    if hasattr(graph, "dct"):
        return graph.dct.follow_bytes(prefix.encode("utf-8"), graph.dct.ROOT) is not None
    return next(graph.iterkeys(prefix), None) is not None
