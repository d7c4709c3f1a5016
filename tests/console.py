"""Documents that show commands and what they print: run them, and bring them up to date.

`python tests/console.py README.md …` writes into each block what its command prints now.

A ```console block is a command after "$ ", which may end in "> FILE", and what it prints; a first
line "…" stands for what is left out before the rest. A ```python block is run as well, unless it is
a doctest; a document's blocks share their names, and a ```text block after one is what it prints.
"""

from __future__ import annotations

import contextlib
import glob
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from otgnlp.cli.main import main as otgnlp

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = "…\n"
_BLOCK = re.compile(
    r"^```(console|python)\n(.*?)^```$(?:\n\n```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE
)


class Shown(NamedTuple):
    """A command, what the document says that it prints, and what it prints."""

    command: str
    written: str
    printed: str


def walk(document: Path) -> tuple[str, list[Shown]]:
    """Run a document's blocks in order, in a folder made for it.

    Return its text with the output that there is now, and what each command shows.
    """
    shown = []
    names: dict[str, object] = {}

    def run(block: re.Match[str]) -> str:
        if block[1] == "python":
            printed = "" if block[2].startswith(">>>") else _execute(block[2], names)
            if block[3] is None:
                return block[0]
            shown.append(Shown(block[2], block[3], printed))
            return f"```python\n{block[2]}```\n\n```text\n{printed}```"
        command, written = block[2].removeprefix("$ ").split("\n", 1)
        printed = _run(command)
        if written.startswith(LEFT_OUT):
            n_kept = written.count("\n") - 1
            printed = LEFT_OUT + "".join(printed.splitlines(keepends=True)[-n_kept:])
        shown.append(Shown(command, written, printed))
        return f"```console\n$ {command}\n{printed}```"

    with _workplace():
        return _BLOCK.sub(run, document.read_text(encoding="utf-8")), shown


@contextlib.contextmanager
def _workplace() -> Iterator[None]:
    """Work in a new folder with documents, examples and training files, 100 columns wide."""
    folder_before, environment_before = Path.cwd(), dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("docs", "examples", "training"):
            shutil.copytree(ROOT / name, Path(folder) / name)
        os.chdir(folder)
        os.environ["COLUMNS"] = "100"
        try:
            yield
        finally:
            os.chdir(folder_before)
            os.environ.clear()
            os.environ.update(environment_before)


def _execute(code: str, names: dict[str, object]) -> str:
    """Run Python code; return what it prints, without spaces at the ends of lines."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "document", "exec"), names)
    return "".join(line.rstrip() + "\n" for line in out.getvalue().splitlines())


def _run(command: str) -> str:
    """Run a command in the current folder; return what a terminal would show of it."""
    words, _, file = command.partition(" > ")
    program, *arguments = [name for word in shlex.split(words) for name in _expand(word)]
    out, err = io.StringIO(), io.StringIO()
    if program == "otgnlp":  # within this process: embeddings are read only once
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = otgnlp(arguments)
    else:
        assert program == "python", command
        done = subprocess.run([sys.executable, *arguments], capture_output=True, encoding="utf-8")
        code = done.returncode
        out.write(done.stdout)
        err.write(done.stderr)
    assert code == 0, err.getvalue()
    if file:
        Path(file).write_text(out.getvalue(), encoding="utf-8", newline="\n")
        out = io.StringIO()
    printed = err.getvalue() + out.getvalue()
    return printed.rstrip("\n") + "\n" if printed else ""


def _expand(word: str) -> list[str]:
    return sorted(glob.glob(word)) or [word]


def main() -> None:
    """Rewrite the documents that the command line names."""
    for path in (Path(name).resolve() for name in sys.argv[1:]):
        text, _ = walk(path)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
