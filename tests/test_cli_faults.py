"""The command line when files, streams and processes fail: real faults, real processes."""

from __future__ import annotations

import csv
import encodings.aliases
import gzip
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from processes import (
    COMMAND,
    on_terminal,
    start,
    survivors,
    with_small_files,
    without_privilege,
    workers,
)
from test_cli import SUMMIT, lines, run

from otgnlp.cli.main import main

LONG = os.environ.get("OTGNLP_LONG") == "1"
long = pytest.mark.skipif(not LONG, reason="takes minutes: set OTGNLP_LONG=1")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's /proc")
posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals and terminals")

LINE = "Поезд ушёл в порт, газ дорожает.\n"
HOSTILE = (
    "\x1b]0;порт\x07 и \x9b31mпоезд\x1b[2J, \u202eгаз\u202c \x7f\u2066[bold]ток[/bold].\n"
    "\x1bPq\x1b\\Свет\x08 дали\x00.\n"
)
COMMANDS_OF_A_TEXT = "\x1b\x07\x9b\u202e\u202c\u2066\x7f\x08\x00"


# Runs a command and writes the most memory that it held, in KiB, to a file.
MEASURED = [
    sys.executable,
    "-c",
    """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
with open("peak", "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
""",
]


def told(error):
    return [line for line in error.splitlines() if line]


# Files


@posix
def test_files_that_vanish_or_shrink_while_others_are_read(tmp_path):
    """The command waits for its reader, as it writes more than a pipe holds: then files change."""
    sizes = {"shrinks": 40_000, "vanishes": 10, "stays": 10}
    for name, n_lines in sizes.items():
        (tmp_path / name).write_text(LINE * n_lines, encoding="utf-8")
    process = start(*COMMAND, "tag", *(tmp_path / name for name in sizes))
    first = process.stdout.readline()
    (tmp_path / "vanishes").unlink()
    os.truncate(tmp_path / "shrinks", len(LINE.encode()) * 20_000 + 1)  # in mid-letter
    out, err = process.communicate(timeout=120)
    records = lines((first + out).decode())
    assert process.returncode == 1
    shrunk, vanished = told(err.decode())
    assert "shrinks: shrank while it was read" in shrunk
    assert "vanishes: No such file" in vanished
    found = [record for record in records if record["file"].endswith("shrinks")]
    assert 1_000 < len(found) <= 20_000
    assert [record["start"] for record in found] == [i * len(LINE) for i in range(len(found))]
    assert sum(record["file"].endswith("stays") for record in records) == 10


@linux
def test_unreadable_files_are_reported(tmp_path):
    """A file whose reading fails, and one that may not be read, which even root may not here."""
    forbidden = tmp_path / "forbidden"
    forbidden.write_text(LINE, encoding="utf-8")
    forbidden.chmod(0)
    files = ["/proc/self/mem", forbidden, SUMMIT]
    for command in ("tag", "suggest"):
        process = start(*COMMAND, command, *files, preexec_fn=without_privilege)
        out, err = process.communicate(timeout=60)
        failing, denied = told(err.decode())
        assert failing == "otgnlp: /proc/self/mem: Input/output error"
        assert denied == f"otgnlp: {forbidden}: Permission denied"
        assert len(lines(out.decode())) > 5
        assert process.returncode == 1


def test_binary_files_and_wrong_encodings(tmp_path):
    content = {
        "random": random.Random(0).randbytes(1 << 16),
        "program": Path(sys.executable).read_bytes()[: 1 << 16],
        "gzip": gzip.compress(LINE.encode()),
        "utf-16": LINE.encode("utf-16"),
        "cp1251": LINE.encode("cp1251"),
        "late": LINE.encode() * 9_000 + b"\xff",
    }
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    out, err = run("tag", *(tmp_path / name for name in content), tmp_path, SUMMIT, code=1)
    folder, *faults = told(err)
    assert all("not in utf-8 (byte " in fault for fault in faults)
    assert len(faults) == len(content)
    assert f"late: not in utf-8 (byte {9_000 * len(LINE.encode())}: " in faults[-1]
    assert "no file in this folder ends in .txt" in folder
    assert {record["file"] for record in lines(out)} == {SUMMIT, str(tmp_path / "late")}
    zeros = "Порт\x00 открыт.\x00\x01".encode()
    (record,) = lines(run("tag", stdin=zeros)[0])
    assert record["text"] == zeros.decode()
    (record,) = lines(run("tag", tmp_path / "utf-16", "--encoding", "utf-16")[0])
    assert record["text"] == LINE.strip()
    _, err = run("tag", "-", "--encoding", "utf-16", stdin=LINE.encode("utf-16") + b"\0", code=1)
    assert "truncated data" in err


@pytest.mark.filterwarnings("ignore:invalid escape:DeprecationWarning")
def test_every_encoding_gives_an_answer_or_one_line(tmp_path, capsys):
    file = tmp_path / "bytes"
    file.write_bytes(bytes(range(256)) * 2)
    names = {*encodings.aliases.aliases.values(), "idna", "punycode", "undefined", "\udcff", ""}
    codes = set()
    for name in sorted(names):
        codes.add(main(["tag", str(file), f"--encoding={name}"]))
        out, err = capsys.readouterr()
        assert len(told(err)) == (not out)
    assert codes == {0, 1}


@posix
def test_file_names_with_line_breaks_quotes_and_bytes(tmp_path):
    names = [
        'a\nb".txt',
        "'c', d;.txt",
        "-e.txt",
        "[bold]f[red]",
        "\x1b[31mg",
        os.fsdecode(b"\xff"),
    ]
    for name in names:
        (tmp_path / name).write_text(LINE, encoding="utf-8")

    def tag(*options):
        done = start(*COMMAND, "tag", *options, "--", *names, cwd=tmp_path)
        out, err = done.communicate(timeout=60)
        assert (err, done.returncode) == (b"", 0)
        return out.decode("utf-8")

    shown = [*names[:-1], "\ufffd"]
    assert [record["file"] for record in lines(tag("--format", "jsonl"))] == shown
    rows = list(csv.DictReader(io.StringIO(tag("--format", "csv"), newline="")))
    assert [row["file"] for row in rows] == shown
    table = tag("--format", "table")
    assert 'a b".txt 1 sentence' in table
    assert "[bold]f[red] 1 sentence" in table
    assert "\x1b" not in table
    missing = run("tag", tmp_path / "no\nsuch\x1b[31m", code=1)[1]
    assert len(told(missing)) == 1


@posix
@pytest.mark.parametrize("n_files", [300, pytest.param(100_000, marks=long)])
def test_many_files(tmp_path, n_files, record_property):
    """With a bar on a terminal; time and memory grow with the texts, not with their number."""
    for number in range(n_files):
        (tmp_path / f"{number}").write_text(f"Поезд номер {number} ушёл в порт.\n", "utf-8")
    names = map(str, range(n_files))
    started = time.monotonic()
    sent, code = on_terminal(
        *MEASURED, *COMMAND, "tag", "-o", "out", "--format", "jsonl", *names, cwd=tmp_path
    )
    seconds = time.monotonic() - started
    assert code == 0
    assert b"bytes" in sent
    found = lines((tmp_path / "out").read_text(encoding="utf-8"))
    assert [record["file"] for record in found] == [str(number) for number in range(n_files)]
    peak = int((tmp_path / "peak").read_text(encoding="utf-8")) / 1024
    record_property("figure", f"{n_files} files: {seconds:.1f} s, at most {peak:.0f} MB")
    assert seconds < 30 + n_files / 300
    assert peak < 600


# Streams


@linux
@pytest.mark.parametrize(
    "arguments",
    [
        ("tag", SUMMIT),
        ("tag", SUMMIT, "--format", "csv"),
        ("tag", SUMMIT, "--format", "table"),
        ("tag", SUMMIT, "-o", "/dev/full"),
        ("info",),
        ("info", "--json"),
        ("suggest", SUMMIT),
    ],
)
def test_a_full_disk_is_told(arguments):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE)
    (message,) = told(done.stderr.decode())
    assert "No space left on device" in message
    assert done.returncode == 1


@linux
def test_notes_that_cannot_be_written_stop_nothing(tmp_path):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "tag", tmp_path / "none", SUMMIT], stdout=subprocess.PIPE, stderr=full
        )
    assert len(lines(done.stdout.decode())) > 20
    assert done.returncode == 1


@posix
@pytest.mark.parametrize("kind", ["jsonl", "csv", "table"])
def test_a_pipe_that_is_closed_midway(kind, tmp_path):
    file = tmp_path / "long"
    file.write_text(LINE * 2_000, encoding="utf-8")
    with start(*COMMAND, "tag", file, "--format", kind, "--topic", "transport") as process:
        process.stdout.readline()
        process.stdout.close()
        assert told(process.stderr.read().decode()) == ["otgnlp: standard output was closed"]
    assert process.returncode == 141


@posix
@pytest.mark.parametrize(
    ("redirection", "code", "message"),
    [
        (">&-", 1, "otgnlp: standard output: Bad file descriptor"),
        ("<&-", 1, "otgnlp: standard input is closed"),
        ("2>&-", 1, ""),
        (">&- 2>&- <&-", 1, ""),
    ],
)
def test_closed_streams(redirection, code, message):
    command = f'"$0" -m otgnlp tag - "$1" {redirection}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, SUMMIT if "<" not in redirection else "-"],
        input=b"\xff",
        capture_output=True,
    )
    assert done.stderr.decode().strip().endswith(message)
    assert b"Traceback" not in done.stderr
    assert done.returncode == code


@posix
@pytest.mark.parametrize("kind", [None, "jsonl", "csv", "table"])
def test_no_text_commands_a_terminal(kind, tmp_path):
    (tmp_path / "a\x1b[31m\u202e.txt").write_text(HOSTILE, encoding="utf-8")
    options = [] if kind is None else ["--format", kind]
    sent, code = on_terminal(
        *COMMAND, "tag", "--explain", *options, *tmp_path.iterdir(), "none\x1b[31m", "/proc/\x9b1m"
    )
    assert code == 1
    text = sent.decode("utf-8")
    assert "порт" in text
    assert not set(COMMANDS_OF_A_TEXT) & set(text)
    if kind == "jsonl":
        records = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        assert [record["text"] for record in records] == HOSTILE.splitlines()


@posix
def test_no_model_and_no_label_commands_a_terminal(small_classifier, tmp_path):
    model = tmp_path / "m\x1b[31m"
    small_classifier.save(model, name="small [bold]")
    data = tmp_path / "d\x1b[31m.jsonl"
    rows = [{"text": HOSTILE, "topics": ["energy"], "by\x1b": "v\x1b[31m"}] * 2
    data.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    text = tmp_path / "text"
    text.write_text(HOSTILE, encoding="utf-8")
    evaluate = ("evaluate", data, "--model", model, "--by", "by\x1b", "--errors", "9")
    for arguments in (
        ("info", "--model", model),
        ("info", "--model", model, "--json"),
        (*evaluate,),
        (*evaluate, "--json"),
        ("suggest", text, "--model", model),
        ("suggest", text, "--model", model, "--format", "csv"),
        ("suggest", text, "--model", model, "--format", "label-studio"),
        ("diff", "bundled", model, text),
        ("diff", "bundled", model, text, "--json"),
        ("import", data),
        ("tag", "--model", "none\x1b[31m"),
        ("tag", "--topic", "\x1b[31m"),
        ("tag", "--format", "\x1b[31m"),
        ("tag", "--no\x1b[31m"),
        ("\x1b[31m",),
    ):
        sent, _ = on_terminal(*COMMAND, *arguments)
        text_of_it = sent.decode("utf-8")
        assert text_of_it.strip(), arguments
        assert not set(COMMANDS_OF_A_TEXT) & set(text_of_it), arguments
        assert "Traceback" not in text_of_it


def test_what_goes_to_a_file_or_pipe_is_the_text_as_it_is(tmp_path):
    (record, _) = lines(run("tag", stdin=HOSTILE.encode())[0])
    assert record["text"] == HOSTILE.splitlines()[0]
    rows = csv.DictReader(io.StringIO(run("tag", "--format", "csv", stdin=HOSTILE.encode())[0]))
    assert next(rows)["text"] == HOSTILE.splitlines()[0]


# Files that are written


def test_an_output_file_is_the_output(tmp_path):
    target = tmp_path / "out"
    for options in (["--format", "csv"], ["--format", "table"], []):
        out, _ = run("tag", SUMMIT, "-o", target, *options)
        assert out == ""
        assert target.read_text(encoding="utf-8") == run("tag", SUMMIT, *options)[0]
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


@posix
def test_an_output_file_keeps_its_mode_its_links_and_what_it_was_denied(tmp_path):
    target, link = tmp_path / "out", tmp_path / "link"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o640)
    link.symlink_to(target)
    run("tag", SUMMIT, "-o", link)
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert len(lines(target.read_text(encoding="utf-8"))) > 20
    new = tmp_path / "new"
    process = start(*COMMAND, "tag", SUMMIT, "-o", new, umask=0o077)
    process.communicate(timeout=60)
    assert new.stat().st_mode & 0o777 == 0o600
    for bad, message in ((tmp_path, "Is a directory"), (tmp_path / "no" / "x", "No such file")):
        _, err = run("tag", SUMMIT, "-o", bad, code=1)
        assert message in err
        assert len(told(err)) == 1
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with (
        start(*COMMAND, "tag", SUMMIT, "-o", pipe) as process,
        pipe.open(encoding="utf-8") as reader,
    ):
        assert len(lines(reader.read())) > 20
    assert process.returncode == 0


@linux
def test_a_file_that_cannot_be_written_stays_as_it_was(tmp_path):
    target = tmp_path / "out"
    target.write_text("old", encoding="utf-8")
    long_text = tmp_path / "long"
    long_text.write_text(LINE * 5_000, encoding="utf-8")
    process = start(*COMMAND, "tag", long_text, "-o", target, preexec_fn=with_small_files)
    _, err = process.communicate(timeout=60)
    assert told(err.decode()) == [f"otgnlp: {target}: cannot be written: File too large"]
    assert process.returncode == 1
    target.chmod(0o444)
    process = start(*COMMAND, "tag", SUMMIT, "-o", target, preexec_fn=without_privilege)
    assert b"Permission denied" in process.communicate(timeout=60)[1]
    tmp_path.chmod(0o555)
    process = start(*COMMAND, "tag", SUMMIT, "-o", tmp_path / "x", preexec_fn=without_privilege)
    assert b"Permission denied" in process.communicate(timeout=60)[1]
    tmp_path.chmod(0o755)
    assert target.read_text(encoding="utf-8") == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["long", "out"]


@linux
@pytest.mark.parametrize("n_kills", [6, pytest.param(200, marks=long)])
def test_killed_at_any_moment_the_file_is_the_old_or_the_new(tmp_path, n_kills, record_property):
    text = tmp_path / "text"
    text.write_text(LINE * 3_000, encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    target = folder / "out"
    started = time.monotonic()
    run("tag", text, "-o", target)
    whole = time.monotonic() - started
    new = target.read_bytes()
    chance = random.Random(0)
    ends = {"old": 0, "new": 0}
    for number in range(n_kills):
        target.write_bytes(b"old")
        process = start(*COMMAND, "tag", text, "-o", target)
        # Half of the moments are around the end, where the file takes its place.
        part = chance.uniform(0.9, 1.1) if number % 2 else chance.random()
        time.sleep(whole * part)
        process.send_signal((signal.SIGKILL, signal.SIGTERM, signal.SIGINT)[number % 3])
        process.communicate(timeout=60)
        assert [file.name for file in folder.iterdir()] == ["out"]
        content = target.read_bytes()
        assert content in (b"old", new)
        ends["new" if content == new else "old"] += 1
    record_property("figure", f"{n_kills} kills: {ends}")


# Processes


@linux
@pytest.mark.parametrize(
    ("number", "whole_group", "code"),
    [
        (signal.SIGINT, True, 130),  # as a terminal sends it
        (signal.SIGINT, False, 130),
        (signal.SIGTERM, False, 143),
        (signal.SIGKILL, False, -9),
    ],
)
def test_a_command_that_ends_early_leaves_no_process(tmp_path, number, whole_group, code):
    process = start(*COMMAND, "tag", "-", "--jobs", "2", "-o", tmp_path / "out")
    process.stdin.write((LINE * 20_000).encode())
    process.stdin.flush()
    while len(workers(process.pid)) < 2:
        assert process.poll() is None
        time.sleep(0.05)
    time.sleep(1.0)  # they have begun, and standard input stays open
    (os.killpg if whole_group else os.kill)(process.pid, number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == code
    assert survivors(process.pid) == []
    assert list(tmp_path.iterdir()) == []
    if number != signal.SIGKILL:
        word = "interrupted" if number == signal.SIGINT else "terminated"
        assert told(err.decode()) == [f"otgnlp: {word}"]


def test_exit_codes_are_documented():
    for arguments in (["--help"], ["tag", "--help"], ["train", "--help"]):
        text = " ".join(run(*arguments)[0].split())
        for code in ("0: done", "1: ", "2: wrong usage", "130: ", "141: ", "143: "):
            assert code in text
