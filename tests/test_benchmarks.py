"""The benchmarks, small: texts, marks that are really measured, the check, the plain path."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from dataclasses import replace
from itertools import islice

import pytest
from rich.console import Console

import otgnlp
from benchmarks import check, equality, report, results, run
from benchmarks.bench import QUICK, Bench
from benchmarks.distinct import distinct_sentences, surname
from benchmarks.hostile import hostile_sentences
from benchmarks.mark import Mark, median_interval, ratio, slope_interval
from benchmarks.marks import cold_start, memory, one_article, passes, streaming, two_cores
from benchmarks.plain import Plain
from benchmarks.processes import ROOT
from benchmarks.rivals import sentences_of
from benchmarks.texts import articles, is_for_speed, news, news_sentences, own_sentences, read_lines
from training import report as documents
from training.paths import ANNOTATIONS
from training.public.annotations import read_annotations

TINY = replace(
    QUICK,
    rounds=1,
    starts=1,
    few_rounds=1,
    n_sentences=150,
    n_slow=40,
    repeats=15,
    n_soak=1_000,
    soak_from=200,
    soak_every=100,
    n_cores=100,
    cores_seconds=0.1,
    streams=(1, 2),
)


@pytest.fixture(scope="module")
def own():
    return own_sentences().texts


@pytest.fixture(scope="module")
def tagger():
    return otgnlp.Tagger.load(otgnlp.bundled_model())


@pytest.fixture(scope="module")
def plain(tagger):
    return Plain(tagger.model)


@pytest.fixture
def bench(tmp_path):
    return Bench(TINY, tmp_path, lambda _: None)


def test_distinct_sentences(own):
    made = list(distinct_sentences(own, 8_000, seed=3))
    assert len(set(made)) == len(made)
    assert made[:500] == list(islice(distinct_sentences(own, 8_000, seed=3), 500))
    assert made[:500] != list(islice(distinct_sentences(own, 8_000, seed=4), 500))
    assert all(sentence.strip() and "\n" not in sentence for sentence in made)


def test_words_never_cease_to_come(own):
    made = list(distinct_sentences(own, 8_000))
    early, late = (
        set(re.findall(r"\w+", " ".join(part))) for part in (made[:-1_000], made[-1_000:])
    )
    assert len(late - early) > 150


def test_too_many_distinct_sentences():
    with pytest.raises(otgnlp.InputError, match="4 distinct sentences"):
        next(distinct_sentences(["Порт открыт, поезд ушёл.", "Свет дали, газ тоже."], 5))


def test_surnames_differ():
    assert len({surname(rank) for rank in range(50_000)}) == 50_000


def test_articles(own):
    made = articles(own, 500, seed=1)
    assert made == articles(own, 500, seed=1) != articles(own, 500, seed=2)
    sizes = [len(list(sentences_of(text))) for text in made]
    assert 0.9 * 500 < sum(sizes) < 1.5 * 500
    assert any("\n" in text for text in made)
    assert all(size >= 5 for size in sizes[:-1])


def test_every_sentence_comes_before_any_comes_again(own):
    few = own[:30]
    text = "\n".join(articles(few, 60))
    assert all(text.count(sentence) >= 2 for sentence in few)


def test_news_is_long_enough(own):
    assert sum(map(len, news(own, 10, 20_000))) >= 20_000


def test_news_sentences(tmp_path, monkeypatch, own):
    learnt = next(a for a in read_annotations(ANNOTATIONS) if is_for_speed(a.source, a.doc))
    fresh = [f"{number}" for number in range(200)]
    lines = [
        {"id": learnt.id, "source": learnt.source, "doc": learnt.doc, "text": "Прочитано."},
        *({"id": n, "source": "1tv", "doc": n, "text": f"Телевидение, {n}."} for n in fresh),
        *({"id": n, "source": "lenta", "doc": n, "text": f"Лента, {n}."} for n in fresh),
    ]
    with gzip.open(tmp_path / "unlabelled.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    monkeypatch.setenv("OTGNLP_CORPORA", str(tmp_path))
    found = news_sentences()
    assert "Прочитано." not in found.texts
    assert 120 < len(found.texts) < 280  # half of all
    kinds = [text.split(",")[0] for text in found.texts]
    assert kinds == sorted(kinds)
    assert "television" in found.origin
    monkeypatch.setenv("OTGNLP_CORPORA", "")
    assert news_sentences().texts == own
    with pytest.raises(otgnlp.InputError, match="cannot be read"):
        list(read_lines(tmp_path / "none.jsonl.gz"))


def test_intervals():
    assert median_interval([3.0, 1.0, 2.0])[0] == 2.0
    slope, low, high = slope_interval([(x, 5 + 2 * x) for x in range(20)])
    assert (slope, low, high) == pytest.approx((2, 2, 2))
    mark = ratio("a", "b", [(4.0, 2.0), (3.0, 2.0), (5.0, 2.0)], 1.9)
    assert mark.value == 2.0
    assert mark.holds
    assert not replace(mark, at_least=False).holds
    assert Mark.from_dict(json.loads(json.dumps(mark.to_dict()))) == mark


@pytest.mark.parametrize(
    ("module", "names"),
    [
        (passes, [passes.FIRST, passes.FIRST_LEMMAS, passes.SECOND]),
        (cold_start, [cold_start.COLD_START, "cold-start-net"]),
        (memory, [memory.MEMORY, memory.GROWTH]),
        (streaming, [streaming.FIRST_LINE, streaming.PEAK]),
    ],
)
def test_marks_are_measured(module, names, bench, monkeypatch):
    if module in (memory, streaming) and sys.platform != "linux":
        pytest.skip("memory is read from /proc")
    monkeypatch.setattr(streaming, "_MILLION", 10_000)
    marks = module.measure(bench)
    assert [mark.name for mark in marks] == names
    assert all(mark.value > 0 for mark in marks if mark.name != memory.GROWTH)


def test_check(bench):
    measured = one_article.measure(bench)[0]
    said = []

    def checked(factor):
        committed = replace(measured, processor=measured.processor * factor)
        section = results.Section({}, (committed,))
        return check.check(bench, section, said.append, groups=["one-article"], tolerance=0.5)

    assert checked(1.0)
    assert said[-1].endswith(": well")
    assert not checked(0.1)
    assert "more than 50%" in said[-1]
    assert any(line.startswith("measuring once more") for line in said)
    with pytest.raises(otgnlp.InputError, match="no quick ratio of first-pass"):
        check.check(bench, results.Section({}, ()), said.append)


def test_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(run, "QUICK", TINY)
    file = tmp_path / "results.json"
    chosen = ["--only", "one-article"]
    assert run.main(["--quick", *chosen, "-o", str(file)]) == 0
    assert "one article" in capsys.readouterr().out
    section = results.read(file)["quick"]
    assert section.facts["fingerprint"]
    data = json.loads(file.read_text(encoding="utf-8"))
    mark = data["quick"]["marks"][0]
    mark["processor"] *= 20  # so slow was it once: nothing can be worse
    file.write_text(json.dumps(data), encoding="utf-8")
    assert run.main(["--check", str(file), *chosen]) == 0
    mark["processor"] /= 400
    file.write_text(json.dumps(data), encoding="utf-8")
    assert run.main(["--check", str(file), *chosen]) == 1
    assert "FAILED" in capsys.readouterr().out
    file.write_text("{}", encoding="utf-8")
    assert run.main(["--check", str(file)]) == 1
    assert "no quick ratio" in capsys.readouterr().err
    file.write_text("[]", encoding="utf-8")
    assert run.main(["--check", str(file)]) == 1


def test_results_are_joined_only_if_made_alike():
    one, two = (ratio(name, name, [(1.0, 1.0)]) for name in "ab")
    old = results.Section({"date": "2001-01-01", "machine": "2 cores"}, (one,))
    new = results.Section({"date": "2001-01-02", "machine": "2 cores"}, (two,))
    assert [mark.name for mark in new.joined(old).marks] == ["a", "b"]
    other = results.Section({**old.facts, "machine": "4 cores"}, (one,))
    assert [mark.name for mark in new.joined(other).marks] == ["b"]


def test_document_shows_the_committed_results(tmp_path):
    copy = tmp_path / "speed.md"
    text = report.DOCUMENT.read_text(encoding="utf-8")
    copy.write_text(text, encoding="utf-8")
    documents.fill(copy, report.blocks(results.read(results.RESULTS)))
    assert copy.read_text(encoding="utf-8") == text


def test_committed_results_name_no_place():
    text = results.RESULTS.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert "/" not in text.replace("examples/summit.txt", "")


def test_figure_is_the_same_twice(tmp_path):
    pytest.importorskip("matplotlib")
    sections = results.read(results.RESULTS)
    for name in ("one.svg", "two.svg"):
        report.draw(sections, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()


def test_answers_are_those_of_the_plain_path(tagger, own):
    made = equality.texts(own, 2_000)
    counts = equality.compare(tagger, made, Console(stderr=True, soft_wrap=True))
    assert counts["sentences"] >= 2_000
    assert counts["differences"] == 0


def test_hostile_sentences(own):
    made = list(islice(hostile_sentences(own, seed=5), 3_000))
    assert made == list(islice(hostile_sentences(own, seed=5), 3_000))
    for shape in ("авиа- и", "70, 80", "\u00a0", "\u00ad", "и\u0306", "ғ", "„"):
        assert any(shape in sentence for sentence in made), shape


def _altered(document, change):
    data = document.to_dict()
    change(data["sentences"][0])
    return otgnlp.Document.from_dict(data)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("tokens", lambda s: s["tokens"][0].update(lemma="портить")),
        ("tokens", lambda s: s["tokens"][0].update(pos="VERB")),
        ("tokens", lambda s: s["tokens"].pop()),
        ("tokens", lambda s: s["tokens"][1].update(start=0)),
        ("topics", lambda s: s["topics"].clear()),
        ("probabilities", lambda s: s["probabilities"].update(ai=s["probabilities"]["ai"] + 1e-8)),
        ("caveat", lambda s: s.update(caveat="not Russian")),
        ("sentences", lambda s: s.update(text="Порт", stop=4)),
    ],
)
def test_any_difference_is_found(name, change, tagger, plain):
    document = tagger.tag("Порт Актау открыт. Гостям показали концерт.")
    assert list(equality.differences(plain, document)) == []
    assert [found for found, _, _ in equality.differences(plain, _altered(document, change))] == [
        name
    ]


def test_equality_command():
    command = [sys.executable, "-m", "benchmarks.equality", "60"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 differences" in done.stdout


def test_two_cores_needs_two(bench, monkeypatch):
    monkeypatch.setattr(two_cores, "n_cores", lambda: 1)
    with pytest.raises(two_cores.NotMeasuredError):
        two_cores.measure(bench)
