"""What a terminal shows of a tagged text, by rich: letters, probabilities and underlined words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from otgnlp.printable import printable
from otgnlp.render.view import document_view, numbers_of, sentence_view, topic_names, topic_views

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from otgnlp.render.view import DocumentView, SentenceView, TopicView
    from otgnlp.schema import Document, Sentence

_COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")
_LONGEST_BAR = 24
_CLEAR = 2  # the least strength of a word that a terminal underlines


def show_document(document: Document) -> RenderableType:
    """Return what rich prints for a document: counts of its topics, and its text."""
    topics = topic_views(topic_names([document]))
    view = document_view(document, topics)
    lines: list[RenderableType] = [_totals(view, topics)]
    for number, block in enumerate(view.blocks):
        if block.spaced or number == 0:
            lines.append(Text())
        sentences = [_sentence(sentence, topics) for sentence in block.sentences]
        lines.append(Text(" ").join(sentences))
    return Group(*lines)


def underlined(view: SentenceView, topics: Sequence[TopicView]) -> Text:
    """Return a sentence in which words that clearly spoke for a topic are underlined."""
    text = Text(printable(view.before), style="" if view.given else "dim")
    for piece in view.pieces:
        text.append(printable(piece.text), _style(piece.strengths, topics))
    return text


def colour(topic: TopicView) -> str:
    """Return the topic's colour, as rich names it."""
    return _COLOURS[topic.number % len(_COLOURS)]


def show_sentence(sentence: Sentence) -> RenderableType:
    """Return what rich prints for a sentence."""
    topics = topic_views(sentence.probabilities)
    return _sentence(sentence_view(sentence, numbers_of(topics)), topics)


def _totals(view: DocumentView, topics: Sequence[TopicView]) -> Table:
    table = Table.grid(padding=(0, 2))
    whole = dict(view.given)
    for topic in topics:
        count = view.counts[topic.number]
        share = count / (view.n_sentences or 1)
        table.add_row(
            _key(topic),
            Text(printable(topic.titles["en"]), "bold" if topic.number in whole else ""),
            Text("█" * round(_LONGEST_BAR * share) or "▏", colour(topic)),
            Text(f"{count} of {view.n_sentences}", justify="right"),
            Text(f"as a whole {whole[topic.number]:.2f}" if topic.number in whole else "", "dim"),
        )
    return table


def _sentence(view: SentenceView, topics: Sequence[TopicView]) -> Text:
    text = underlined(view, topics)
    if view.caveat is not None:
        text.append(f" ({view.caveat})", "italic")
    for number in view.given:
        text.append(" ")
        text.append(_key(topics[number], f" {view.probabilities[number]:.2f}"))
    return text


def _style(strengths: Mapping[int, int], topics: Sequence[TopicView]) -> str:
    topic, strength = max(strengths.items(), key=lambda item: item[1], default=(0, 0))
    return f"underline {colour(topics[topic])}" if strength >= _CLEAR else ""


def _key(topic: TopicView, note: str = "") -> Text:
    return Text(f" {topic.letters['en']}{note} ", f"bold reverse {colour(topic)}")
