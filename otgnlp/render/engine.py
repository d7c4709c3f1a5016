"""The templates of pages and notebooks, and Jinja2, which fills them in."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from otgnlp.errors import MissingExtraError

try:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup
except ModuleNotFoundError as error:
    raise MissingExtraError(
        f"pages need {error.name}, which is not installed: pip install 'otgnlp[report]'"
    ) from error

from otgnlp.render.characters import show, tame
from otgnlp.render.palette import N_COLOURS
from otgnlp.render.view import LONGEST_BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from otgnlp.render.view import Block, Piece, TopicView


@cache
def environment() -> Environment:
    """Return the engine with all templates; whatever they print is escaped."""
    found = Environment(
        loader=PackageLoader("otgnlp.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {
        "chunks": _chunks,
        "show": show,
        "tame": tame,
        "percent": percent,
        "percents": lambda values: " ".join(str(percent(value)) for value in values),
        "strongest": _strongest,
        "pairs": _pairs,
    }
    return found


def percent(value: float) -> int:
    """Return a share or a probability in whole percents, 0 and 100 only where it is just that.

    >>> [percent(value) for value in (0.0, 0.001, 0.5, 0.999, 1.0)]
    [0, 1, 50, 99, 100]
    """
    return round(value * 100) if value in (0, 1) else min(max(round(value * 100), 1), 99)


@cache
def own_text(name: str) -> str:
    """Return a style sheet or a script of the package."""
    return (resources.files("otgnlp.render") / "templates" / name).read_text(encoding="utf-8")


def embed(text: str) -> Markup:
    """Return a style sheet or a script of ours to stand in a page as it is."""
    return Markup(text)  # noqa: S704 - holds no text that is shown


def digest(text: str) -> str:
    """Return what a content security policy calls an inline style sheet or script by."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}"


def _chunks(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield blocks that a browser lays out together once they come into sight."""
    chunk: list[Block] = []
    for block in blocks:
        if chunk and sum(len(item.sentences) for item in [*chunk, block]) > LONGEST_BLOCK:
            yield chunk
            chunk = []
        chunk.append(block)
    if chunk:
        yield chunk


def _strongest(piece: Piece) -> tuple[int, int]:
    """Return the topic that a piece spoke for most strongly, and how strongly."""
    return max(piece.strengths.items(), key=lambda item: item[1])


def _pairs(piece: Piece) -> str:
    return " ".join(f"{number}:{strength}" for number, strength in piece.strengths.items())


def topic_rules(topics: Sequence[TopicView], language: str | None = None) -> str:
    """Return style rules that give each topic its colours, and its letter in a language.

    Without `language`, the letters are those of the language that the page is in.
    """
    shades = "\n".join(
        f".{'abc'[place]}{topic.number}"
        f"{{{''.join(f'--{band}:var(--tint{_colour(topic)});' for band in 'abc'[place:])}}}"
        for place in range(3)  # a second and a third topic override what the first one sets
        for topic in topics
    )
    colours = "\n".join(
        f".t{topic.number}"
        f"{{--tint:var(--tint{_colour(topic)});--strong:var(--strong{_colour(topic)})}}"
        for topic in topics
    )
    letters = "\n".join(
        f'{"" if language else f":lang({spoken}) "}.k{topic.number}::before{{content:"{letter}"}}'
        for topic in topics
        for spoken, letter in topic.letters.items()
        if language in (None, spoken)
    )
    return f"{shades}\n{colours}\n{letters}\n"


def _colour(topic: TopicView) -> int:
    return topic.number % N_COLOURS
