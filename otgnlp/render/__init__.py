"""Tagged texts to look at: a page for a browser, and what notebooks and terminals show.

view (what there is to see, the one model of all pictures) ← page, notebook, terminal. Pages need
the extra `report`; terminals do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from otgnlp.schema import Document

__all__ = ["html"]


def html(
    documents: Document | Iterable[Document],
    *,
    names: Sequence[str | None] | None = None,
    dates: Sequence[datetime.date | None] | None = None,
    title: str | None = None,
    titles: Mapping[str, str] | None = None,
    only: Collection[str] = (),
    language: Literal["en", "ru"] = "en",
) -> str:
    """Return a page that shows a tagged text, or many, in one file that needs no network.

    `names` and `dates` belong to the documents, one each; with dates the page draws topics over
    time. `title` heads the page; `titles` are the names to show for topics of your own. `only` are
    topics to begin with, all others filtered out; `language` is that of the page's own words,
    which its reader can change. The page can be written as UTF-8 whatever the texts hold.

    Raises `InputError` if there is not a name or a date for each document, if a topic or the
    language is unknown, and `MissingExtraError` without jinja2 (`pip install 'otgnlp[report]'`).

    >>> import otgnlp
    >>> page = otgnlp.render.html(otgnlp.tag("Порт расширят."), title="Порты")
    >>> page.count("<script src"), "<title>Порты</title>" in page
    (0, True)
    """
    from otgnlp.render.page import make_page

    return make_page(documents, names, dates, title, titles, only, language)
