"""What measured processes do: `python -m benchmarks.tasks TASK PARAMETERS`, both in JSON.

Each task gets ready first (imports, loads, warms), then measures, and prints what it measured as
the last line. Times are `benchmarks.clock.Times`.
"""

from __future__ import annotations

import json
import sys
from itertools import chain, islice, repeat
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from benchmarks.clock import Times, timed
from benchmarks.processes import forget_peak, give_back, resident_megabytes
from otgnlp import Tagger, bundled_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from otgnlp import Document

# Seconds, sentences, megabytes, and seconds of the processor since the start.
Sample = tuple[float, int, float, float]

# An ordinary word, and one that no dictionary has: what is loaded on first use is loaded then.
_WARMING = "Порт открыт. Глокая куздра будланула бокра."
_LINES_A_TEXT = 20
_WARM_AFTER = 3  # readings of one article


def passes(file: str) -> dict[str, Times]:
    """Tag all texts, then all of them again."""
    texts = _read_texts(file)
    tagger = _tagger()

    def tag() -> None:
        _look_at(list(tagger.tag_many(texts)))

    return {"first": timed(tag), "second": timed(tag)}


def rival(name: str, file: str) -> Times:
    """Let a rival read all texts."""
    from benchmarks.rivals import RIVALS

    texts = _read_texts(file)
    read = RIVALS[name]()
    read([_WARMING])
    return timed(lambda: read(texts))


def article(file: str, repeats: int) -> dict[str, Times]:
    """Tag one text by `otgnlp.tag` again and again, razdel beside it; return the medians."""
    import otgnlp
    from benchmarks.rivals import razdel_alone

    text = Path(file).read_text(encoding="utf-8")
    split = razdel_alone()
    ours, theirs = [], []
    for _ in range(repeats + _WARM_AFTER):
        ours.append(timed(lambda: _look_at([otgnlp.tag(text)])))
        theirs.append(timed(lambda: split([text])))
    return {
        name: Times(*map(median, zip(*times[_WARM_AFTER:], strict=True)))
        for name, times in (("otgnlp", ours), ("razdel", theirs))
    }


def cores(file: str, n_jobs: int, times: int) -> Times:
    """Tag all texts so many times over, in processes that have tagged them once before."""
    texts = _read_texts(file)
    tagger = _tagger()
    _look_at(tagger.tag_many(texts, n_jobs=n_jobs))
    stream = chain.from_iterable(repeat(texts, times))
    return timed(lambda: _look_at(tagger.tag_many(stream, n_jobs=n_jobs)))


def memory(first: int, every: int) -> list[tuple[int, float]]:
    """Tag the lines of standard input, twenty a text; tell the resident set every so often."""
    tagger = _tagger()
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    samples = []
    n_lines = 0
    due = first
    for document in tagger.tag_many(_texts_of_lines(sys.stdin)):
        _look_at([document])
        n_lines += document.text.count("\n") + 1
        if n_lines >= due:
            samples.append((n_lines, resident_megabytes()))
            due += every
    return samples


def soak(seconds: float, every: float) -> list[Sample]:
    """Tag the lines of standard input, twenty a text, for so long; take a sample every so often."""
    tagger = _tagger()
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    samples: list[Sample] = []
    n_lines = 0
    start, start_of_work = perf_counter(), process_time()
    for document in tagger.tag_many(_texts_of_lines(sys.stdin)):
        _look_at([document])
        n_lines += document.text.count("\n") + 1
        spent = perf_counter() - start
        if spent >= every * (len(samples) + 1):
            used = process_time() - start_of_work
            samples.append((spent, n_lines, resident_megabytes(), used))
            if spent >= seconds:
                break
    return samples


def whole(file: str) -> dict[str, float]:
    """Tag one text; return the seconds of the processor, and by how many MB memory grew at most.

    The text itself is part of that.
    """
    tagger = _tagger()
    give_back()
    before = resident_megabytes()
    text = Path(file).read_bytes().decode("utf-8", "surrogatepass")
    forget_peak()
    documents: list[Document] = []
    times = timed(lambda: documents.append(tagger.tag(text)))
    return {"seconds": times.processor, "megabytes": resident_megabytes(peak=True) - before}


def _tagger() -> Tagger:
    tagger = Tagger.load(bundled_model())
    _look_at([tagger.tag(_WARMING)])
    return tagger


def _look_at(documents: Iterable[Document]) -> int:
    """Read every sentence's topics, as whoever tags does."""
    return sum(len(sentence.topics) for document in documents for sentence in document.sentences)


def _read_texts(file: str) -> list[str]:
    texts: list[str] = json.loads(Path(file).read_text(encoding="utf-8"))
    return texts


def _texts_of_lines(lines: Iterable[str]) -> Iterator[str]:
    stream = iter(lines)
    while batch := list(islice(stream, _LINES_A_TEXT)):
        yield "".join(batch).rstrip("\n")


TASKS: dict[str, Callable[..., Any]] = {
    task.__name__: task for task in (passes, rival, article, cores, memory, soak, whole)
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(TASKS[sys.argv[1]](**json.loads(sys.argv[2]))) + "\n")
