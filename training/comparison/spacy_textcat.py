"""spaCy's `textcat_multilabel`: its bag of words, and its ensemble with a convolutional network."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import average_precision_score

from otgnlp.fitting.calibration import choose_thresholds
from training.comparison.rival import Rival, hold_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.fitting.first_stage import Targets
    from otgnlp.model import Floats

_MOST_EPOCHS = 10
_PATIENCE = 2
_BATCH = 64

_BAG = {
    "@architectures": "spacy.TextCatBOW.v3",
    "exclusive_classes": False,
    "length": 1 << 18,
    "ngram_size": 2,
    "no_output_layer": False,
    "nO": None,
}
_ENSEMBLE = {
    "@architectures": "spacy.TextCatEnsemble.v2",
    "nO": None,
    "linear_model": _BAG,
    "tok2vec": {
        "@architectures": "spacy.Tok2Vec.v2",
        "embed": {
            "@architectures": "spacy.MultiHashEmbed.v2",
            "width": 96,
            "rows": [10_000, 5_000, 5_000, 1_000],
            "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
            "include_static_vectors": False,
        },
        "encode": {
            "@architectures": "spacy.MaxoutWindowEncoder.v2",
            "width": 96,
            "window_size": 1,
            "maxout_pieces": 3,
            "depth": 2,
        },
    },
}


class SpacyBag(Rival):
    """Trained until average precision on a held-out fifth stops growing; the best epoch is kept.

    A blank Russian pipeline: spaCy's trained ones are on no package index.
    """

    name = "spaCy bag of words"
    architecture: dict[str, Any] = _BAG

    def learn(
        self, texts: Sequence[str], targets: Targets, groups: Sequence[str], topics: Sequence[str]
    ) -> None:
        """Train on four fifths; the last one stops the training and sets the thresholds."""
        kept, rest = hold_out(len(texts), groups)
        held_out = [texts[i] for i in rest]
        for probabilities in self._epochs(
            [texts[i] for i in kept], targets[kept], topics, held_out
        ):
            precision = float(
                np.mean(
                    [
                        average_precision_score(targets[rest, column], probabilities[:, column])
                        for column in range(len(topics))
                        if targets[rest, column].any()
                    ]
                )
            )
            if self._keep_best(precision):
                self.thresholds = choose_thresholds(probabilities, targets[rest])
            elif self._worse >= _PATIENCE:
                break
        self._nlp.from_bytes(self._best)

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Return spaCy's scores."""
        documents = self._nlp.pipe(texts, batch_size=256)
        rows = [[document.cats[topic] for topic in self._topics] for document in documents]
        return np.array(rows, dtype=np.float64).reshape(-1, len(self._topics))

    def size(self) -> int:
        """Return the size of the saved pipeline."""
        with tempfile.TemporaryDirectory() as folder:
            self._nlp.to_disk(folder)
            return sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())

    def _epochs(
        self,
        texts: Sequence[str],
        targets: Targets,
        topics: Sequence[str],
        held_out: Sequence[str],
    ) -> Any:
        """Train, yielding the probabilities of held-out sentences after each epoch."""
        import spacy
        from spacy.training import Example
        from spacy.util import fix_random_seed, minibatch

        fix_random_seed(0)
        self._topics = list(topics)
        self._precision, self._worse, self._best = -1.0, 0, b""
        self._nlp: Any = spacy.blank("ru")
        component = self._nlp.add_pipe("textcat_multilabel", config={"model": self.architecture})
        for topic in topics:
            component.add_label(topic)
        examples = [
            Example.from_dict(
                self._nlp.make_doc(text),
                {"cats": dict(zip(topics, row.astype(float).tolist(), strict=True))},
            )
            for text, row in zip(texts, targets, strict=True)
        ]
        optimizer = self._nlp.initialize(lambda: examples[:100])
        random = np.random.default_rng(0)
        for _ in range(_MOST_EPOCHS):
            order = random.permutation(len(examples))
            for batch in minibatch([examples[i] for i in order], _BATCH):
                self._nlp.update(batch, sgd=optimizer, drop=0.2)
            yield self.predict_proba(held_out)

    def _keep_best(self, precision: float) -> bool:
        better = precision > self._precision
        self._worse = 0 if better else self._worse + 1
        if better:
            self._precision, self._best = precision, self._nlp.to_bytes()
        return better


class SpacyEnsemble(SpacyBag):
    """The bag beside a convolutional network over hashed embeddings."""

    name = "spaCy ensemble"
    architecture = _ENSEMBLE
