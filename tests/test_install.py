"""The three ways to install, each in a clean environment, used from outside the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
NOT_SOURCE = shutil.ignore_patterns(".git", ".*cache", ".venv*", "build", "dist", "*.egg-info")

USE = """
import json, pathlib, otgnlp, otgnlp.models
document = otgnlp.tag("Поезд опоздал.")
print(json.dumps({
    "package": str(pathlib.Path(otgnlp.__file__).parent),
    "models": str(pathlib.Path(otgnlp.models.__file__).parent),
    "card": (otgnlp.bundled_model().parent / "README.md").is_file(),
    "typed": (pathlib.Path(otgnlp.__file__).parent / "py.typed").is_file(),
    "topics": [score.topic for score in document.sentences[0].topics],
}))
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """A copy of the source, so that building leaves nothing in the checkout."""
    return shutil.copytree(ROOT, tmp_path_factory.mktemp("source") / "otgnlp", ignore=NOT_SOURCE)


@pytest.fixture(scope="module")
def built(source) -> Path:
    """A folder with the sdist, and the wheel built from it."""
    subprocess.run([sys.executable, "-m", "build", "--outdir", source / "dist", source], check=True)
    return source / "dist"


def tag_in(folder, python):
    """What tagging prints last when Python is started in a folder."""
    code = "import otgnlp; print(otgnlp.tag('Поезд опоздал.').topics)"
    command = [python, "-X", "utf8", "-c", code]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    return (done.stdout + done.stderr).splitlines()[-1]


@pytest.mark.parametrize("kind", ["wheel", "sdist", "editable"])
def test_install(kind, source, built, tmp_path):
    target = {
        "wheel": lambda: [next(built.glob("*.whl"))],
        "sdist": lambda: [next(built.glob("*.tar.gz"))],
        "editable": lambda: ["--editable", source],
    }[kind]()
    environment = tmp_path / "env"
    venv.create(environment, with_pip=True)
    folder = environment / ("Scripts" if os.name == "nt" else "bin")
    python = folder / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *target], check=True)

    found = json.loads(subprocess.check_output([python, "-c", USE], cwd=tmp_path, text=True))
    home = source if kind == "editable" else environment
    assert Path(found["package"]).is_relative_to(home.resolve())
    assert Path(found["models"]).is_relative_to(home.resolve())
    assert found["topics"] == ["transport"]
    assert found["card"]
    assert found["typed"]

    if kind == "wheel":
        alone = tmp_path / "alone"
        shutil.copytree(source / "otgnlp", alone / "otgnlp")
        assert tag_in(source, python) == "(transport 1.00,)"  # a checkout's own package comes first
        assert "ModelError: otgnlp.models is missing" in tag_in(alone, python)

    command = [folder / "otgnlp", "tag", source / "examples" / "summit.txt"]
    lines = subprocess.check_output(command, cwd=tmp_path, encoding="utf-8").splitlines()
    assert len(lines) > 25
    assert json.loads(lines[0])["model"].startswith("otgnlp-topics")
