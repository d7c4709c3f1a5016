"""Training every rival on every fold, and keeping what each said in a folder."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from otgnlp import language, lemmas, words
from otgnlp.evaluation import Judged
from otgnlp.fitting.labels import binarize
from otgnlp.topics import Topic

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from otgnlp.fitting.first_stage import Targets
    from otgnlp.labelled import LabelledSentence
    from otgnlp.model import Floats
    from training.comparison.rival import Rival
    from training.comparison.settings import Fold

TOPICS = tuple(topic.value for topic in sorted(Topic))


@dataclass(frozen=True)
class Run:
    """What a rival said of a fold's sentences, and what it took."""

    rival: str
    thresholds: tuple[float, ...]
    size: int
    training_seconds: float
    tagging_seconds: float
    probabilities: Floats

    def judged(self, fold: Fold) -> Judged:
        """Return what was said beside the labels."""
        given = self.probabilities >= np.array(self.thresholds)
        return Judged(TOPICS, targets(fold.test), given, self.probabilities)


def targets(sentences: Sequence[LabelledSentence]) -> Targets:
    """Return the labels of sentences, shape (n, k)."""
    found: Targets = binarize([sentence.topics for sentence in sentences], TOPICS)[1]
    return found


def pool(parts: Sequence[Judged]) -> Judged:
    """Join what was said of several folds, one after another."""
    joined = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("truth", "flags", "probabilities")
    )
    return Judged(TOPICS, *joined)


def run(rival: Rival, fold: Fold, folder: Path) -> Run:
    """Train and judge, or read what an earlier run on the same sentences kept in the folder."""
    path = folder / f"{_digest(rival, fold)}.npz"
    if path.is_file():
        return _read(path)
    texts = [sentence.text for sentence in fold.train]
    start = time.perf_counter()
    rival.learn(texts, targets(fold.train), [sentence.group for sentence in fold.train], TOPICS)
    trained = time.perf_counter()
    rival.predict_proba(texts[:10])  # what loads on first use is loaded
    _forget()
    judged = [sentence.text for sentence in fold.test]
    tagging = time.perf_counter()
    probabilities = rival.predict_proba(judged)
    done = time.perf_counter()
    result = Run(
        rival.name,
        tuple(rival.thresholds),
        rival.size(),
        trained - start,
        done - tagging,
        probabilities,
    )
    folder.mkdir(parents=True, exist_ok=True)
    facts = {key: value for key, value in asdict(result).items() if key != "probabilities"}
    half = path.with_suffix(".half.npz")  # a run that is cut off leaves no half result
    np.savez(half, probabilities=probabilities, facts=np.array(json.dumps(facts)))
    os.replace(half, path)
    return result


def _read(path: Path) -> Run:
    with np.load(path, allow_pickle=False) as stored:
        facts = json.loads(str(stored["facts"]))
        facts["thresholds"] = tuple(facts["thresholds"])
        return Run(**facts, probabilities=stored["probabilities"])


def _digest(rival: Rival, fold: Fold) -> str:
    digest = hashlib.sha256(f"{rival.name}\n{fold.setting}/{fold.name}\n".encode())
    for part in (fold.train, fold.test):
        digest.update(_lines(part).encode("utf-8"))
    return digest.hexdigest()[:24]


def _lines(sentences: Sequence[LabelledSentence]) -> str:
    return "\n".join(f"{s.text}\t{s.topics}\t{s.group}" for s in sentences) + "\n\n"


def _forget() -> None:
    """Empty the memories for words, so that every rival tags as on its first day."""
    for remembering in (lemmas.analyse, words._features, language._vote):  # noqa: SLF001
        remembering.cache_clear()
