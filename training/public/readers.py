"""The shapes of the sources' files: each reader takes a file apart into documents and texts.

A reader gets a file's path and contents and yields pairs (doc, text). A document may come more than
once; a text may have several paragraphs, one a line.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_TAG_OR_MARK = re.compile(r"<[^>]+>|[*`|#>]+")


def read_plain(path: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Take a whole file as a document that its path names; a byte order mark is no text."""
    yield path, content.decode("utf-8-sig")


def read_news(path: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Read the rows of a year's CSV: `content` is the text, `url` names the document.

    A text that the file holds more than twice is no article but the page's frame.
    """
    rows = list(_read_csv(content))
    copies = Counter(row["content"] for row in rows)
    for row in rows:
        if copies[row["content"]] <= 2:
            yield _news_doc(path, row["url"]), row["content"]


def read_titles(path: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Read a year's search index in JSON: `r` is the Russian title, `u` the address."""
    for entry in json.loads(content):
        yield _news_doc(path, entry["u"]), entry.get("r") or ""


def _news_doc(path: str, url: str) -> str:
    """Return the year that the file's name ends with, and the number of the article.

    >>> _news_doc("chunks/chunk_2004.csv", "https://example.org/news/2004-05-01/1234-most_otkryt")
    '2004/1234'
    """
    number = re.match(r"\d*", url.rpartition("/")[2])
    assert number is not None
    return f"{PurePosixPath(path).stem[-4:]}/{number.group()}"


def read_articles(_path: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Read the rows of a CSV, numbered from 0: the title, made a sentence, and the text below."""
    for number, row in enumerate(_read_csv(content)):
        yield str(number), f"{row['title']}.\n{row['text']}"


def _read_csv(content: bytes) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))


def read_archive(_path: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Take each `.txt` of a zip archive as a document, named without its folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(".txt"):
                yield name.rpartition("/")[2], archive.read(name).decode("utf-8")


def read_topics_table(path: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Read lines `number, category, text` below a line of names; quotation marks quote nothing."""
    for line in content.decode("utf-8").split("\n")[1:]:
        if line:
            number, _category, text = line.split("\t")
            yield f"{PurePosixPath(path).stem}{number}", text


def read_treebank(path: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Read the sentences of a CoNLL-U file, numbered from 0 after the split in the file's name."""
    split = PurePosixPath(path).stem.rpartition("-")[2]
    texts = re.findall(r"^# text = (.*)$", content.decode("utf-8"), re.MULTILINE)
    for number, text in enumerate(texts):
        yield f"{split}{number}", text


def read_post(path: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Take a post of a blog without its front matter and its Markdown and HTML marks."""
    yield path, strip_markdown(content.decode("utf-8"))


def strip_markdown(text: str) -> str:
    """Return what is left of a post to read: tags and marks become spaces, links their words.

    Underscores and entities such as `&nbsp;` stay: so the sentences were when they got their ids.

    >>> strip_markdown("> См. [карту](/map), **важно**<br>").split()
    ['См.', 'карту,', 'важно']
    """
    text = _IMAGE.sub(" ", _FRONT_MATTER.sub("", text))
    return _TAG_OR_MARK.sub(" ", _LINK.sub(r"\1", text))
