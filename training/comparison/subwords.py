"""fastText with subwords, on raw words or on lemmas."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import razdel

from training.comparison.linear import lemmas
from training.comparison.rival import Rival

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.fitting.first_stage import Targets
    from otgnlp.model import Floats

_LABEL = "__label__"


class FastText(Rival):
    """fastText's supervised mode, one-vs-all, subwords of three to five letters, word pairs.

    Ten epochs; on dev 8, 12 and 25 epochs, at rates of 0.3 and 0.5, differed by 0.004 in F1.
    """

    name = "fastText"

    def fit(self, texts: Sequence[str], targets: Targets, topics: Sequence[str]) -> None:
        """Write fastText's file of lines, and train."""
        import fasttext

        self._topics = list(topics)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "train.txt"
            file.write_text(
                "\n".join(
                    " ".join([*self._labels(row), self._line(text)])
                    for text, row in zip(texts, targets, strict=True)
                )
                + "\n",
                encoding="utf-8",
            )
            self._model: Any = fasttext.train_supervised(
                str(file),
                loss="ova",
                dim=100,
                epoch=10,
                lr=0.3,
                wordNgrams=2,
                minn=3,
                maxn=5,
                bucket=500_000,
                thread=1,
                seed=0,
                verbose=0,
            )

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Return fastText's probabilities."""
        found = np.zeros((len(texts), len(self._topics)))
        columns = {_LABEL + topic: column for column, topic in enumerate(self._topics)}
        for row, text in enumerate(texts):
            # The inner call, since the outer one of 0.9.2 fails under NumPy 2.
            for probability, label in self._model.f.predict(self._line(text) + "\n", -1, 0.0, ""):
                if label in columns:
                    found[row, columns[label]] = min(1.0, probability)
        return found

    def size(self) -> int:
        """Return the size of the saved model."""
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "model.bin")
            self._model.save_model(file)
            return os.path.getsize(file)

    def _labels(self, row: Targets) -> list[str]:
        names = [topic for topic, given in zip(self._topics, row, strict=True) if given]
        return [_LABEL + name for name in names or ["none"]]

    def _line(self, text: str) -> str:
        return " ".join(token.text.lower() for token in razdel.tokenize(text))


class FastTextLemmas(FastText):
    """The same on lemmas."""

    name = "fastText on lemmas"

    def _line(self, text: str) -> str:
        return " ".join(lemmas(text)) or "-"
