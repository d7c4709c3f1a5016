"""How tagged documents are written as a page, by otgnlp.render."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from otgnlp.cli.common import say
from otgnlp.errors import InputError

if TYPE_CHECKING:
    import datetime
    from typing import TextIO

    from otgnlp.cli.reading import Block
    from otgnlp.cli.writer import WriteOptions
    from otgnlp.schema import Document


class PageWriter:
    """Keeps all documents and writes the page at the end."""

    def __init__(self, options: WriteOptions, stream: TextIO) -> None:
        if stream.isatty():
            raise InputError("a page is nothing for a terminal: name a file with -o")
        import_module("otgnlp.render.page")  # what is missing is said before work begins
        self._options = options
        self._stream = stream
        self._names: list[str] = []
        self._dates: list[datetime.date | None] = []
        self._documents: list[Document] = []

    def write(self, block: Block, document: Document) -> None:
        """Keep one document, which is a whole text."""
        self._names.append(block.title)
        date_of = self._options.date_of
        self._dates.append(date_of(block) if date_of else None)
        self._documents.append(document)

    def close(self) -> None:
        """Write the page."""
        from otgnlp import render

        if self._options.date_of and not any(self._dates):
            say("otgnlp: none of the texts has a date, so the page draws no topics over time")
        page = render.html(
            self._documents,
            names=self._names,
            dates=self._dates,
            only=self._options.wanted,
            language=self._options.language,
        )
        self._stream.write(page)
