"""What a notebook shows of a tagged text: HTML without a script, light or dark as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otgnlp.render.engine import embed, environment, own_text, topic_rules
from otgnlp.render.palette import declarations
from otgnlp.render.view import document_view, numbers_of, sentence_view, topic_names, topic_views

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.render.view import TopicView
    from otgnlp.schema import Document, Sentence

# What a notebook holds of a long text: each run of a cell keeps its output in the file.
_MOST_BLOCKS = 60


def show_document(document: Document) -> str:
    """Return HTML for a document: counts of its topics, and its text, a long one in part."""
    topics = topic_views(topic_names([document]))
    view = document_view(document, topics)
    shown = view.blocks[:_MOST_BLOCKS]
    return (
        environment()
        .get_template("document.html.j2")
        .render(
            style=_style(topics),
            topics=topics,
            document=view,
            blocks=shown,
            n_left=view.n_sentences - sum(len(block.sentences) for block in shown),
        )
    )


def show_sentence(sentence: Sentence) -> str:
    """Return HTML for a sentence."""
    topics = topic_views(sentence.probabilities)
    return (
        environment()
        .get_template("alone.html.j2")
        .render(
            style=_style(topics),
            topics=topics,
            sentence=sentence_view(sentence, numbers_of(topics)),
        )
    )


def _style(topics: Sequence[TopicView]) -> object:
    rules = topic_rules(topics, "en") + own_text("sentence.css") + own_text("notebook.css")
    return embed(
        f".otgnlp {{ {declarations(dark=False)}\n{rules}}}\n"
        "[data-jp-theme-light=false] .otgnlp, .vscode-dark .otgnlp, .theme-dark .otgnlp "
        f"{{ {declarations(dark=True)} }}\n"
    )
