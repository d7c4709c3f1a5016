"""What the READMEs show is what the software prints; both languages show the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READMES = ["README.md", "README.ru.md"]


def blocks(name: str, language: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", READMES)
def test_shown_output_is_real(name):
    shown = [block.split("\n", 1) for block in blocks(name, "console")]
    assert shown
    for command, output in shown:
        program, *arguments = command.removeprefix("$ ").split()
        assert program == "otgnlp"
        printed = subprocess.check_output(
            [sys.executable, "-m", "otgnlp", *arguments],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "100"},
            encoding="utf-8",
        )
        assert output.split() == printed.split()


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
