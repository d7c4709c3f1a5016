"""What the READMEs show is what the software prints; both languages show the same."""

from __future__ import annotations

import re

import pytest
from console import ROOT, walk

READMES = ["README.md", "README.ru.md"]


@pytest.mark.parametrize("name", READMES)
def test_shown_output_is_real(name):
    _, shown = walk(ROOT / name)
    assert shown
    for _, written, printed in shown:
        assert written == printed


def test_both_readmes_show_the_same_commands():
    marks = r"<!-- command: \w+ -->\n```sh\n.*\n```"
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in READMES]
    assert re.findall(marks, texts[0]) == re.findall(marks, texts[1]) != []


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "models/README.md", "docs"])
def test_links_lead_somewhere(name):
    path = ROOT / name
    for file in [path] if path.is_file() else path.glob("**/*.md"):
        for target in re.findall(r"\]\(([^)#]+)", file.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (file.parent / target).exists(), f"{file}: {target}"
