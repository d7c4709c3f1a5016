"""The examples do what they say: tuning on a user's file, topics over time in a notebook."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import re
import runpy
import sys

import numpy as np
import pytest
from conftest import ROOT
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold

from otgnlp import Tagger, TopicClassifier

EXAMPLES = ROOT / "examples"
NOTEBOOK = EXAMPLES / "topics_over_time.ipynb"
SENTENCES = EXAMPLES / "agriculture.jsonl"


@pytest.fixture
def tune(monkeypatch, capsys):
    """Run the example as a script; return what it prints, or the errors that it ends with."""

    def run(*arguments, code=0):
        monkeypatch.setattr(sys, "argv", ["tune.py", *map(str, arguments), "--no-embeddings"])
        monkeypatch.setenv("COLUMNS", "100")
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(EXAMPLES / "tune.py"), run_name="__main__")
        printed, errors = capsys.readouterr()
        assert ended.value.code == code, errors
        return printed if code == 0 else errors

    return run


def figures(printed):
    """The rows of the table that was printed, as numbers."""
    rows = [line for line in printed.splitlines() if line.startswith("│")]
    return [[float(cell) for cell in re.findall(r"\d+\.\d+", row)] for row in rows]


def held_out_score(C):
    """Mean and spread of F1 over the folds, worked out without the search."""
    rows = list(map(json.loads, SENTENCES.read_text(encoding="utf-8").splitlines()))
    texts = [row["text"] for row in rows]
    topics = [row["topics"] for row in rows]
    scores = []
    for train, test in GroupKFold(2).split(texts, groups=texts):
        classifier = TopicClassifier(C=C, embeddings=False, ngram_weight=0)
        classifier.fit([texts[i] for i in train], [topics[i] for i in train])
        true = [int(bool(topics[i])) for i in test]
        scores.append(f1_score(true, classifier.predict([texts[i] for i in test])[:, 0]))
    return np.mean(scores), np.std(scores)


def test_tune(tune, tmp_path):
    options = ["--try", "C=0.1,1.0", "--try", "ngram_weight=0", "--folds", "2"]
    printed = tune(SENTENCES, *options, "-o", tmp_path / "model")
    assert printed.startswith("agriculture.jsonl: 80 sentences; agriculture 40\n")
    rows = figures(printed)
    assert sorted(C for C, *_ in rows) == [0.1, 1.0]
    for C, mean, spread, topic in rows:
        assert [mean, spread] == pytest.approx(held_out_score(C), abs=0.0006)
        assert topic == mean
    assert rows[0][1] == max(mean for _, mean, *_ in rows)
    assert f"best of 2: C={rows[0][0]}, ngram_weight=0, macro F1 {rows[0][1]:.3f}" in printed
    saved = Tagger.load(tmp_path / "model")
    assert saved.topics == ("agriculture",)
    assert saved.model.facts["settings"]["C"] == rows[0][0]
    assert saved.model.facts["training"]["sentences"] == 80


def test_tune_on_csv(tune, tmp_path):
    rows = [
        (f"{verb} {noun}.", topics, f"{verb}.txt")
        for verb in "Открыли Закрыли Купили Продали Увидели Показали".split()
        for noun, topics in (("порт", "a;b"), ("поезд", "a"), ("газ", "b"), ("сад", ""))
    ]
    text = io.StringIO()
    csv.writer(text).writerows([("text", "topics", "file"), *rows])
    (tmp_path / "mine.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    printed = tune(tmp_path / "mine.csv", "--try", "C=1.0")
    assert printed.startswith("mine.csv: 24 sentences; a 12, b 12\n")
    assert figures(printed) == [[1.0, 1.0, 0.0, 1.0, 1.0]]
    assert "--folds 7: choose from 2 to 6" in tune(tmp_path / "mine.csv", "--folds", "7", code=1)


def test_tune_says_what_is_wrong(tune, tmp_path):
    assert "x: TopicClassifier has C, " in tune(SENTENCES, "--try", "x=1", code=2)
    assert "expected, say, C=0.1,0.3" in tune(SENTENCES, "--try", "C=high", code=2)
    (tmp_path / "bad.jsonl").write_text('{"text": 3}', encoding="utf-8")
    assert "bad.jsonl, line 1: 'text' must be str" in tune(tmp_path / "bad.jsonl", code=1)
    assert "cannot be read" in tune(tmp_path / "none.jsonl", code=1)


@pytest.fixture(scope="module")
def notebooks():
    """The notebook as it is kept, and as it comes out now."""
    if not os.environ.get("OTGNLP_ALL_ENGINES"):
        for name in ("nbclient", "ipykernel", "matplotlib", "pandas", "pyarrow"):
            pytest.importorskip(name)
    import nbformat
    from notebook import execute

    return nbformat.read(NOTEBOOK, as_version=4), execute(NOTEBOOK)


def outputs(notebook):
    """What the cells print, and the texts of what they show."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [
        [output.get("text") or output["data"]["text/plain"] for output in cell.outputs]
        for cell in code
    ]


# Jupyter's own libraries, of whatever version is there, and the sockets of the kernel that ends.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_notebook_shows_what_it_prints(notebooks):
    kept, now = notebooks
    assert outputs(kept) == outputs(now)
    assert [cell.source for cell in kept.cells] == [cell.source for cell in now.cells]


def test_chart_shows_every_topic(notebooks):
    image = pytest.importorskip("matplotlib.image")
    for notebook in notebooks:
        (png,) = [
            output["data"]["image/png"]
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if "image/png" in output.get("data", {})
        ]
        pixels = (image.imread(io.BytesIO(base64.b64decode(png)))[:, :, :3] * 255).round()
        for colour in ("0072b2", "009e73", "e69f00", "cc79a7"):
            found = (pixels == list(bytes.fromhex(colour))).all(axis=2)
            assert found.sum() > 100
            assert found.any(axis=0).mean() > 0.5  # from one side to the other


def test_news_cover_all_topics_and_have_dates():
    import datetime

    import otgnlp

    files = sorted((EXAMPLES / "news").glob("*.txt"))
    assert len(files) == 12
    found = set()
    for file in files:
        datetime.date.fromisoformat(file.name[:10])
        found.update(score.topic for score in otgnlp.tag(file.read_text(encoding="utf-8")).topics)
    assert found == {"ai", "digital", "energy", "transport"}
