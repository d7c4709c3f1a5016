"""The checks on labelled data, and the own corpus under them."""

from __future__ import annotations

import gzip
import json

import pytest

from otgnlp.labelled import read_labelled
from training import check, plan
from training.checks import variety
from training.checks.near_duplicates import near_duplicates
from training.paths import CORPUS, corpus_files


@pytest.fixture
def run(tmp_path, capsys):
    """Check the given records; return the exit code and the faults."""

    def checked(*records, options=()):
        file = tmp_path / "data.jsonl"
        lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records]
        file.write_text("\n".join(lines), encoding="utf-8")
        code = check.main([str(file), *options])
        out = capsys.readouterr().out
        return code, [line for line in out.splitlines() if line.startswith(("FAULT", "check:"))]

    return checked


def sentence(text="Паром ушёл в рейс.", *topics, **more):
    return {"text": text, "topics": list(topics), **more}


def test_the_corpus_keeps_its_rules(capsys):
    assert check.main([*map(str, corpus_files()), "--corpus"]) == 0
    out = capsys.readouterr().out
    assert "0 faults" in out


def test_the_plan_is_that_of_the_files():
    assert (CORPUS / "plan.md").read_text(encoding="utf-8") == plan.render(corpus_files())


def test_the_corpus_can_be_trained_on():
    files = read_labelled(corpus_files())
    assert sum(len(file.sentences) for file in files) >= 6000
    groups = {s.group for file in files for s in file.sentences}
    assert len(groups) < sum(len(file.sentences) for file in files)


def test_good_data_pass(run):
    assert run(sentence("Паром ушёл.", "transport", doc=3), sentence("Свет дали.", "energy")) == (
        0,
        [],
    )


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("{", "not JSON"),
        ("[]", "is not of type 'object'"),
        ({"text": "Паром."}, "'topics' is a required property"),
        (sentence("  "), "does not match"),
        (sentence("Паром.", "transport", "transport"), "non-unique"),
        (sentence("Паром.", "shipping"), "unknown topic 'shipping'"),
        (sentence("РџР°СЂРѕРј СѓС€С‘Р»."), "damaged text"),
        (sentence("Паром\x00ушёл"), "damaged text"),
        (sentence("Па\ufffdом ушёл"), "damaged text"),
        (sentence(split="training"), "is not one of"),
    ],
)
def test_faults_are_named(run, record, message):
    code, faults = run(sentence("Первая строка в порядке."), record)
    assert code == 1
    assert len(faults) == 1
    assert message in faults[0]
    assert "data.jsonl:2" in faults[0]


def test_duplicates(run):
    text = "Паром ушёл в рейс по расписанию с опозданием на час из-за тумана."
    near = text.replace("на час ", "")
    _, faults = run(
        sentence(text, "transport", split="train"),
        sentence(text.upper(), "transport"),
        sentence(text + " ", "energy", split="dev"),
        sentence(near, "transport"),
        sentence("Паром ушёл в отставку.", "transport"),
    )
    assert [fault.split(":", 2)[2].strip().split(" (")[0] for fault in faults] == [
        "same text as data.jsonl:1",
        "same text as data.jsonl:1 in splits dev and train with other topics",
        "almost as data.jsonl:1",
    ]


def test_against_other_texts(run, tmp_path):
    folder = tmp_path / "others"
    folder.mkdir()
    foreign = "Говорят, что паром ушёл в рейс по расписанию с опозданием на час, а мы ждали."
    with gzip.open(folder / "x.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps({"text": foreign}, ensure_ascii=False))
    options = ["--against", str(folder)]
    own = "Паром ушёл в рейс по расписанию с опозданием!"
    code, faults = run(sentence(own), sentence("Паром ушёл в рейс по расписанию."), options=options)
    assert code == 1
    assert len(faults) == 1
    assert "data.jsonl:1: shares with x.jsonl.gz" in faults[0]
    assert run(sentence(own), options=["--against", str(tmp_path / "none")])[0] == 1


def test_the_corpus_rules_can_fail(run):
    _, faults = run(sentence("Паром ушёл в рейс.", "transport"), options=["--corpus"])
    text = "\n".join(faults)
    for rule in ("sentences: 1", "with digital: 0", "no topic", "lemmas", "register", "contrast"):
        assert rule in text
    _, faults = run(
        *(sentence(f"Паром номер {n} ушёл в рейс снова.", pair="p") for n in range(30)),
        options=["--corpus"],
    )
    text = "\n".join(faults)
    assert "contrast group p: all have the same topics" in text
    assert "the lemma 'паром' stands in 100.0%" in text


def test_near_duplicates_are_the_ones_jaccard_finds():
    texts = [f"Слово {n} и ещё раз слово {n}, а потом слово {n + 1}." for n in range(60)]
    texts += ["Паром ушёл в рейс утром из порта.", "Паром ушёл в рейс вечером из порта."]
    assert (60, 61) in {(left, right) for left, right, _ in near_duplicates(texts, 0.5)}
    assert list(near_duplicates(["Паром ушёл.", "Свет дали.", ""])) == []


def test_runs_exempt_lists_of_names():
    names = "Азербайджан, Казахстан, Кыргызстан, Турция, Узбекистан, Венгрия, Туркменистан"
    assert not variety.shared_runs([names, names + " приехали"], 7)
    assert variety.shared_runs(["он пришёл и сел на стул у окна"] * 2, 7)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Паром ушёл.", []),
        ("ПАРОМ УШЁЛ", ["capitals", "no stop"]),
        ("Паром ушёл.Сегодня тихо.", ["glued"]),
        ("Рейс Airbus, 5 часов.", ["Latin", "numbers"]),
        ("«Паром ушёл»", []),
    ],
)
def test_messy_kinds(text, kinds):
    assert list(variety.messy_kinds(text)) == kinds
