"""What otgnlp's estimators share: their input is text, and words become the same vectors."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sklearn.base import BaseEstimator

from otgnlp.fitting.vectors import VectorSettings


class TextEstimator(BaseEstimator):  # type: ignore[misc]
    """An estimator of sentences whose parameters include all of `VectorSettings`."""

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn (1.6 and newer) that the input is text."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags

    def _more_tags(self) -> dict[str, Any]:
        """Tell an older scikit-learn the same."""
        return {"X_types": ["string"]}

    def _vector_settings(self) -> VectorSettings:
        names = [field.name for field in fields(VectorSettings)]
        return VectorSettings(**{name: getattr(self, name) for name in names})
