"""Train with each version of the libraries, tag with each: `python -m training.supply.matrix`.

A model must give the same probabilities wherever it is read. `--only lowest highest` takes these
two environments alone: every library at its lower bound, and at its newest. With `--tests`, the
tests of tagging, training, model folders and the command line run in the lowest as well. `--write`
puts the tables into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.paths import BUNDLED, corpus_files
from training.report import fill, speak_utf8, table
from training.supply.environments import (
    ROOT,
    at_lowest,
    make_environment,
    requirements_of,
    run,
)
from training.supply.wheel import build

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


MOST_DIFFERENCE = 1e-6

LOWEST, HIGHEST = "lowest", "highest"
_SCIKIT_LEARN = ("1.4", "1.5", "1.6", "1.7")
_NUMPY = {"1.26": "numpy==1.26.*", "2": "numpy>=2"}
_OLD_MODEL = ROOT / "tests" / "data" / "format-1"
_DOCUMENT = ROOT / "docs" / "reliability.md"
_TEST_TOOLS = ("pytest>=8", "hypothesis>=6.100", "jsonschema>=4.20")
_TESTS = (
    *("text", "words", "tagger", "documents", "schema", "many", "storage", "saving"),
    *("hostile_models", "classifier", "extension", "evaluation", "suggest", "exchange", "cli"),
)
_EVERY = 10  # of so many sentences of the own corpus, one is learnt from
_LIBRARIES = ("scikit-learn", "numpy", "scipy", "joblib", "pymorphy3", "razdel", "rich")

# Runs in each environment: versions, and the probabilities of every model.
_PROBE = """
import json, sys
from importlib.metadata import version
from otgnlp import Tagger, lemmas
libraries, models = json.loads(sys.argv[1]), json.loads(sys.argv[2])
sentences = json.load(open(sys.argv[3], encoding="utf-8"))
versions = {name: version(name) for name in libraries}
taggers = {name: Tagger.load(model) for name, model in models.items()}
found = {name: tagger.predict_proba(sentences).tolist() for name, tagger in taggers.items()}
dictionary = lemmas.dictionary_version()
print(json.dumps({"versions": versions, "dictionary": dictionary, "found": found}))
"""


@dataclass(frozen=True)
class Found:
    """What an environment holds, and the probabilities of each model, (n, k), by its name."""

    versions: Mapping[str, str]
    dictionary: str
    probabilities: Mapping[str, Sequence[Sequence[float]]]


def main() -> int:
    """Run the command; return 0 if every model gives the same everywhere."""
    speak_utf8()
    parser = argparse.ArgumentParser(prog="python -m training.supply.matrix", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=(LOWEST, HIGHEST), metavar="ENVIRONMENT")
    parser.add_argument("--tests", action="store_true", help="run tests in the lowest")
    parser.add_argument("--write", action="store_true", help="fill docs/reliability.md in")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel = build(folder / "wheel")
        pythons = dict(_environments(folder, wheel, arguments.only))
        models = {"bundled": BUNDLED, "format 1": _OLD_MODEL}
        models |= {name: _train(folder, python, name) for name, python in pythons.items()}
        found = {name: _probe(folder, python, models) for name, python in pythons.items()}
        if arguments.tests:
            _run_tests(folder, wheel, pythons[LOWEST])
    blocks = {"environments": _describe(found), "matrix": _matrix(found)}
    sys.stdout.write("\n\n".join(blocks.values()) + "\n")
    if arguments.write:
        fill(_DOCUMENT, blocks)
    worst = max(difference for row in differences(found).values() for difference in row.values())
    sys.stdout.write(f"largest difference: {worst:.1e}, allowed: {MOST_DIFFERENCE:.0e}\n")
    return int(not worst <= MOST_DIFFERENCE)


def _environments(
    folder: Path, wheel: Path, only: Sequence[str] | None
) -> Iterator[tuple[str, Path]]:
    for name, requirements in _wanted(wheel).items():
        if only and name not in only:
            continue
        try:
            python = make_environment(folder / name.replace(" ", "-"), [str(wheel), *requirements])
        except RuntimeError as error:
            if only or "ResolutionImpossible" not in str(error):
                raise
            sys.stderr.write(f"{name}: these do not go together\n")
        else:
            sys.stderr.write(f"{name}: installed\n")
            yield name, python


def _wanted(wheel: Path) -> dict[str, list[str]]:
    """Return what each environment requires besides the project."""
    wanted = {LOWEST: at_lowest(requirements_of(wheel))}
    for scikit_learn in _SCIKIT_LEARN:
        for numpy, requirement in _NUMPY.items():
            wanted[f"{scikit_learn}, {numpy}"] = [f"scikit-learn=={scikit_learn}.*", requirement]
    newest = f"scikit-learn>{_SCIKIT_LEARN[-1]}.999"
    wanted["newest, 1.26"] = [newest, _NUMPY["1.26"]]
    wanted[HIGHEST] = [newest, _NUMPY["2"]]
    return wanted


def _train(folder: Path, python: Path, name: str) -> Path:
    """Train on a part of the own corpus; return the model's folder."""
    data = folder / "data.jsonl"
    if not data.exists():
        data.write_text("".join(line + "\n" for line in _lines()[::_EVERY]), encoding="utf-8")
    model = folder / f"model-{name.replace(' ', '-')}"
    run([python, "-I", "-m", "otgnlp", "train", "--no-embeddings", "-o", model, data])
    sys.stderr.write(f"{name}: trained\n")
    return model


def _probe(folder: Path, python: Path, models: Mapping[str, Path]) -> Found:
    judged = folder / "judged.json"
    if not judged.exists():
        sentences = [json.loads(line)["text"] for line in _lines()[5 :: 3 * _EVERY]]
        judged.write_text(json.dumps(sentences), encoding="utf-8")
    names = {name: str(model) for name, model in models.items()}
    command = [python, "-I", "-c", _PROBE, json.dumps(_LIBRARIES), json.dumps(names), judged]
    answer: dict[str, Any] = json.loads(run(command))
    return Found(answer["versions"], answer["dictionary"], answer["found"])


def _lines() -> list[str]:
    return [
        line for file in corpus_files() for line in file.read_text(encoding="utf-8").splitlines()
    ]


def _run_tests(folder: Path, wheel: Path, python: Path) -> None:
    """Run tests in the lowest environment, where the package is the installed one."""
    lowest = at_lowest(requirements_of(wheel, "train"))
    run([sys.executable, "-m", "pip", "--python", python, "install", *lowest, *_TEST_TOOLS])
    place = folder / "checkout"
    for name in ("tests", "examples", "docs", "training"):
        shutil.copytree(ROOT / name, place / name)
    shutil.copy(ROOT / "pyproject.toml", place)
    # Old libraries warn of what newer ones, which pip puts beside them, will no longer have.
    options = ("-q", "-p", "no:cacheprovider", "-o", "filterwarnings=default")
    files = [f"tests/test_{name}.py" for name in _TESTS]
    said = run([python, "-m", "pytest", *options, *files], place)
    sys.stderr.write(f"{LOWEST}: {said.splitlines()[-1]}\n")


def differences(found: Mapping[str, Found]) -> dict[str, dict[str, float]]:
    """Return, for each model, how far each environment's probabilities are from those at home.

    Home is where it was trained; for a model that was trained elsewhere, the last environment.
    """
    last = list(found)[-1]
    models = found[last].probabilities
    return {
        model: {
            name: _furthest(
                one.probabilities[model],
                found[model if model in found else last].probabilities[model],
            )
            for name, one in found.items()
        }
        for model in models
    }


def _furthest(one: Sequence[Sequence[float]], other: Sequence[Sequence[float]]) -> float:
    pairs = zip(one, other, strict=True)
    return max(abs(a - b) for row in pairs for a, b in zip(*row, strict=True))


def _describe(found: Mapping[str, Found]) -> str:
    rows = [
        (number, *(one.versions[library] for library in _LIBRARIES), one.dictionary)
        for number, one in enumerate(found.values(), start=1)
    ]
    now = datetime.now(timezone.utc).date()
    system = f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}"
    return f"{now}, {system}.\n\n" + table(("", *_LIBRARIES, "dictionary"), rows)


def _matrix(found: Mapping[str, Found]) -> str:
    numbers = {name: number for number, name in enumerate(found, start=1)}
    rows = [
        (numbers.get(model, model), *(f"{value:.0e}" if value else "0" for value in row.values()))
        for model, row in differences(found).items()
    ]
    return table(("trained in \\ read in", *map(str, numbers.values())), rows)


if __name__ == "__main__":
    sys.exit(main())
