"""What people decided about sentences, whatever program they worked in, and JSON Lines of it.

`spreadsheet` and `label_studio` read such decisions, and write suggestions for people to decide.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from otgnlp.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from otgnlp.labelling.suggestion import Suggestion

_DIGITS = 4  # of a probability that a person reads


@dataclass(frozen=True, slots=True)
class Annotation:
    """A sentence, the topics that a person gave it, and the file that it is from, if known."""

    text: str
    topics: tuple[str, ...]
    file: str | None = None

    @classmethod
    def checked(cls, text: str, topics: Iterable[str], file: Any = None) -> Annotation:
        """Return an annotation that can be trained on, topics given twice kept once.

        Raises `InputError` for an empty text, a topic without a name, or characters that cannot be
        written as UTF-8. What is no file name is left out.
        """
        given = tuple(dict.fromkeys(topics))
        if not text.strip():
            raise InputError("the text is empty")
        if not all(topic.strip() for topic in given):
            raise InputError("a topic has no name")
        named = isinstance(file, str) and file.strip()
        for value in (text, *given, file if named else ""):
            _check_unicode(value)
        return cls(text, given, file if named else None)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types, as `docs/labelled.schema.json` describes them."""
        data: dict[str, Any] = {"text": self.text, "topics": list(self.topics)}
        return data if self.file is None else {**data, "file": self.file}


@dataclass(frozen=True, slots=True)
class Annotations:
    """The annotations of a file, in order, and how many of its sentences have none.

    `n_skipped` counts those that were looked at and not decided, `n_open` those not looked at.
    """

    sentences: tuple[Annotation, ...]
    n_skipped: int = 0
    n_open: int = 0


def suggestion_to_dict(suggestion: Suggestion) -> dict[str, Any]:
    """Return a suggestion as a line of labelled data, its topics the model's guess."""
    return {
        "text": suggestion.candidate.text,
        "topics": list(suggestion.topics),
        "probabilities": rounded(suggestion.probabilities),
        "file": suggestion.candidate.file,
        "start": suggestion.candidate.start,
        "stop": suggestion.candidate.stop,
        "reason": suggestion.reason,
    }


def rounded(probabilities: Mapping[str, float]) -> dict[str, float]:
    """Return probabilities as people read them."""
    return {str(topic): round(value, _DIGITS) for topic, value in probabilities.items()}


def to_json_lines(records: Iterable[Mapping[str, Any]]) -> str:
    r"""Return one JSON object a line.

    >>> to_json_lines([Annotation("Порт открыт.", ("transport",)).to_dict()])
    '{"text": "Порт открыт.", "topics": ["transport"]}\n'
    """
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def _check_unicode(value: str) -> None:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise InputError(f"{value!r} has half a character: {error.reason}") from error
