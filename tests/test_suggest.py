"""The choice of sentences worth labelling, and the command that writes it."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import subprocess
from itertools import combinations
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import COMMAND, ROOT, SUMMIT, lines, run

import otgnlp
from otgnlp.errors import InputError
from otgnlp.labelled import read_labelled
from otgnlp.labelling.suggestion import Candidate, suggest
from otgnlp.words import find_words


@pytest.fixture(scope="module")
def tagger(small_classifier, tmp_path_factory):
    """Knows energy and transport."""
    folder = tmp_path_factory.mktemp("models") / "small"
    small_classifier.save(folder, name="small", version="1.2")
    return otgnlp.Tagger.load(folder)


def texts_of(suggestions):
    return [suggestion.candidate.text for suggestion in suggestions]


def words_of(text):
    return {word.feature for word in find_words(text)}


def test_the_most_doubtful_sentence_comes_first(tagger, small_data):
    texts = list(dict.fromkeys(small_data[0]))
    probabilities = tagger.predict_proba(texts)
    odds = probabilities / (1 - probabilities)
    limits = np.array([tagger.thresholds[topic] for topic in tagger.topics])
    ratio = odds / (limits / (1 - limits))
    doubt = np.minimum(ratio, 1 / ratio)
    first = suggest(tagger, map(Candidate, texts), 1)[0]
    assert first.doubt == pytest.approx(doubt.max())
    assert first.candidate.text == texts[int(doubt.max(axis=1).argmax())]


def test_a_suggestion_tells_what_the_model_thinks(tagger):
    text = "Стейблкоины и котельная."
    (found,) = suggest(tagger, [Candidate(text, "news.txt", 7, 31)], 5)
    assert found.candidate == Candidate(text, "news.txt", 7, 31)
    assert found.probabilities == pytest.approx(
        dict(zip(tagger.topics, tagger.predict_proba([text])[0], strict=True))
    )
    assert found.topics == tagger.predict([text])[0]
    topic, _, reason = found.reason.partition(" in doubt: ")
    probability, threshold = found.probabilities[topic], tagger.thresholds[topic]
    assert reason.startswith(f"probability {probability:.2f}, threshold {threshold:.2f}; new words")
    assert "Стейблкоины" in reason


def test_a_threshold_moves_the_doubt(tagger):
    candidates = [Candidate("Поезд ушёл."), Candidate("Театр открыли.")]
    (found,) = suggest(tagger, candidates, 1, threshold={"transport": 0.999, "energy": 0.999})
    assert found.candidate.text == "Поезд ушёл."
    assert "threshold 1.00" in found.reason
    with pytest.raises(InputError, match="unknown topic"):
        suggest(tagger, candidates, 1, threshold={"sport": 0.5})


def test_duplicates_and_near_duplicates_are_suggested_once(tagger):
    texts = [
        "Поезд на Актау отправили вчера вечером с пятью вагонами.",
        "ПОЕЗД на Актау отправили   вчера вечером с пятью вагонами!",
        "Поезд на Актау отправили вчера вечером с пятью новыми вагонами.",
        "Поезда на Актау отправят вчера вечером, с пятью вагонами угля.",
        "Курс вырос до 5 тенге.",
        "Курс вырос до 7 тенге.",
        "Турбину ждут осенью.",
        "12.05.2025 — 14.06.2025",
    ]
    found = texts_of(suggest(tagger, map(Candidate, texts), len(texts)))
    assert len(found) == 3
    assert sum("Актау" in text for text in found) == 1
    assert "Курс вырос до 5 тенге." in found


def test_every_topic_gets_its_share(tagger):
    """A hundred doubts about transport do not crowd out five about energy."""
    chance = random.Random(3)
    names = [f"{chance.choice('бвгдж')}о{chance.choice('клмнр')}{i}" for i in range(100)]
    texts = [f"Поезд {name}и{name} {name}о{name}." for name in names]
    texts += [f"Уголь {name}е{name} {name}у{name}." for name in names[:5]]
    found = suggest(tagger, map(Candidate, texts), 20, threshold=0.9)
    about = [suggestion.reason.split()[0] for suggestion in found]
    assert about.count("energy") >= 4
    assert about.count("transport") >= 10


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from("поезд газ театр вчера река дождь порт 5 и".split()), max_size=6),
        max_size=25,
    ),
    st.integers(1, 12),
)
def test_no_two_suggestions_are_alike(tagger, sentences, n):
    texts = [" ".join(words) for words in sentences]
    found = texts_of(suggest(tagger, map(Candidate, texts), n))
    assert len(found) <= n
    assert set(found) <= set(texts)
    for left, right in combinations(map(words_of, found), 2):
        assert len(left & right) <= 0.6 * len(left | right)


def test_little_to_choose_from(tagger):
    assert suggest(tagger, [], 3) == []
    assert suggest(tagger, map(Candidate, ["", "   ", "1 000"]), 3) == []
    assert len(suggest(tagger, [Candidate("Порт.")], 10**30)) == 1
    with pytest.raises(InputError, match="1 or more"):
        suggest(tagger, [Candidate("Порт.")], 0)


def test_jsonl_is_labelled_data(tmp_path):
    schema = json.loads((ROOT / "docs" / "labelled.schema.json").read_text(encoding="utf-8"))
    text = Path(SUMMIT).read_text(encoding="utf-8")
    out, err = run("suggest", SUMMIT, "-n", 10)
    assert err == ""
    records = lines(out)
    assert len(records) == 10
    for record in records:
        jsonschema.validate(record, schema)
        assert record["file"] == SUMMIT
        assert text[record["start"] : record["stop"]] == record["text"]
        assert list(record["probabilities"]) == ["ai", "digital", "energy", "transport"]
        assert record["reason"].split()[0] in record["probabilities"]
    data = tmp_path / "data.jsonl"
    data.write_text(out, encoding="utf-8")
    (file,) = read_labelled([data])
    assert [list(s.topics) for s in file.sentences] == [r["topics"] for r in records]


def test_the_same_texts_give_the_same_suggestions():
    outputs = {
        subprocess.check_output(
            [*COMMAND, "suggest", SUMMIT, "-n", "8", "--format", "label-studio"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stderr=subprocess.DEVNULL,
        )
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_skip(small_model, tmp_path):
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    options = ["--model", small_model, "-n", 5]
    first.write_text(run("suggest", SUMMIT, *options)[0], encoding="utf-8")
    out, _ = run("suggest", SUMMIT, *options, "--skip", first)
    second.write_text(out, encoding="utf-8")
    out, _ = run("suggest", SUMMIT, *options, "--skip", first, second)
    seen = [
        record["text"]
        for content in (first.read_text(encoding="utf-8"), second.read_text(encoding="utf-8"), out)
        for record in lines(content)
    ]
    assert len(seen) == len(set(seen)) == 15
    _, err = run("suggest", "--skip", tmp_path / "none.jsonl", code=1)
    assert "none.jsonl: cannot be read" in err


@pytest.mark.parametrize(("name", "separator"), [("comma", ","), ("semicolon", ";"), ("tab", "\t")])
def test_csv(small_model, name, separator):
    options = ["--model", small_model, "-n", 4, "--format", "csv", "--separator", name]
    out, err = run("suggest", SUMMIT, *options)
    assert err == ""
    assert out.startswith("\ufeff")  # or spreadsheet programs would read it as cp1251
    rows = list(csv.DictReader(io.StringIO(out[1:]), delimiter=separator))
    assert list(rows[0]) == [
        *["text", "topics", "p(energy)", "p(transport)", "file", "start", "stop", "reason"]
    ]
    assert all(0 <= float(row["p(energy)"]) <= 1 for row in rows)
    assert [row["text"] for row in rows] == [
        record["text"] for record in lines(run("suggest", SUMMIT, *options[:4])[0])
    ]


def test_label_studio(small_model, tmp_path):
    config = tmp_path / "config.xml"
    options = ["--model", small_model, "-n", 6, "--format", "label-studio"]
    out, err = run("suggest", SUMMIT, *options, "--label-config", config)
    assert err == ""
    for task in json.loads(out):
        assert set(task) == {"data", "predictions"}
        (prediction,) = task["predictions"]
        assert prediction["model_version"] == "small 1.2"
        assert 0 <= prediction["score"] <= 1
        for result in prediction["result"]:
            assert set(result["value"]["choices"]) <= {"energy", "transport"}
    _, printed = run("suggest", SUMMIT, *options)
    assert printed == config.read_text(encoding="utf-8")
    assert 'choice="multiple"' in printed
    assert '<Choice value="energy" />' in printed


def test_several_texts_one_of_them_unreadable(small_model, tmp_path):
    old = tmp_path / "old.txt"
    old.write_bytes("Поезд ушёл в порт.".encode("cp1251"))
    options = ["--model", small_model]
    out, err = run("suggest", old, "-", *options, stdin="Открыли газ.".encode(), code=1)
    assert [(record["file"], record["text"]) for record in lines(out)] == [("-", "Открыли газ.")]
    assert "old.txt" in err
    assert "--encoding" in err
    out, _ = run("suggest", old, *options, "--encoding", "cp1251")
    assert [record["text"] for record in lines(out)] == ["Поезд ушёл в порт."]
    assert run("suggest", *options, stdin=b"") == ("", "")


def test_usage(tmp_path):
    for number in ("0", "-3", "many"):
        assert "expected a number of 1 or more" in run("suggest", "-n", number, code=2)[1]
    _, err = run("suggest", SUMMIT, "--label-config", tmp_path / "config.xml", code=1)
    assert "--format label-studio" in err


@pytest.mark.skipif(os.name == "nt", reason="POSIX terminals")
def test_progress_is_shown_on_a_terminal(small_model):
    reader, writer = os.openpty()
    process = subprocess.Popen(
        [*COMMAND, "suggest", SUMMIT, "--model", str(small_model), "-n", "100"],
        stdout=subprocess.PIPE,
        stderr=writer,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(writer)
    with open(reader, "rb", buffering=0) as terminal:
        shown = b"".join(read_to_the_end(terminal)).decode("utf-8")
    out, _ = process.communicate()
    assert process.returncode == 0
    assert "summit.txt" in shown
    assert f"{len(out.splitlines())} suggestions of 100" in shown


def read_to_the_end(terminal):
    while True:
        try:
            piece = terminal.read(1024)
        except OSError:  # how Linux says that the other side has closed
            return
        if not piece:
            return
        yield piece
