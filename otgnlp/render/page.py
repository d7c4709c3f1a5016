"""The page: one HTML file with all that it needs, whose script and style alone may run."""

from __future__ import annotations

import datetime
import json
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from otgnlp import __version__
from otgnlp.errors import InputError
from otgnlp.render.engine import digest, embed, environment, own_text, topic_rules
from otgnlp.render.lanes import lane
from otgnlp.render.palette import themes
from otgnlp.render.periods import find_periods
from otgnlp.render.view import LANGUAGES, document_view, numbers_of, topic_names, topic_views
from otgnlp.schema import Document

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from otgnlp.render.periods import Periods
    from otgnlp.render.view import DocumentView, TopicView

# Rows of the list of texts that are laid out at first; a button brings as many more.
_N_ROWS = 100

# Browsers read so many sentences of HTML at once without a pause that people notice; what the list
# and the heading of a text take is like so many more.
_MOST_UNPACKED = 1500
_SIZE_OF_TEXT = 4


def make_page(
    documents: Document | Iterable[Document],
    names: Sequence[str | None] | None,
    dates: Sequence[datetime.date | None] | None,
    title: str | None,
    titles: Mapping[str, str] | None,
    only: Collection[str],
    language: str,
) -> str:
    """Return the page that `otgnlp.render.html` describes."""
    documents = [documents] if isinstance(documents, Document) else list(documents)
    if language not in LANGUAGES:
        raise InputError(f"language must be one of {', '.join(LANGUAGES)}, not {language!r}")
    topics = topic_views(topic_names(documents), titles)
    views = [
        document_view(document, topics, number, name, date)
        for number, (document, name, date) in enumerate(
            zip(
                documents,
                _one_each("names", names, len(documents)),
                _one_each("dates", dates, len(documents)),
                strict=True,
            )
        )
    ]
    periods = find_periods([view.date for view in views])
    context = {
        **_texts(views, title, language),
        **_totals(views, topics),
        **_over_time(views, topics, periods),
        "topics": topics,
        "documents": views,
        "periods": periods,
        "only": _numbers(only, topics),
        "all_shown": not only,
    }
    return _fill(topics, context)


def _one_each(what: str, given: Sequence[Any] | None, n_documents: int) -> Sequence[Any]:
    if given is None:
        return [None] * n_documents
    if len(given) != n_documents:
        raise InputError(f"{what} must be {n_documents}, one a document, not {len(given)}")
    return given


def _numbers(only: Collection[str], topics: Sequence[TopicView]) -> set[int]:
    numbers = numbers_of(topics)
    for name in only:
        if name not in numbers:
            raise InputError(f"unknown topic {name!r}: these texts have {', '.join(numbers)}")
    return {numbers[name] for name in only} or set(numbers.values())


def _texts(views: Sequence[DocumentView], title: str | None, language: str) -> dict[str, Any]:
    all_words = json.loads(own_text("interface.json"))
    words = all_words[language]
    many = len(views) != 1
    if title is None:
        title = words["reports"] if many else views[0].name or words["report"]
    return {
        "title": title,
        "many": many,
        "language": language,
        "words": words,
        "all_words": all_words,
        "version": __version__,
        "models": list(dict.fromkeys(view.model for view in views)),
    }


def _totals(views: Sequence[DocumentView], topics: Sequence[TopicView]) -> dict[str, Any]:
    sentences = [sentence for view in views for sentence in view.sentences()]
    return {
        "n_documents": len(views),
        "n_unpacked": _count_unpacked(views),
        "n_rows": _N_ROWS,
        "n_sentences": len(sentences),
        "n_untold": sum(not sentence.given for sentence in sentences),
        "n_undated": sum(view.date is None for view in views),
        "counts": [sum(view.counts[topic.number] for view in views) for topic in topics],
        "has_words": any(piece.strengths for item in sentences for piece in item.pieces)
        or not any(sentence.given for sentence in sentences),
    }


def _count_unpacked(views: Sequence[DocumentView]) -> int:
    """Return how many texts stand in the page as HTML, the first of them at least."""
    sizes = accumulate(view.n_sentences + _SIZE_OF_TEXT for view in views)
    return max(sum(size <= _MOST_UNPACKED for size in sizes), 1)


def _over_time(
    views: Sequence[DocumentView], topics: Sequence[TopicView], periods: Periods | None
) -> dict[str, Any]:
    """Return how many sentences each period has, and each topic's share of them."""
    n_periods = len(periods.labels) if periods else 0
    sizes = [0] * n_periods
    counts = [[0] * n_periods for _ in topics]
    for view, period in zip(views, periods.numbers if periods else (), strict=False):
        if period is None:
            continue
        sizes[period] += view.n_sentences
        for row, count in zip(counts, view.counts, strict=True):
            row[period] += count
    shares = [
        [count / (size or 1) for count, size in zip(row, sizes, strict=True)] for row in counts
    ]
    highest = max((share for row in shares for share in row), default=0)
    return {"sizes": sizes, "shares": shares, "highest": highest}


def _fill(topics: Sequence[TopicView], context: Mapping[str, Any]) -> str:
    style = themes() + topic_rules(topics) + own_text("sentence.css") + own_text("report.css")
    early, script = own_text("early.js"), own_text("report.js")
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src '{digest(early)}' '{digest(script)}'",
            f"style-src '{digest(style)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types otgnlp",
        )
    )
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            context,
            policy=policy,
            style=embed(style),
            early=embed(early),
            script=embed(script),
            lane=lane,
        )
    )
