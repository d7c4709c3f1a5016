"""What the command says to a person: help, examples, a summary, colours, completion in a shell."""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT
from processes import COMMAND, on_raw_terminal
from test_cli import SUMMIT, lines, run

from otgnlp.cli import completion
from otgnlp.cli.completers import known_thresholds, known_topics
from otgnlp.cli.main import _parser
from otgnlp.render.view import numbers_of, sentence_view, topic_views

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX terminals")

NAMES = ["tag", "train", "evaluate", "diff", "suggest", "import", "info", "completion"]
TOPICS = ["ai", "digital", "energy", "transport"]


# Help


def test_alone_it_says_what_it_is_and_what_to_type(command):
    out, err = command()
    assert out.startswith("otgnlp tags every sentence of a Russian text with the policy topics")
    assert "\n  otgnlp tag article.txt " in out
    assert "otgnlp --help" in out
    assert err == ""


def examples(text):
    """The command lines of a help text, or parts of one, that begin with `otgnlp`."""
    shown = (line for line in text.splitlines() if re.match("  [^ -]", line))
    for line in shown:
        before_the_comment = re.split(r"\s{2,}", line.strip())[0]
        if found := re.search(r"\botgnlp( [^|>)]+)?", before_the_comment):
            yield shlex.split(found[0])[1:]


@pytest.mark.parametrize("name", [None, *NAMES])
def test_every_help_has_examples_that_can_be_typed(command, monkeypatch, name):
    for columns in ("40", "100"):
        monkeypatch.setenv("COLUMNS", columns)
        text = command(*([] if name is None else [name]), "--help").out
        found = list(examples(text))
        assert found == list(examples(command().out)) if name is None else found
        assert "None" not in text
        for words in found:
            assert words[0] == (name or words[0])
            if words == ["--help"]:
                continue
            arguments = _parser().parse_args(words)
            assert arguments.run is not None


def test_all_commands_are_in_these_tests():
    (commands,) = (
        action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    assert list(commands.choices) == NAMES


@pytest.mark.parametrize("line", ["otgnlp tga a.txt", "otgnlp tag a.txt --colour"])
def test_a_wrong_example_would_not_parse(line):
    (words,) = examples(f"Examples:\n\n  {line}   comment | otgnlp x\n")
    with pytest.raises(SystemExit):
        _parser().parse_args(words)


# The summary


@pytest.fixture
def texts(tmp_path):
    """Two sentences of a file, an empty file, one that is missing, and three rows."""
    names = [tmp_path / name for name in ("a.txt", "empty.txt", "none.txt", "rows.csv")]
    names[0].write_text("Поезд ушёл в порт.\nИдёт дождь.\n", encoding="utf-8")
    names[1].write_text("", encoding="utf-8")
    names[3].write_text("body\nПоезд. Вагон ушёл в порт.\nНочь.\n\n-\n", encoding="utf-8")
    return names


@pytest.mark.parametrize("kind", ["jsonl", "csv", "table"])
def test_the_summary_counts(command, texts, kind):
    options = ["--summary", "--text-column", "body"]
    reference = lines(command("tag", *texts, *options, code=1).out)
    about = {
        topic: sum(topic in [score["topic"] for score in record["topics"]] for record in reference)
        for topic in TOPICS
    }
    assert len(reference) == 6
    assert 0 < about["transport"] < 6
    shares = ", ".join(f"{topic} {about[topic] / 6:.0%}" for topic in TOPICS)
    _, err = command("tag", *texts, *options, "--format", kind, code=1)
    missing, line = err.splitlines()
    assert "none.txt" in missing
    pattern = r"3 files, 3 texts, 6 sentences, [\d,]+ sentences a second; about (.*)"
    assert re.fullmatch(pattern, line)[1] == shares


@pytest.mark.parametrize(
    ("content", "options", "counts"),
    [
        ("Идёт дождь.", [], "1 file, 1 sentence, "),
        ("", [], "1 file, 0 sentences, "),
        ("Ночь.\n" * 1_200, [], "1 file, 1,200 sentences, "),
        ("body\nИдёт дождь.\n", ["--text-column", "body"], "1 file, 1 text, 1 sentence, "),
    ],
)
def test_the_summary_of_standard_input(command, monkeypatch, content, options, counts):
    stream = io.TextIOWrapper(io.BytesIO(content.encode()), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", stream)
    _, err = command("tag", "--summary", *options)
    assert err.startswith(counts)
    assert err.count("\n") == 1


def test_the_summary_is_for_who_asks(command):
    assert command("tag", SUMMIT).err == ""
    assert command("tag", SUMMIT, "--no-summary").err == ""
    assert command("tag", SUMMIT, SUMMIT, "--summary").err.startswith("2 files, ")


# Terminals

SGR = re.compile(r"\x1b\[([0-9;]*)m")


def codes(sent):
    """The numbers of the styles that a terminal is sent."""
    return {int(code) for found in SGR.findall(sent) for code in found.split(";") if code}


def is_colour(code):
    return 30 <= code <= 49 or 90 <= code <= 107


def show(*options, **variables):
    sent, code = on_raw_terminal(*COMMAND, "tag", SUMMIT, *options, variables=variables)
    assert code == 0
    return sent.decode("utf-8").replace("\r\n", "\n")


@posix
def test_a_terminal_has_colours_and_a_summary():
    sent = show()
    assert any(map(is_colour, codes(sent)))
    assert 4 not in codes(sent)
    summary = sent.splitlines()[-1]
    assert re.match(r"1 file, \d+ sentences, ", SGR.sub("", summary))
    assert " sentences a second" not in show("--no-summary")


@posix
def test_no_colour_where_none_is_wanted():
    sent = show("--explain", NO_COLOR="1")
    assert not any(map(is_colour, codes(sent)))
    assert 4 in codes(sent)  # what is not colour stays
    assert "\x1b" not in show("--explain", TERM="dumb")


def test_no_escape_where_no_terminal_is(tmp_path):
    for kind in ("table", "jsonl", "csv"):
        out, err = run("tag", SUMMIT, "--explain", "--summary", "--format", kind)
        assert "\x1b" not in out + err


def underlined(sent):
    """The parts of what a terminal is sent that it underlines."""
    parts, on, place = [], False, 0
    for found in SGR.finditer(sent):
        if on:
            parts.append(sent[place : found.start()])
        numbers = found[1].split(";")
        on = "4" in numbers or (on and not {"", "0", "24"} & set(numbers))
        place = found.end()
    return [part for part in parts if part]


@posix
def test_words_that_spoke_clearly_are_underlined(document):
    sent = show("--explain", "--topic", "energy", "--no-summary")
    views = topic_views(TOPICS)
    expected, silent = [], 0
    for sentence in document.sentences:
        if "energy" in [score.topic for score in sentence.topics]:
            for piece in sentence_view(sentence, numbers_of(views)).pieces:
                if max(piece.strengths.values(), default=0) >= 2:
                    expected.append(piece.text)
                else:
                    silent += 1
    assert underlined(sent) == expected
    assert expected
    assert silent
    strongest = document.sentences[4].evidence("energy")[0]
    assert strongest.tokens[0].text in " ".join(expected)


# Completion


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """Let bash complete command lines as it does at a tab; return the words for each line."""
    folder = tmp_path_factory.mktemp("shell")
    program = folder / "bin" / "otgnlp"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m otgnlp "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    script = """
eval "$(otgnlp completion bash)"
function=$(complete -p otgnlp) function=${function##*-F } function=${function%% *}
for COMP_LINE in "$@"; do
    COMP_POINT=${#COMP_LINE} COMP_TYPE=9 COMPREPLY=()
    "$function" otgnlp
    (IFS=$'\\t'; echo "${COMPREPLY[*]}")
done
"""

    def complete(*command_lines):
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", script, "bash", *command_lines],
            cwd=ROOT,
            env={**os.environ, "PATH": path},
            capture_output=True,
            encoding="utf-8",
        )
        assert (done.returncode, done.stderr) == (0, "")
        found = [[word.strip() for word in line.split("\t")] for line in done.stdout.splitlines()]
        return dict(zip(command_lines, found, strict=True))

    return complete


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_commands_options_and_topics(shell, small_model, tmp_path):
    (tmp_path / "model.json").write_text("{", encoding="utf-8")
    found = shell(
        "otgnlp ",
        "otgnlp tag --for",
        "otgnlp tag --format ",
        "otgnlp tag examples/summit.txt --topic ",
        "otgnlp tag --threshold tr",
        f"otgnlp evaluate --model {small_model} --topic ",
        f"otgnlp tag --model {tmp_path} --topic ",
        "otgnlp completion f",
        "otgnlp tag examples/summ",
    )
    expected = [
        ["-h", "--help", "--version", *NAMES],
        ["--format"],
        ["csv", "html", "jsonl", "parquet", "table"],
        TOPICS,
        ["transport="],
        ["energy", "transport"],
        [""],
        ["fish"],
        ["examples/summit.txt"],
    ]
    assert list(found.values()) == expected


@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "powershell"])
def test_completion_for_shells(command, name):
    out, err = command("completion", name)
    assert "otgnlp" in out
    assert "_ARGCOMPLETE" in out
    assert err == ""


def test_topics_that_are_completed(small_model, tmp_path, capfd):
    def topics(model):
        return known_topics(argparse.Namespace(model=model))

    assert known_topics(argparse.Namespace(), prefix="a", action=None, parser=None) == TOPICS
    assert topics(None) == TOPICS
    assert topics(str(small_model)) == ["energy", "transport"]
    assert known_thresholds(argparse.Namespace(model=str(small_model))) == ["energy=", "transport="]
    for array in small_model.glob("*.npy"):
        array.unlink()
    assert topics(str(small_model)) == ["energy", "transport"]  # weights are not asked for
    manifest = small_model / "model.json"
    changed = {**json.loads(manifest.read_text(encoding="utf-8")), "version": "9"}
    for content in (b"", b"\xff", b"[" * 100_000, b"{}", json.dumps(changed).encode()):
        manifest.write_bytes(content)
        assert topics(str(small_model)) == []
    for missing in (tmp_path / "none", manifest, "a\0b", "", "x" * 5_000):
        assert topics(str(missing)) == []
    assert capfd.readouterr() == ("", "")


def test_completion_without_its_library_is_none(monkeypatch, capfd):
    monkeypatch.setenv("_ARGCOMPLETE", "1")
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    assert completion.complete(_parser()) is None
    assert capfd.readouterr() == ("", "")
