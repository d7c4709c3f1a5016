"""How tagged documents are written as a page, by otgnlp.render."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from otgnlp.errors import InputError

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Collection
    from typing import Literal, TextIO

    from otgnlp.schema import Document


class PageWriter:
    """Keeps all documents and writes the page at the end.

    `date_of` tells a document's date by its name, `language` is that of the page's own words.
    """

    language: Literal["en", "ru"] = "en"

    def __init__(
        self,
        topics: tuple[str, ...],  # noqa: ARG002 - the documents name them
        wanted: Collection[str],
        explain: bool,  # noqa: ARG002 - a page always shows it
        stream: TextIO,
    ) -> None:
        if stream.isatty():
            raise InputError("a page is nothing for a terminal: name a file with -o")
        import_module("otgnlp.render.page")  # what is missing is said before work begins
        self._stream = stream
        self._wanted = wanted
        self._names: list[str] = []
        self._documents: list[Document] = []
        self.date_of: Callable[[str], datetime.date | None] = lambda _: None

    def write(self, file: str, document: Document, start: int) -> None:  # noqa: ARG002
        """Keep one document, which is a whole file."""
        self._names.append(file)
        self._documents.append(document)

    def close(self) -> None:
        """Write the page."""
        from otgnlp import render

        page = render.html(
            self._documents,
            names=self._names,
            dates=[self.date_of(name) for name in self._names],
            only=self._wanted,
            language=self.language,
        )
        self._stream.write(page)
