"""Where in a text a topic stands, as the path of an SVG picture 1000 wide and 20 high."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otgnlp.render.view import DocumentView

_NARROWEST = 1.5


def lane(document: DocumentView, topic: int) -> str:
    """Return a bar for each sentence about a topic, as high as it is probable."""
    scale = 1000 / (document.length or 1)
    return "".join(
        f"M{sentence.start * scale:.1f} 20v{-20 * sentence.probabilities[topic]:.1f}"
        f"h{max((sentence.stop - sentence.start) * scale, _NARROWEST):.1f}"
        f"v{20 * sentence.probabilities[topic]:.1f}z"
        for sentence in document.sentences()
        if topic in sentence.given
    )
