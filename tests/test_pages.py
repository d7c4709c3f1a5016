"""Pages that need libraries of extras print what they say; both languages show the same."""

from __future__ import annotations

import os
import re

import pytest
from console import ROOT, walk

PAGES = {
    "command-line": ("trafilatura",),
    "frames": ("pandas", "polars", "pyarrow"),
    "report": ("jinja2",),
    "spacy": ("spacy",),
}


@pytest.mark.parametrize("name", PAGES)
def test_page_prints_what_it_says(name):
    if not os.environ.get("OTGNLP_ALL_ENGINES"):
        for library in PAGES[name]:
            pytest.importorskip(library)
    _, shown = walk(ROOT / "docs" / f"{name}.md")
    assert len(shown) > 4
    for _, written, printed in shown:
        assert written == printed


@pytest.mark.parametrize("name", PAGES)
def test_both_languages_show_the_same(name):
    blocks = r"^```(?:python|console|text)\n.*?^```$"
    texts = [
        (ROOT / "docs" / f"{name}{language}.md").read_text(encoding="utf-8")
        for language in ("", ".ru")
    ]
    here, there = (re.findall(blocks, text, re.DOTALL | re.MULTILINE) for text in texts)
    assert here == there != []
