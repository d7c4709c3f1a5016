"""Makes a site of pages that are written to be read in the checkout as well.

MkDocs calls the functions whose names begin with `on_`.
"""

from __future__ import annotations

import html
import re
from typing import Any

# Where files of the checkout that pages link to stand on the site.
PLACES = {
    "../CHANGELOG.md": "changelog.md",
    "../models/README.md": "model-card.md",
    "../otgnlp/fitting/classifier.py": "reference/training.md",
}

_SWITCH = re.compile(r"^\[(?:По-русски|In English)\]\([\w./-]+\)\n", re.MULTILINE)
_OUTSIDE = re.compile(r"\[([^\]]+)\]\((\.\./[^)]+)\)")
_RUSSIAN = re.compile(r"(\]\([\w./-]+)\.ru\.md(#[^)]*)?\)")
_MERMAID = re.compile(r"^```mermaid\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NODE = re.compile(r'(\w+)\["<b>(.*?)</b><br>(.*?)"\]')

_WIDTH = 760
_LINE = 22
_GAP = 26


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """Fit a page's text: languages are switched by the theme, drawings are drawn."""
    markdown = _SWITCH.sub("", markdown)
    markdown = _RUSSIAN.sub(r"\1.md\2)", markdown)
    if "/" not in page.file.src_uri:
        markdown = _OUTSIDE.sub(lambda link: _inside(link, config.repo_url), markdown)
    return _MERMAID.sub(lambda block: draw(block[1]), markdown)


def _inside(link: re.Match[str], repository: str | None) -> str:
    """Lead a link out of `docs/` to its place on the site, or to the repository if it has one."""
    text, target = link.groups()
    if target in PLACES:
        return f"[{text}]({PLACES[target]})"
    path = target.removeprefix("../")
    if repository:
        return f"[{text}]({repository.rstrip('/')}/blob/main/{path})"
    return text if path in text else f"{text} (`{path}`)"


def nodes(chart: str) -> list[tuple[str, str, str]]:
    """Return the nodes of a Mermaid chart: name, title, and what stands below the title."""
    return _NODE.findall(chart)


def draw(chart: str) -> str:
    """Draw a Mermaid chart that is a column of nodes as SVG: browsers need no script for it."""
    shapes, top = [], 1
    found = nodes(chart)
    for i, (_, title, text) in enumerate(found):
        lines = [title, *text.split("<br>")]
        height = _LINE * len(lines) + 14
        shapes.append(
            f'<rect x="1" y="{top}" width="{_WIDTH - 2}" height="{height}" rx="6"'
            ' fill="none" stroke="currentColor"/>'
        )
        for j, line in enumerate(lines):
            weight = "bold" if j == 0 else "normal"
            shapes.append(
                f'<text x="{_WIDTH // 2}" y="{top + _LINE * (j + 1)}" font-weight="{weight}"'
                f' text-anchor="middle">{html.escape(line, quote=False)}</text>'
            )
        top += height
        if i < len(found) - 1:
            x, y = _WIDTH // 2, top + _GAP
            shapes.append(
                f'<path d="M{x} {top}V{y}m-4 -7l4 7l4 -7" fill="none" stroke="currentColor"/>'
            )
            top += _GAP
    look = 'role="img" fill="currentColor" font-size="15" style="max-width:100%"'
    body = "".join(shapes)
    return f'<div><svg viewBox="0 0 {_WIDTH} {top + 1}" {look}>{body}</svg></div>'
