"""The house is as it is drawn: imports keep the contracts, the drawing names the same floors."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
from itertools import pairwise

import pytest
from conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"
PAGE = ROOT / "docs" / "architecture.md"
HOOKS = runpy.run_path(str(ROOT / "docs" / "hooks" / "pages.py"))


def lint(folder):
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "otgnlp", folder / "otgnlp")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_imports_keep_the_contracts():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("module", "line", "broken"),
    [
        ("records", "from otgnlp import tagger", "otgnlp.records -> otgnlp.tagger"),
        (
            "reader",
            "def late():\n    from otgnlp import scoring",
            "otgnlp.reader -> otgnlp.scoring",
        ),
        ("tagger", "import pandas", "otgnlp.tagger -> pandas"),
        ("attic", "", "otgnlp.attic"),
    ],
)
def test_what_breaks_them(copy, module, line, broken):
    path = copy / "otgnlp" / f"{module}.py"
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")
    assert done.returncode == 1
    assert broken in done.stdout


def drawn(page):
    """The floors of the drawing from the top down: by the arrows, with what stands on each."""
    (chart,) = re.findall(r"^```mermaid\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    floors = {name: re.sub("<br>", " | ", text) for name, _, text in HOOKS["nodes"](chart)}
    steps = {}
    for line in chart.splitlines():
        if "-->" in line:
            names = line.split("-->")
            steps.update((a.strip(), b.strip()) for a, b in pairwise(names))
    (top,) = steps.keys() - steps.values()
    order = [top]
    while order[-1] in steps:
        order.append(steps[order[-1]])
    assert order == list(floors)
    return list(floors.values())


def test_the_drawing_is_the_contract():
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = configuration["tool"]["importlinter"]["contracts"]
    (house,) = [contract for contract in contracts if contract["id"] == "house"]
    page = PAGE.read_text(encoding="utf-8")
    assert drawn(page) == house["layers"]
    assert drawn(page.replace(" | details", "")) != house["layers"]


def test_the_site_draws_every_floor():
    (chart,) = re.findall(
        r"^```mermaid\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    picture = HOOKS["draw"](chart)
    lines = re.findall(r"<text[^>]*>(.*?)</text>", picture)
    for _, title, text in HOOKS["nodes"](chart):
        assert {title, *text.split("<br>")} <= set(lines)
    assert picture.count("<rect") == picture.count("<path") + 1 == len(HOOKS["nodes"](chart))
