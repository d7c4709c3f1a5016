"""The command line, each case in a real process."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import otgnlp
from otgnlp import TopicClassifier

ROOT = Path(__file__).resolve().parent.parent
SUMMIT = str(ROOT / "examples" / "summit.txt")
COMMAND = [sys.executable, "-m", "otgnlp"]


def run(*arguments, stdin=b"", code=0):
    """Run the command; return standard output and standard error, both as text."""
    done = subprocess.run([*COMMAND, *map(str, arguments)], input=stdin, capture_output=True)
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert done.returncode == code, err
    assert "Traceback" not in err
    return out, err


def lines(out):
    return [json.loads(line) for line in out.splitlines()]


def test_jsonl_keeps_its_schema_and_the_text():
    schema = json.loads((ROOT / "docs" / "tag-output.schema.json").read_text(encoding="utf-8"))
    text = Path(SUMMIT).read_text(encoding="utf-8")
    for options in ([], ["--explain"]):
        out, err = run("tag", SUMMIT, *options)
        assert err == ""
        records = lines(out)
        assert len(records) == len(otgnlp.tag(text).sentences)
        for record in records:
            jsonschema.validate(record, schema)
            assert record["file"] == SUMMIT
            assert text[record["start"] : record["stop"]] == record["text"]
            assert set(record.get("evidence", {})) <= set(record["probabilities"])


def test_standard_input_and_offsets_with_windows_line_ends():
    text = "Порт открыт.\r\nСвет дали.\r\n"
    for arguments in ([], ["-"]):
        out, _ = run("tag", *arguments, stdin=b"\xef\xbb\xbf" + text.encode("utf-8"))
        records = lines(out)
        assert [record["file"] for record in records] == ["-", "-"]
        assert [text[r["start"] : r["stop"]] for r in records] == ["Порт открыт.", "Свет дали."]


def test_csv():
    out, _ = run("tag", SUMMIT, "--format", "csv", "--explain")
    rows = list(csv.DictReader(io.StringIO(out)))
    document = otgnlp.tag(Path(SUMMIT).read_text(encoding="utf-8"))
    assert [row["text"] for row in rows] == [s.text for s in document.sentences]
    assert [row["topics"].split() for row in rows] == [
        [score.topic for score in s.topics] for s in document.sentences
    ]
    assert abs(float(rows[4]["energy"]) - document.sentences[4].probabilities["energy"]) < 1e-6
    assert "энергетика" in rows[4]["evidence"]


def test_table_shows_what_a_person_needs():
    out, _ = run("tag", SUMMIT, "--format", "table", "--explain", "--topic", "ai")
    assert "искусственный интеллект" in out
    assert "ai 1.00" in out
    assert "концерт" not in out


def test_table_sends_nothing_to_the_terminal():
    hostile = "\x1b]0;порт\x07 и \u202eпоезд\u202c [bold]газ[/bold]".encode()
    out, _ = run("tag", "--format", "table", stdin=hostile)
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[bold]газ[/bold]" in out


def test_topic_and_threshold():
    only, _ = run("tag", SUMMIT, "--topic", "ai")
    assert all("ai" in [s["topic"] for s in r["topics"]] for r in lines(only))
    highest = max(record["probabilities"]["ai"] for record in lines(only))
    limits = ["--threshold", "0.01", "--threshold", f"ai={highest}"]
    strict, _ = run("tag", SUMMIT, "--topic", "ai", *limits)
    assert 0 < len(lines(strict)) < len(lines(only))
    _, err = run("tag", SUMMIT, "--topic", "sport", code=1)
    assert "--topic sport" in err
    _, err = run("tag", SUMMIT, "--threshold", "sport=0.5", code=1)
    assert "unknown topic 'sport'" in err
    for bad in ("x", "ai="):
        _, err = run("tag", SUMMIT, "--threshold", bad, code=2)
        assert "expected a number" in err
    _, err = run("tag", SUMMIT, "--threshold", "7", code=1)
    assert "from 0 to 1" in err


def test_what_cannot_be_read_does_not_stop_the_rest(tmp_path):
    cp1251 = tmp_path / "old.txt"
    cp1251.write_bytes("Порт открыт.".encode("cp1251"))
    empty = tmp_path / "empty"
    empty.mkdir()
    out, err = run("tag", empty, tmp_path / "missing.txt", cp1251, SUMMIT, code=1)
    assert {record["file"] for record in lines(out)} == {SUMMIT}
    folder, missing, encoding = err.splitlines()
    assert "empty: no file in this folder ends in .txt" in folder
    assert "missing.txt" in missing
    assert "--encoding" in encoding
    out, _ = run("tag", cp1251, "--encoding", "cp1251")
    assert lines(out)[0]["text"] == "Порт открыт."
    _, err = run("tag", cp1251, "--encoding", "klingon", code=1)
    assert "klingon" in err
    _, err = run("tag", cp1251, "--encoding", "base64", code=1)
    assert "base64" in err


def test_a_file_in_blocks_is_tagged_as_a_whole(tmp_path):
    """Lines of all kinds across the borders of blocks, by one process and by two."""
    text = "Порт открыт. Газ дорожает!\r\nСвет дали\r" + "Поезд ушёл, суда ждут.\n" * 12_000
    text += "Без конца " * 200_000 + "\n\nИИ учат."
    file = tmp_path / "large.txt"
    file.write_bytes(text.encode("utf-8"))
    alone, _ = run("tag", file, "--format", "jsonl")
    records = lines(alone)
    previous = 0
    for record in records:
        assert text[record["start"] : record["stop"]] == record["text"]
        assert not text[previous : record["start"]].strip()
        previous = record["stop"]
    assert [r["text"] for r in records[:3]] == ["Порт открыт.", "Газ дорожает!", "Свет дали"]
    assert records[-1]["text"] == "ИИ учат."
    assert len(records) > 12_004
    assert run("tag", file, "--format", "jsonl", "--jobs", "2")[0] == alone
    explained, _ = run("tag", file, "--format", "jsonl", "--explain", "--topic", "ai")
    record = lines(explained)[-1]
    assert record["text"] == "ИИ учат."
    for items in record["evidence"].values():
        for token in (token for item in items for token in item["tokens"]):
            assert text[token["start"] : token["stop"]] == token["text"]


def test_a_pipe_is_answered_line_by_line():
    process = subprocess.Popen(
        [*COMMAND, "tag"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    for number in range(5):
        process.stdin.write(f"Поезд {number} ушёл.\n".encode())
        process.stdin.flush()
        record = json.loads(process.stdout.readline())  # while the pipe stays open
        assert record["text"] == f"Поезд {number} ушёл."
    out, err = process.communicate(b"\xff", timeout=30)
    assert out == b""
    assert b"--encoding" in err
    assert process.returncode == 1


def test_model_of_ones_own(small_model, tmp_path):
    out, _ = run("tag", "--model", small_model, stdin="Открыли порт.".encode())
    assert lines(out)[0]["model"] == "small 1.2"
    _, err = run("tag", "--model", tmp_path / "none", code=1)
    assert "no such folder" in err
    assert len(err.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes and signals")
def test_closed_pipe():
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, "tag", SUMMIT], stdout=writer, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    os.close(writer)
    assert done.stderr.decode("utf-8").splitlines() == ["otgnlp: standard output was closed"]
    assert done.returncode == 141


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes and signals")
def test_interrupt():
    process = subprocess.Popen(
        [*COMMAND, "tag", SUMMIT, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout.readline()  # the first file is done: it waits for standard input now
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert err.decode("utf-8").splitlines() == ["otgnlp: interrupted"]
    assert process.returncode == 130


def test_train_evaluate_and_info(small_data, tmp_path):
    data = tmp_path / "data.jsonl"
    records = [
        json.dumps({"text": text, "topics": topics, "doc": str(number // 3)}, ensure_ascii=False)
        for number, (text, topics) in enumerate(zip(*small_data, strict=True))
    ]
    data.write_text("\n".join(records), encoding="utf-8")
    model = tmp_path / "model"
    options = ["-o", model, "--name", "sectors", "--version", "3", "--no-embeddings"]
    _, err = run("train", data, *options)
    assert "200 sentences; energy 100, transport 100" in err
    assert "fold 5 of 5" in err
    assert "sectors 3: saved" in err

    out, err = run("evaluate", data, "--model", model)
    assert "200 sentences" in err
    assert "macro" in out
    report = json.loads(run("evaluate", data, "--model", model, "--json")[0])
    assert report["n_sentences"] == 200
    f1 = report["topics"]["energy"]["f1"]
    assert 0.9 < f1["low"] <= f1["value"] <= f1["high"] <= 1

    out, _ = run("info", "--model", model)
    assert "sectors" in out
    facts = json.loads(run("info", "--model", model, "--json")[0])
    assert facts["facts"]["data"][0]["file"] == "data.jsonl"
    assert facts["topics"]["energy"]["titles"]["ru"] == "энергетика"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"text": "a"', "line 1"),
        (b'{"text": "a", "topics": []}\n{"text": ""}', "line 2: the text is empty"),
        (b'{"text": "a", "topics": "ai"}', "'topics' must be list"),
        (b'{"text": "a", "topics": [1]}', "must be a name"),
        (b"[1]", "expected a mapping"),
        (b"\xff", "not in UTF-8"),
        (b'{"text": "a", "topics": []}', "nothing to learn"),
        (b"", "nothing to learn"),
    ],
)
def test_train_on_damaged_data(tmp_path, content, message):
    data = tmp_path / "data.jsonl"
    data.write_bytes(content)
    _, err = run("train", data, "-o", tmp_path / "model", code=1)
    assert message in err
    assert not (tmp_path / "model").exists()


def test_train_looks_at_the_folder_first(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    _, err = run("train", tmp_path / "none.jsonl", "-o", tmp_path / "file", code=1)
    assert "not a folder" in err
    _, err = run("train", tmp_path / "none.jsonl", "-o", tmp_path, code=1)
    assert "holds no model" in err


def test_byte_order_mark_is_no_text(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes("\ufeffПорт ждёт.".encode())
    for options in ([], ["--encoding", "utf-8"], ["--encoding", "UTF8"]):
        record = json.loads(run("tag", file, "--format", "jsonl", *options)[0])
        assert record["text"] == "Порт ждёт."


def test_extend(small_model, tmp_path):
    """A topic is added; those of the model are not learned again, whatever the data say of them."""
    data = tmp_path / "data.jsonl"
    records = [{"text": "Зерно везут в порт.", "topics": ["farming", "transport"]}] * 3
    records += [{"text": "Зерно убрали.", "topics": ["farming"]}, {"text": "Ночь.", "topics": []}]
    data.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    model = tmp_path / "extended"
    options = ["--extend", "--model", small_model, "--no-embeddings", "-o", model]
    _, err = run("train", data, *options)
    assert "transport: kept" in err
    assert "farming: 4 sentences" in err
    info = json.loads(run("info", "--model", model, "--json")[0])
    assert list(info["topics"]) == ["energy", "transport", "farming"]
    assert info["facts"]["extends"]["model"] == "small 1.2"
    assert "4" in run("info", "--model", model)[0]

    report = run("evaluate", data, "--model", model, "--topic", "farming", "--json")[0]
    assert list(json.loads(report)["topics"]) == ["farming"]
    _, err = run("evaluate", data, "--model", model, "--topic", "fishing", code=1)
    assert "lacks the topics fishing" in err

    _, err = run("train", data, "--extend", "--model", model, "-o", tmp_path / "again", code=1)
    assert "no sentence has a topic other than energy, transport, farming" in err
    _, err = run("train", data, "--model", small_model, "-o", tmp_path / "again", code=1)
    assert "--model goes with --extend" in err


def test_evaluate_on_foreign_topics(tmp_path):
    data = tmp_path / "data.jsonl"
    data.write_text('{"text": "Поле.", "topics": ["farming"]}', encoding="utf-8")
    _, err = run("evaluate", data, code=1)
    assert "farming" in err


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """Sentences on transport and energy, half of a source `a`, the last one labelled wrongly."""
    nouns = {"transport": "поезд порт вагон", "energy": "газ нефть уголь", "": "дождь"}
    rows = [
        {
            "text": f"Вчера обсудили {noun} и {noun} номер {number}.",
            "topics": [topic] if topic else [],
            "source": "ab"[number % 2],
        }
        for topic, words in nouns.items()
        for noun in words.split()
        for number in range(12)
    ]
    rows.append({"text": "Снова обсудили газ [b]и нефть[/b].", "topics": ["transport"]})
    path = tmp_path_factory.mktemp("labelled") / "data.jsonl"
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text(content, encoding="utf-8")
    return path


def test_evaluate_by_field_and_surest_errors(labelled, small_model):
    options = ["--model", small_model, "--by", "source", "--errors", 50]
    found = json.loads(run("evaluate", labelled, *options, "--json")[0])
    assert set(found["by"]) == {"a", "b", "(none)"}
    assert sum(part["n_sentences"] for part in found["by"].values()) == found["n_sentences"]
    bins = found["calibration"]["energy"]["bins"]
    assert sum(part["n_sentences"] for part in bins) == found["n_sentences"]
    assert 0 <= found["calibration_error"]["value"] <= 1
    surety = [e["probability"] if e["given"] else 1 - e["probability"] for e in found["errors"]]
    assert surety == sorted(surety, reverse=True)
    last = {(e["topic"], e["given"]) for e in found["errors"] if e["text"].startswith("Снова")}
    assert ("energy", True) in last
    table, _ = run("evaluate", labelled, *options)
    for part in (
        "ECE",
        "expected calibration error",
        "source",
        "micro F1",
        "wrongly energy",
        "[b]и нефть[/b]",
    ):
        assert part in table
    _, err = run("evaluate", labelled, "--model", small_model, "--by", "author", code=1)
    assert "no sentence has a string under that key" in err


def test_diff(labelled, small_model, small_data, tmp_path):
    other = tmp_path / "other"
    sentences, topics = small_data
    only_energy = [tuple(set(given) - {"transport"}) for given in topics]
    TopicClassifier(embeddings=False).fit(sentences, only_energy).save(other, name="other")
    text = tmp_path / "text[b].txt"
    text.write_text("Вчера открыли порт.\nВчера открыли газ.\nИдёт дождь.", encoding="utf-8")
    found = json.loads(run("diff", small_model, other, text, "--json")[0])
    assert found["topics"]["transport"] == {"before": 1, "after": 0, "gained": 0, "lost": 1}
    assert found["topics"]["energy"]["before"] == found["topics"]["energy"]["after"]
    assert (found["n_sentences"], found["n_changed"]) == (3, 1)
    (flip,) = found["flips"]
    assert (flip["topic"], flip["gained"], flip["after"]) == ("transport", False, 0)
    assert (flip["name"], flip["start"], flip["text"]) == (str(text), 0, "Вчера открыли порт.")
    table, _ = run("diff", small_model, other, text)
    assert "small 1.2 → other 1: 1 of 3 sentences change" in table
    assert "- transport" in table
    unfolded = "".join(line.split("│")[2].strip() for line in table.splitlines() if "│" in line[:1])
    assert str(text) in unfolded
    same, _ = run("diff", small_model, small_model, "-", stdin="Порт.".encode())
    assert "0 of 1 sentences change" in same
    _, err = run("diff", "bundled", small_model, "-", code=1)
    assert "no sentences to compare on" in err
    assert "no such folder" in run("diff", tmp_path / "none", other, text, code=1)[1]


def test_usage():
    assert run("--version")[0].strip() == f"otgnlp {otgnlp.__version__}"
    assert "tag" in run("--help")[0]
    assert "otgnlp tag article.txt" in run()[0]
    assert "usage" in run("tag", "--no-such-option", code=2)[1]


def test_training_scripts(tmp_path):
    for script in ("train", "evaluate"):
        command = [sys.executable, "-m", f"training.{script}", str(tmp_path / "none.jsonl")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
        assert done.returncode == 1
        assert "none.jsonl: cannot be read" in done.stderr
