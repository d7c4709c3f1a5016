"""The article of an HTML page, without its menus, advertisements and comments, by trafilatura.

Needs the extra `html`: ``pip install 'otgnlp[html]'``.
"""

from __future__ import annotations

import codecs
import logging
import re

from otgnlp.errors import InputError, MissingExtraError

try:
    from trafilatura import extract
except ImportError as error:
    raise MissingExtraError(
        "the article of an HTML page needs trafilatura: pip install 'otgnlp[html]'"
    ) from error

# Bytes; thousands of links without a paragraph cost the square of their number.
LARGEST_PAGE = 4_000_000

# As in the HTML standard, the declaration stands early; "utf-16" in it can only be wrong.
_DECLARED_WITHIN = 4096
_DECLARATION = re.compile(
    rb"""<(?:meta|\?xml)\s[^>]*?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# What it complains of is the page's matter; the caller gets an error, or the article.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())


def article(page: bytes | str, encoding: str | None = None) -> str:
    r"""Return the text of a page's article, a line a paragraph.

    Bytes are decoded by `encoding` or, if there is none, by what the page declares, otherwise as
    UTF-8. Raises `InputError` if they are not in that encoding, if the page is larger than
    `LARGEST_PAGE` bytes (or characters), or if no article is found in it.

    >>> article("<nav>Меню</nav><article><p>Порт Актау принял первый поезд.</p></article>")
    'Порт Актау принял первый поезд.'
    """
    if len(page) > LARGEST_PAGE:
        raise InputError(f"the page is larger than {LARGEST_PAGE:,} bytes")
    content = page if isinstance(page, str) else _decode(page, encoding)
    if "<html" not in content[:_DECLARED_WITHIN].lower():
        content = f"<!--html-->{content}"  # without the word, a lone element is refused
    try:
        found = extract(content, include_comments=False)
    except Exception as error:  # no list of what a hostile page brings about
        raise InputError(
            f"no article can be read from the page ({type(error).__name__})"
        ) from error
    if not found:
        raise InputError("no article is found in the page")
    return found


def _decode(page: bytes, encoding: str | None) -> str:
    if encoding is not None:
        return _strictly(page, encoding)
    for mark, marked in _MARKS:
        if page.startswith(mark):
            return _strictly(page, marked).removeprefix("\ufeff")
    declaration = _DECLARATION.search(page[:_DECLARED_WITHIN])
    if declaration is None or declaration[1].lower().startswith(b"utf-16"):
        return _strictly(page, "utf-8")
    declared = declaration[1].decode("ascii", "replace")
    try:
        return page.decode(declared, "replace")  # as browsers do
    except (LookupError, UnicodeError):
        raise InputError(
            f"the page declares the encoding {declared!r}, which cannot be used; "
            "name its encoding with --encoding"
        ) from None


def _strictly(page: bytes, encoding: str) -> str:
    try:
        return page.decode(encoding)
    except UnicodeError as error:
        raise InputError(
            f"not in {encoding} ({error}); name its encoding with --encoding, for example cp1251"
        ) from error
