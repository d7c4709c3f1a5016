"""What users install: the package alone, the same bytes each time, and a list of its parts."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import otgnlp
from training.supply.environments import at_lowest, requirements_of
from training.supply.matrix import MOST_DIFFERENCE, Found, differences
from training.supply.wheel import build

ROOT = Path(__file__).resolve().parent.parent
RUN_TIME = {
    "joblib",
    "numpy",
    "pymorphy3",
    "pymorphy3-dicts-ru",
    "razdel",
    "rich",
    "scikit-learn",
}
COPIED = ("otgnlp", "models", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(tmp_path_factory.mktemp("wheel"))


def test_two_builds_give_the_same_bytes(wheel, tmp_path):
    """Neither place nor times nor rights nor what lies about change the wheel."""
    source = tmp_path / "a checkout"
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        source.mkdir(exist_ok=True)
        copy(ROOT / name, source / name)
    for folder, _, files in os.walk(source):
        for name in files:
            os.utime(Path(folder) / name, (0, 1_000_000_000))
            os.chmod(Path(folder) / name, 0o600)
    (source / "build" / "lib" / "otgnlp").mkdir(parents=True)
    (source / "build" / "lib" / "otgnlp" / "stale.py").write_text("", encoding="utf-8")
    before = os.umask(0o077)
    try:
        other = build(tmp_path / "dist", source)
    finally:
        os.umask(before)
    assert other.name == wheel.name
    assert other.read_bytes() == wheel.read_bytes()


def test_the_wheel_holds_nothing_but_the_package(wheel):
    packages = re.search(r"^packages = (\[.*\])$", _project(), re.MULTILINE)
    expected = set()
    for package in json.loads(packages[1]):
        folder = ROOT / ("models" if package == "otgnlp.models" else package.replace(".", "/"))
        files = [path for path in folder.iterdir() if path.suffix == ".py"]
        expected |= {f"{package.replace('.', '/')}/{path.name}" for path in files}
    topics = {path.name for path in (ROOT / "models" / "topics").iterdir()}
    expected |= {f"otgnlp/models/topics/{name}" for name in topics}
    templates = (ROOT / "otgnlp" / "render" / "templates").iterdir()
    expected |= {f"otgnlp/render/templates/{path.name}" for path in templates}
    expected |= {"otgnlp/models/README.md", "otgnlp/py.typed"}
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        modes = {info.external_attr >> 16 & 0o777 for info in archive.infolist()}
    about = {name for name in names if ".dist-info/" in name}
    assert set(names) - about == expected
    assert {name.split(".dist-info/")[1] for name in about} == {
        "licenses/LICENSE",
        "METADATA",
        "WHEEL",
        "entry_points.txt",
        "top_level.txt",
        "RECORD",
    }
    assert len(names) == len(set(names))
    assert modes <= {0o644, 0o664}  # RECORD has the second


def test_dependencies_have_lower_bounds_and_upper_ones_a_reason(wheel):
    required = requirements_of(wheel)
    assert {one.name for one in required} == RUN_TIME
    assert len(at_lowest(required)) == len(required)
    lines = re.findall(r'^.*"[\w.-]+>=.*$', _project(), re.MULTILINE)
    assert len(lines) > 15
    for line in lines:
        for requirement in re.findall(r'"([^"]+)"', line):
            assert ">=" in requirement or requirement.startswith("otgnlp["), requirement
            assert "  # " in line or not re.search("<|==|~=", requirement), f"{requirement}: why?"


def test_the_lowest_versions_are_those_declared(wheel):
    lowest = at_lowest(requirements_of(wheel))
    assert "numpy==1.26" in lowest
    assert "scikit-learn==1.4" in lowest
    assert any(one.startswith("natasha==") for one in at_lowest(requirements_of(wheel, "train")))


def _project():
    return (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.skipif(
    not os.environ.get("OTGNLP_LONG"), reason="installs an environment; set OTGNLP_LONG=1"
)
def test_the_bill_of_materials_lists_all_that_is_installed(tmp_path, wheel):
    path = tmp_path / "bom.json"
    command = [sys.executable, "-m", "training.supply.bom", "-o", path]
    subprocess.run(command, check=True, cwd=ROOT)
    bill = json.loads(path.read_text(encoding="utf-8"))
    assert bill["bomFormat"] == "CycloneDX"
    own = bill["metadata"]["component"]
    assert (own["name"], own["version"]) == ("otgnlp", otgnlp.__version__)
    assert own["hashes"][0]["content"] == hashlib.sha256(wheel.read_bytes()).hexdigest()
    (needs,) = (one["dependsOn"] for one in bill["dependencies"] if one["ref"] == own["bom-ref"])
    assert {name.split("==")[0] for name in needs} == RUN_TIME
    names = {one["name"] for one in bill["components"]}
    assert names >= RUN_TIME | {"scipy"}
    assert not names & {"otgnlp", "pip", "setuptools", "pytest", "natasha"}
    for one in bill["components"]:
        assert one["purl"] == f"pkg:pypi/{one['name'].lower()}@{one['version']}"


def test_the_matrix_notices_a_difference():
    same = {"bundled": [[0.25, 0.5]], "low": [[0.5, 0.5]], "high": [[0.125, 1.0]]}
    found = {
        "low": Found({}, "1", {**same, "high": [[0.125, 0.75]]}),
        "high": Found({}, "1", {**same, "low": [[0.5, 0.25]]}),
    }
    assert differences(found) == {
        "bundled": {"low": 0.0, "high": 0.0},
        "low": {"low": 0.0, "high": 0.25},
        "high": {"low": 0.25, "high": 0.0},
    }


def test_the_committed_matrix_holds_what_is_promised():
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    block = re.search(r"<!-- results: matrix -->\n(.*?)\n<!-- end -->", text, re.DOTALL)
    head, _, *rows = (line.strip("| ").split(" | ") for line in block[1].splitlines())
    assert len(rows) == len(head) + 1  # the bundled model, that of format 1, and one of each column
    assert len(head) > 8
    for row in rows:
        assert max(map(float, row[1:])) <= MOST_DIFFERENCE
