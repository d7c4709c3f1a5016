"""Joining the public corpora: from a server on this machine, from checkouts, from joined files."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import socket
import subprocess
import sys
import threading
import urllib.parse
import zipfile
from collections import Counter
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from otgnlp.errors import InputError
from training.corpora import main
from training.public.annotations import Annotation, read_annotations, write_annotations
from training.public.checkouts import Checkouts, list_files
from training.public.download import Downloads
from training.public.files import PublicFile, blob_id, read_files, write_files
from training.public.sentences import sentence_id, split
from training.public.sources import SOURCES
from training.public.transfer import DownloadError

ROOT = Path(__file__).resolve().parent.parent
CORPORA = os.environ.get("OTGNLP_CORPORA")

# Files of each source's shape: source, path, contents, and the sentences that are annotated in it.
CHUNK = """url,title,content
https://example.org/news/2004-05-01/71-most,Мост,"Мост через залив откроют осенью этого года.
Паромы пойдут реже. Владельцы просят отложить закрытие причала."
https://example.org/news/2004-05-02/72-a,А,Подпишитесь на новости нашего вымышленного канала.
https://example.org/news/2004-05-02/73-b,Б,Подпишитесь на новости нашего вымышленного канала.
https://example.org/news/2004-05-02/74-v,В,Подпишитесь на новости нашего вымышленного канала.
"""
TITLES = [
    {"u": "https://example.org/news/2004-05-01/71-most", "r": "Мост достроен. Ждут первых машин"},
    {"u": "https://example.org/news/2004-05-03/75-g", "t": "No Russian title"},
]
LENTA = """url,title,text,topic
u,Котельную топят щепой,Тепло дали в школу и больницу посёлка.,т
u,Рыбаки вернулись,"Сейнеры стоят у третьего причала,
улов сдают на завод.",т
"""
SIB = (
    "index_id\tcategory\ttext\n"
    '17\ttravel\t"Поезд вдоль озера идёт ""медленно"" и часто останавливается.\n'
)
POST = """---
title: Настройка сети
---
> **Роутер** стоит в [подвале](https://example.org/a_(b)) у самой лестницы.
![схема](/scheme.png)<p>Кабель протянули <em>по чердаку</em>, без сверления стен.</p>
"""
TREEBANK = """# sent_id = dev-s1
# text = Мельница мелет зерно. Вода крутит её жернова.
1\tМельница\t_

# sent_id = dev-s2
# text = Лодочник перевозит через реку почту и газеты.
"""


def archive(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return packed.getvalue()


PUBLIC = [
    (
        "1tv",
        "chunks/chunk_2004.csv",
        CHUNK,
        {
            "2004/71": [
                "Мост через залив откроют осенью этого года.",
                "Владельцы просят отложить закрытие причала.",
            ]
        },
    ),
    (
        "1tv-title",
        "docs/data/search/2004.json",
        json.dumps(TITLES, ensure_ascii=False),
        {"2004/71": ["Мост достроен. Ждут первых машин"]},
    ),
    (
        "rurebus",
        "train_data/train_part_1.zip",
        archive({"p/": "", "p/12_part_0.txt": "Дорогу к ферме\nотремонтируют до начала уборки."}),
        {"12_part_0.txt": ["отремонтируют до начала уборки."]},
    ),
    (
        "nerel",
        "NEREL-v1.1/dev/5_text.txt",
        "Завод\r\nОбжигательную печь остановили на неделю.\r\n",
        {"NEREL-v1.1/dev/5_text.txt": ["Обжигательную печь остановили на неделю."]},
    ),
    (
        "lenta",
        "notebooks/transfer_learning_hg/lenta_sample.csv",
        LENTA,
        {
            "0": ["Тепло дали в школу и больницу посёлка."],
            "1": ["Сейнеры стоят у третьего причала,"],
        },
    ),
    (
        "factru",
        "testset/book_9.txt",
        "\ufeffВодовоз сломался у въезда в деревню.",
        {"testset/book_9.txt": ["Водовоз сломался у въезда в деревню."]},
    ),
    (
        "zlonov",
        "previous/books/2020-01-01-сеть %d0.md",
        POST,
        {
            "previous/books/2020-01-01-сеть %d0.md": [
                "Роутер стоит в подвале) у самой лестницы.",
                "Кабель протянули по чердаку , без сверления стен.",
            ]
        },
    ),
    (
        "sib",
        "data/annotated/rus_Cyrl/test.tsv",
        SIB,
        {"test17": ['"Поезд вдоль озера идёт ""медленно"" и часто останавливается.']},
    ),
    (
        "gsd",
        "ru_gsd-ud-dev.conllu",
        TREEBANK,
        {
            "dev0": ["Мельница мелет зерно. Вода крутит её жернова."],
            "dev1": ["Лодочник перевозит через реку почту и газеты."],
        },
    ),
]


def public_file(source: str, path: str, content: str | bytes) -> tuple[PublicFile, bytes]:
    content = content if isinstance(content, bytes) else content.encode("utf-8")
    repository, commit = SOURCES[source].repository, SOURCES[source].commit
    file = PublicFile(source, repository, commit, path, len(content), blob_id(content))
    return file, content


FILES = dict(public_file(*row[:3]) for row in PUBLIC)
SENTENCES = [
    (Annotation(sentence_id(text), source, doc, ("transport", "ai")[: i % 3], "train", 1), text)
    for source, _path, _content, docs in PUBLIC
    for doc, texts in docs.items()
    for i, text in enumerate(texts)
]
ANNOTATIONS = [annotation for annotation, _text in reversed(SENTENCES)]
JOINED = [
    {"id": a.id, "source": a.source, "doc": a.doc, "text": text, "topics": list(a.topics)}
    for a, text in reversed(SENTENCES)
]


class Server(ThreadingHTTPServer):
    """Serves `files`; what is in `faults` is done to a path's next requests, one by one."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {f"/{f.repository}/{f.commit}/{f.path}": c for f, c in FILES.items()}
        self.faults: dict[str, list[str]] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        path = urllib.parse.unquote(self.path)
        asked = self.headers.get("Range")
        self.server.requests.append((path, asked))
        faults = self.server.faults.get(path)
        fault = faults.pop(0) if faults else ""
        if fault.isdecimal() or path not in self.server.files:
            self.send_error(int(fault or 404))
            return
        content = self.server.files[path]
        start = int(re.fullmatch(r"bytes=(\d+)-", asked)[1]) if asked and fault != "whole" else 0
        if start >= len(content) > 0:
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            shown = start + 1 if fault == "shift" else start
            self.send_header("Content-Range", f"bytes {shown}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : start + 20] if fault == "cut" else content[start:])

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def tables(tmp_path) -> dict[str, Path]:
    paths = {
        "annotations_table": tmp_path / "annotations.tsv.gz",
        "files_table": tmp_path / "f.tsv",
    }
    write_annotations(ANNOTATIONS, paths["annotations_table"])
    write_files(FILES, paths["files_table"])
    return paths


@pytest.fixture
def join(tables, tmp_path, capsys):
    """Run the command; return its exit code, the sentences it wrote, and standard error."""

    def run(*arguments):
        output = tmp_path / "out.jsonl.gz"
        output.unlink(missing_ok=True)
        code = main(["-o", str(output), *map(str, arguments)], **tables)
        return code, read_lines(output), capsys.readouterr().err

    return run


def read_lines(path: Path):
    if not path.exists():
        return None
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def unused_port() -> int:
    with closing(socket.socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


@pytest.fixture
def one(server, tmp_path):
    """A file, its contents, its path on the server, and downloads that do not pause."""
    file, content = next(iter(FILES.items()))
    path = f"/{file.repository}/{file.commit}/{file.path}"
    return file, content, path, Downloads(tmp_path / "cache", server.url, pause=0)


def fetch(downloads: Downloads, file: PublicFile) -> bytes | None:
    ((_, content),) = downloads.contents([file])
    return content


# Sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Короткое. Это предложение довольно длинное.", ["Это предложение довольно длинное."]),
        ("Строка без конца предложения\nи её продолжение на другой", ["строка", "продолжение"]),
        ("Два\u00a0 пробела и\tтабуляция в середине.", ["Два пробела и табуляция в середине."]),
        ("ж" * 24, []),
        ("ж" * 25, ["ж" * 25]),
        ("ж" * 450, ["ж" * 450]),
        ("ж" * 451, []),
        ("ж" * 24 + "w" * 16, ["ж" * 24 + "w" * 16]),  # 60 %
        ("ж" * 23 + "w" * 17, []),
    ],
)
def test_split(text, sentences):
    found = list(split(text))
    assert len(found) == len(sentences)
    for sentence, expected in zip(found, sentences, strict=True):
        assert expected.lower() in sentence.lower()


def test_id():
    assert sentence_id("Порт открыт.") == "68d79788fd216e4a"
    assert sentence_id("\tПорт\n\u00a0открыт. ") == sentence_id("Порт открыт.")


@pytest.mark.parametrize("row", PUBLIC, ids=lambda row: row[0])
def test_shapes(row):
    name, path, _, docs = row
    file, content = public_file(*row[:3])
    assert SOURCES[name].has(path)
    wanted = {doc: {sentence_id(text) for text in texts} for doc, texts in docs.items()}
    found = dict(SOURCES[name].find(file.path, content, wanted))
    assert sorted(found.values()) == sorted(text for texts in docs.values() for text in texts)


def test_what_a_page_repeats_is_left_out():
    docs = [doc for doc, _ in SOURCES["1tv"].read("chunks/chunk_2004.csv", CHUNK.encode("utf-8"))]
    assert docs == ["2004/71"]


# Tables


def test_annotations_round_trip(tmp_path):
    table, again = tmp_path / "a.tsv.gz", tmp_path / "b.tsv.gz"
    write_annotations(ANNOTATIONS, table)
    assert read_annotations(table) == ANNOTATIONS
    write_annotations(read_annotations(table), again)
    assert table.read_bytes() == again.read_bytes()
    # No file name, no time: the header of gzip would hold them.
    assert table.read_bytes()[3:8] == b"\0" * 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id\tsource\n", "expected the columns id, source, doc"),
        ("a\tb\n", "line 2: 2 fields, expected 6"),
        ("a\tgsd\tdev0\t\ttest\t1\n", "split 'test'"),
        ("a\tgsd\tdev0\t\tdev\tmany\n", "passes 'many'"),
        ("a\tgsd\tdev0\t\tdev\t2\n" * 2, "more than once"),
    ],
)
def test_damaged_annotations(tmp_path, text, message):
    table = tmp_path / "a.tsv"
    header = "" if text.startswith("id") else "id\tsource\tdoc\ttopics\tsplit\tpasses\n"
    table.write_text(header + text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_annotations(table)


def test_annotations_of_the_checkout():
    annotations = read_annotations()
    assert Counter((a.split, a.passes) for a in annotations) == {
        ("train", 1): 31698,
        ("uncertain", 1): 5853,
        ("uncertain", 2): 652,
        ("dev", 2): 1688,
    }
    assert {a.source for a in annotations} == set(SOURCES)
    assert {topic for a in annotations for topic in a.topics} == {
        "ai",
        "digital",
        "energy",
        "transport",
    }
    assert all(re.fullmatch("[0-9a-f]{16}", a.id) for a in annotations)
    # Nothing of the texts is there, not even in a document's name.
    assert all(re.fullmatch(r"\S+", a.doc) for a in annotations)


def test_files_of_the_checkout():
    files = read_files()
    assert {file.source for file in files} == set(SOURCES)
    for file in files:
        source = SOURCES[file.source]
        assert (file.repository, file.commit) == (source.repository, source.commit)
        assert source.has(file.path)
        assert re.fullmatch("[0-9a-f]{40}", file.blob)


def test_files_round_trip(tmp_path):
    files = [*FILES, replace(next(iter(FILES)), size=None)]
    write_files(files, tmp_path / "f.tsv")
    assert read_files(tmp_path / "f.tsv") == files
    windows = (tmp_path / "f.tsv").read_bytes().replace(b"\n", b"\r\n")
    (tmp_path / "f.tsv").write_bytes(windows)
    assert read_files(tmp_path / "f.tsv") == files
    with pytest.raises(InputError, match="a tab or a line break"):
        write_files([replace(files[0], path="a\tb")], tmp_path / "f.tsv")


# Downloads


def test_join_from_the_network(join, server, tmp_path):
    options = ["--base-url", f"{server.url}/", "--cache", tmp_path / "cache"]
    code, joined, err = join(*options)
    assert (code, joined) == (0, JOINED), err
    assert "1tv: found 2 of 2 sentences" in err
    assert f"{len(JOINED)} of {len(JOINED)} sentences" in err

    # What is in the cache is not asked for again, unless it was damaged.
    asked = len(server.requests)
    assert asked == len(FILES)
    assert join(*options)[:2] == (0, JOINED)
    assert len(server.requests) == asked
    damaged = next(path for path in (tmp_path / "cache").rglob("*") if path.is_file())
    damaged.write_bytes(b"damaged")
    assert join(*options)[:2] == (0, JOINED)
    assert len(server.requests) == asked + 1


def test_sources_and_splits(join, server, tables, tmp_path):
    options = ["--base-url", server.url, "--cache", tmp_path / "cache"]
    _, joined, err = join(*options, "--sources", "gsd,sib")
    assert [sentence["source"] for sentence in joined] == ["gsd", "gsd", "sib"]
    assert len(server.requests) == 2
    assert "lenta" not in err
    code, joined, _ = join(*options, "--split", "dev")
    assert (code, joined) == (0, [])
    changed = [replace(ANNOTATIONS[0], split="dev", passes=2), *ANNOTATIONS[1:]]
    write_annotations(changed, tables["annotations_table"])
    assert join(*options)[1] == JOINED[1:]
    assert join(*options, "--split", "dev")[1] == JOINED[:1]
    assert join(*options, "--split", "train", "dev")[1] == JOINED


def test_a_file_that_is_gone(join, server, tmp_path):
    gone = next(path for path in server.files if path.endswith("conllu"))
    del server.files[gone]
    code, joined, err = join("--base-url", server.url, "--cache", tmp_path / "cache")
    assert code == 1
    assert joined == [sentence for sentence in JOINED if sentence["source"] != "gsd"]
    assert "gsd: cannot be had: 1 file, ru_gsd-ud-dev.conllu" in err
    assert "gsd: found 0 of 2 sentences" in err


def test_a_cut_connection_is_resumed(one, server):
    file, content, path, downloads = one
    server.faults[path] = ["cut", "cut", "503"]
    assert fetch(downloads, file) == content
    assert [asked for _, asked in server.requests] == [None, "bytes=20-", *["bytes=40-"] * 2]


def test_a_cut_connection_is_resumed_by_the_next_run(one, server):
    file, content, path, downloads = one
    server.faults[path] = ["cut"]
    with pytest.raises(DownloadError, match="the connection broke"):
        fetch(replace(downloads, attempts=1), file)
    assert fetch(downloads, file) == content
    assert [asked for _, asked in server.requests] == [None, "bytes=20-"]


@pytest.mark.parametrize("fault", ["whole", "shift", "416"])
def test_servers_that_do_not_resume(one, server, fault):
    file, content, path, downloads = one
    server.faults[path] = ["cut", fault]
    assert fetch(downloads, file) == content


def test_half_a_file_of_another(one, server):
    """What was there before may be wrong: it is given up, and the file fetched anew."""
    file, content, _, downloads = one
    part = downloads.cache / file.blob[:2] / f"{file.blob[2:]}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"something else")
    assert fetch(downloads, file) == content
    assert [asked for _, asked in server.requests] == ["bytes=14-", None]


def test_a_wrong_file_is_refused(join, one, server, tmp_path):
    file, content, path, downloads = one
    server.files[path] = content.replace("залив".encode(), "овраг".encode())
    with pytest.raises(DownloadError, match="not the pinned file"):
        fetch(downloads, file)
    assert not [found for found in downloads.cache.rglob("*") if found.is_file()]
    assert len(server.requests) == 1
    code, joined, err = join("--base-url", server.url, "--cache", downloads.cache)
    assert (code, joined) == (1, None)
    assert re.fullmatch(r"corpora: http\S+/chunk_2004.csv: not the .*", err.splitlines()[-1])


def test_what_is_no_use_trying_again(one, server):
    file, _, path, downloads = one
    server.faults[path] = ["403"]
    with pytest.raises(DownloadError, match="403"):
        fetch(downloads, file)
    assert len(server.requests) == 1


def test_the_same_contents_at_two_paths(one, server):
    file, content, _, downloads = one
    files = [file, replace(file, path="elsewhere.csv")]
    assert [found for _, found in downloads.contents(files)] == [content, content]
    assert len(server.requests) == 1


def test_offline(tmp_path):
    """One line that says what to do, from a real process."""
    address = f"http://127.0.0.1:{unused_port()}"
    command = [sys.executable, "-m", "training.corpora", "-o", tmp_path / "out.jsonl.gz"]
    done = subprocess.run(
        [*command, "--base-url", address, "--cache", tmp_path / "cache", "--split", "dev"],
        cwd=ROOT,
        env={**os.environ, "no_proxy": "127.0.0.1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    *progress, message = done.stderr.splitlines()
    assert progress == ["rurebus: 3 files"]
    assert message.startswith(f"corpora: {address}/dialogue-evaluation/RuREBus/")
    assert "cannot be reached" in message
    assert "--from" in message
    assert not (tmp_path / "out.jsonl.gz").exists()


# Checkouts


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "core.autocrlf=false"]
    command = ["git", "-C", str(folder), *identity, "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.strip()


@pytest.fixture
def checkouts(tmp_path) -> Path:
    """Every repository as OWNER/NAME, without git."""
    folder = tmp_path / "checkouts"
    for file, content in FILES.items():
        path = folder / file.repository / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def test_join_from_checkouts(join, checkouts):
    assert join("--checkouts", checkouts)[:2] == (0, JOINED)
    (checkouts / SOURCES["sib"].repository).rename(checkouts / "sib-200")
    assert join("--checkouts", checkouts)[:2] == (0, JOINED)
    (checkouts / "sib-200" / "data" / "annotated" / "rus_Cyrl" / "test.tsv").unlink()
    code, joined, err = join("--checkouts", checkouts)
    assert code == 1
    assert len(joined) == len(JOINED) - 1
    assert "sib: found 0 of 1 sentences" in err


def test_join_from_git_directories(join, checkouts, tables, tmp_path):
    """The file of the commit is taken, whatever the work tree holds, and if there is none."""
    repository = checkouts / SOURCES["gsd"].repository
    git(repository, "init", "--quiet")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "first")
    commit = git(repository, "rev-parse", "HEAD")
    source = replace(SOURCES["gsd"], commit=commit)
    files = [replace(f, commit=commit) if f.source == "gsd" else f for f in FILES]
    write_files(files, tables["files_table"])
    assert list(list_files(Checkouts(checkouts), source)) == [f for f in files if f.source == "gsd"]

    (repository / "ru_gsd-ud-dev.conllu").write_text("# text = Другое.\n", encoding="utf-8")
    git(repository, "commit", "--quiet", "-a", "-m", "second")
    assert join("--checkouts", checkouts)[:2] == (0, JOINED)

    bare = tmp_path / "bare" / "UD_Russian-GSD"
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), str(bare))
    options = ["--sources", "gsd", "--checkouts", bare.parent]
    assert join(*options)[:2] == (0, [s for s in JOINED if s["source"] == "gsd"])

    with pytest.raises(InputError, match=r"no git repository of .*GSD with commit 5400f2f"):
        list(list_files(Checkouts(checkouts), SOURCES["gsd"]))


def test_a_wrong_file_in_a_checkout(join, checkouts):
    (checkouts / SOURCES["gsd"].repository / "ru_gsd-ud-dev.conllu").write_bytes(b"other")
    code, joined, err = join("--checkouts", checkouts)
    assert (code, joined) == (1, None)
    assert "not the file of commit 5400f2f" in err.splitlines()[-1]
    code, _, err = join("--checkouts", checkouts / "none")
    assert code == 1
    assert "none: no such folder" in err


# Joined files


def write_lines(path: Path, sentences) -> Path:
    lines = "".join(json.dumps(sentence, ensure_ascii=False) + "\n" for sentence in sentences)
    path.write_text(lines, encoding="utf-8")
    return path


def test_join_from_joined_files(join, tmp_path):
    """Topics are those of the table, the rest of a line does not matter."""
    first = write_lines(tmp_path / "1.jsonl", [{**s, "topics": ["sport"]} for s in JOINED[:3]])
    foreign = {"id": sentence_id("Лишнее."), "text": "Лишнее."}
    spaced = {**JOINED[-1], "text": JOINED[-1]["text"].replace(" ", "\u00a0 ")}
    second = write_lines(tmp_path / "2.jsonl", [foreign, spaced, *JOINED[3:-1]])
    code, joined, err = join("--from", first, second)
    assert (code, joined) == (0, JOINED)
    code, joined, err = join("--from", first)
    assert (code, joined) == (1, JOINED[:3])
    assert f"3 of {len(JOINED)} sentences" in err.splitlines()[-1]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({**JOINED[0], "text": "Другое."}, f"line 2: the id is '{JOINED[0]['id']}', but"),
        ({"text": "Другое."}, "line 2: the key 'id' is missing"),
        ([1], "line 2: expected a mapping"),
    ],
)
def test_joined_files_that_are_wrong(join, tmp_path, line, message):
    path = write_lines(tmp_path / "1.jsonl", [JOINED[0], line])
    code, joined, err = join("--from", path)
    assert (code, joined) == (1, None)
    assert f"corpora: {path}, {message}" in err


def test_joined_files_that_cannot_be_read(join, tmp_path):
    for content in (b"not gzip", gzip.compress(b"{}")[:-4], gzip.compress(b"\xff")):
        path = tmp_path / "1.jsonl.gz"
        path.write_bytes(content)
        code, _, err = join("--from", path)
        assert code == 1
        assert err.startswith(f"corpora: {path}: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sources", "gsd,news"], "unknown source 'news'"),
        (["--base-url", "file:///etc"], "an address of http:// or https:// is expected"),
        (["-o", "none/out.jsonl"], "no such folder"),
    ],
)
def test_arguments(join, arguments, message):
    code, joined, err = join(*arguments)
    assert (code, joined) == (1, None)
    assert err.startswith("corpora: ")
    assert message in err


@pytest.mark.skipif(not CORPORA, reason="OTGNLP_CORPORA is not set: public sentences not joined")
@pytest.mark.parametrize(("split_", "count"), [("train", "31,698"), ("dev", "1,688")])
def test_join_from_the_folder_of_corpora(split_, count, tmp_path):
    joined = Path(CORPORA) / f"{split_}.jsonl.gz"
    output = tmp_path / "out.jsonl.gz"
    command = [sys.executable, "-m", "training.corpora", "-o", output, "--split", split_]
    done = subprocess.run(
        [*command, "--from", joined], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0
    assert f"{count} of {count} sentences" in done.stderr
    assert gzip.decompress(output.read_bytes()) == gzip.decompress(joined.read_bytes())


@pytest.mark.skipif(not CORPORA, reason="OTGNLP_CORPORA is not set: public sentences not joined")
def test_join_sentences_from_a_file_without_labels(tmp_path):
    texts = Path(CORPORA) / "unlabelled.jsonl.gz"
    output = tmp_path / "out.jsonl.gz"
    options = ["--from", str(texts), "--split", "uncertain", "-o", str(output)]
    assert main(options) == 0
    sentences = [json.loads(line) for line in gzip.decompress(output.read_bytes()).splitlines()]
    labels = {a.id: list(a.topics) for a in read_annotations() if a.split == "uncertain"}
    assert {s["id"]: s["topics"] for s in sentences} == labels
