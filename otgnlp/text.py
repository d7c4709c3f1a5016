"""Where sentences and tokens stand in a text: razdel's rules, at a cost linear in the length."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from razdel.segmenters.sentenize import BULLET_SIZE, SentSegmenter
from razdel.segmenters.tokenize import TokenSegmenter

if TYPE_CHECKING:
    from collections.abc import Iterator

Span = tuple[int, int]

# The line ends of `str.splitlines`.
_PARAGRAPH = re.compile("[^\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")

# razdel hands its rules all that was joined so far and copies it at every join, which is quadratic
# on sentences that never end and on runs of dots or hyphens. Its rules look at that text only
# while it is short (a bullet such as "8.1.", a smiley), so a beginning a little longer than that
# serves them as well.
_LONGEST_SMILEY = 5


class _Sentences(SentSegmenter):  # type: ignore[misc]
    def segment(self, parts: Iterator[Any]) -> Iterator[str]:
        buffer = _Buffer(next(parts), BULLET_SIZE)
        for split in parts:
            right = next(parts)
            split.buffer = buffer.head
            if self.join(split):
                buffer.append(split.delimiter)
                buffer.append(right)
            else:
                buffer.append(split.delimiter)
                yield buffer.text()
                buffer = _Buffer(right, BULLET_SIZE)
        yield buffer.text()


class _Tokens(TokenSegmenter):  # type: ignore[misc]
    def segment(self, parts: Iterator[Any]) -> Iterator[str]:
        first = next(parts, None)
        if first is None:
            return
        buffer = _Buffer(first, _LONGEST_SMILEY)
        for split in parts:
            right = next(parts)
            split.buffer = buffer.head
            if not split.delimiter and self.join(split):
                buffer.append(right)
            else:
                yield buffer.text()
                buffer = _Buffer(right, _LONGEST_SMILEY)
        yield buffer.text()


class _Buffer:
    """Pieces of text, with a beginning that is whole up to `limit` characters."""

    __slots__ = ("head", "limit", "pieces")

    def __init__(self, piece: str, limit: int) -> None:
        self.pieces = [piece]
        self.head = piece
        self.limit = limit

    def append(self, piece: str) -> None:
        self.pieces.append(piece)
        if len(self.head) <= self.limit:
            self.head += piece

    def text(self) -> str:
        return "".join(self.pieces)


_sentenize = _Sentences()
_tokenize = _Tokens()


def split_sentences(text: str) -> Iterator[Span]:
    r"""Yield the start and stop of each sentence; line breaks end sentences too.

    >>> text = "Порт открыт. Рейс отменён\nСвет дали"
    >>> [text[start:stop] for start, stop in split_sentences(text)]
    ['Порт открыт.', 'Рейс отменён', 'Свет дали']
    """
    for paragraph in _PARAGRAPH.finditer(text):
        offset = paragraph.start()
        for sentence in _sentenize(paragraph.group()):
            if sentence.text:
                yield offset + sentence.start, offset + sentence.stop


def split_tokens(text: str) -> Iterator[Span]:
    """Yield the start and stop of each token of a sentence.

    >>> text = "ТЭЦ-2 дала 5 МВт."
    >>> [text[start:stop] for start, stop in split_tokens(text)]
    ['ТЭЦ-2', 'дала', '5', 'МВт', '.']
    """
    for token in _tokenize(text):
        yield token.start, token.stop
