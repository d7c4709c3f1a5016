"""The design itself, as one more entrant."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from otgnlp.fitting.classifier import TopicClassifier
from training.comparison.rival import Rival

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.fitting.first_stage import Targets
    from otgnlp.model import Floats


class Design(Rival):
    """`TopicClassifier` as it stands; its calibration and thresholds are its own."""

    name = "otgnlp"

    def learn(
        self, texts: Sequence[str], targets: Targets, groups: Sequence[str], topics: Sequence[str]
    ) -> None:
        """Fit; what is held out, the classifier holds out itself."""
        names = [[topics[column] for column in row.nonzero()[0]] for row in targets]
        self._classifier = TopicClassifier(n_jobs=-1).fit(texts, names, groups)
        self.thresholds = self._classifier.model_.thresholds

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Return calibrated probabilities."""
        return self._classifier.predict_proba(texts)

    def size(self) -> int:
        """Return the size of the saved model."""
        with tempfile.TemporaryDirectory() as folder:
            self._classifier.save(Path(folder) / "model")
            return sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
