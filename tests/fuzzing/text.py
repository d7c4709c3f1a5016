"""Fuzzing of texts, led by coverage: `python -m tests.fuzzing.text --seconds 60`.

Needs Atheris (`pip install -e '.[fuzz]'`). Every text must hold all of `tests.fuzzing.invariants`;
the first that does not ends the run, is kept in the folder of finds, and the exit code is not 0.
Inputs that reached something new are kept in the corpus for the next run. At the end libFuzzer
prints its figures: executions, and the parts of otgnlp, razdel and pymorphy3 that they reached.

`python -m tests.fuzzing.text FILE` runs one input, such as a find, once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from multiprocessing import get_context
from pathlib import Path

from benchmarks.hostile import REPEATED
from tests.fuzzing.pieces import PIECES

_LONGEST = 320  # bytes of an input
_SEEDS_REPEAT = 40


def decode(data: bytes) -> str:
    """Return the text that an input stands for; every input is one, and every text has one.

    It is UTF-8, surrogates among it; bytes that are not become surrogates as well.
    """
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Return the input that stands for a text."""
    return text.encode("utf-8", "surrogatepass")


def write_dictionary(path: Path) -> None:
    """Write what libFuzzer may put into an input as a whole."""
    entries = ["".join(f"\\x{byte:02x}" for byte in encode(piece)) for piece in PIECES]
    path.write_text("".join(f'"{entry}"\n' for entry in entries), encoding="ascii")


def write_seeds(folder: Path) -> None:
    """Write the inputs to begin with: every piece, and what is repeated."""
    texts = [*PIECES, *(piece * _SEEDS_REPEAT for piece in REPEATED.values())]
    for number, text in enumerate(texts):
        (folder / f"seed-{number:03}").write_bytes(encode(text))


def main() -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing.text", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="an input to run once")
    parser.add_argument("--seconds", type=int, default=60, metavar="N")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="default: one that is not kept")
    parser.add_argument("--finds", type=Path, default=Path(), metavar="DIR")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="otgnlp-fuzzing-") as kept:
        seeds = Path(kept, "seeds")
        corpus = arguments.corpus or Path(kept, "corpus")
        for folder in (seeds, corpus, arguments.finds):
            folder.mkdir(parents=True, exist_ok=True)
        write_seeds(seeds)
        write_dictionary(Path(kept, "dictionary"))
        options = [
            f"-max_total_time={arguments.seconds}",
            f"-max_len={_LONGEST}",
            "-timeout=20",  # seconds of one input
            "-rss_limit_mb=4096",
            "-print_final_stats=1",
            f"-dict={Path(kept, 'dictionary')}",
            f"-artifact_prefix={arguments.finds}/",
        ]
        inputs = [arguments.file] if arguments.file else [corpus, seeds]
        # libFuzzer ends its process, which would leave the folder behind.
        command = [sys.argv[0], *options, *map(str, inputs)]
        process = get_context("spawn").Process(target=_fuzz, args=(command,))
        process.start()
        process.join()
    return int(process.exitcode != 0)


def _fuzz(command: list[str]) -> None:
    import atheris

    with atheris.instrument_imports(include=["otgnlp", "razdel", "pymorphy3"]):
        from tests.fuzzing.invariants import Invariants

        invariants = Invariants()  # imports what is imported late

    def run(data: bytes) -> None:
        invariants.check(decode(data))

    atheris.Setup(command, run)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
