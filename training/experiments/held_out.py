"""The design trained on sentences, with the held-out features that its second stage learnt from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otgnlp.fitting.classifier import TopicClassifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.fitting.first_stage import Targets
    from otgnlp.labelled import LabelledSentence
    from otgnlp.model import Floats


class Recording(TopicClassifier):
    """Keeps the features, one row a sentence, as `held_out_`."""

    held_out_: Floats

    def _learn_second_stage(
        self, features: Floats, targets: Targets
    ) -> tuple[Floats, Floats, tuple[float, ...]]:
        self.held_out_ = features
        return super()._learn_second_stage(features, targets)


def train(sentences: Sequence[LabelledSentence]) -> Recording:
    """Train on labelled sentences."""
    classifier = Recording(n_jobs=-1)
    classifier.fit(
        [sentence.text for sentence in sentences],
        [sentence.topics for sentence in sentences],
        groups=[sentence.group for sentence in sentences],
    )
    return classifier
