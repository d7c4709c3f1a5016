"""Tokens and evidence of a tagged sentence, worked out from its text when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otgnlp.lemmas import analyse
from otgnlp.schema import Evidence, StoredDetails, Token
from otgnlp.text import split_tokens
from otgnlp.words import Word, find_words

if TYPE_CHECKING:
    from otgnlp.model import TopicModel
    from otgnlp.schema import Sentence


class LazyDetails:
    """The details of one sentence, by the model that tagged it.

    Pickled, it turns into what it would have answered, so that results travel without the model.
    """

    __slots__ = ("_model", "_offset", "_text", "_tokens")

    def __init__(self, model: TopicModel, sentence: Sentence) -> None:
        self._model = model
        self._text = sentence.text
        self._offset = sentence.start
        self._tokens: tuple[Token, ...] | None = None

    def tokens(self) -> tuple[Token, ...]:
        """Return razdel's tokens with pymorphy3's lemmas."""
        if self._tokens is None:
            self._tokens = tuple(self._token(*span) for span in split_tokens(self._text))
        return self._tokens

    def evidence(self, topic: str) -> tuple[Evidence, ...]:
        """Return what each known word and pair adds to a topic, strongest first."""
        return self._all_evidence([topic])[topic]

    def _all_evidence(self, topics: list[str]) -> dict[str, tuple[Evidence, ...]]:
        words = find_words(self._text)
        found_rows = self._model.rows_of(words)
        table = self._model.contributions(found_rows)
        features = self._features(words)
        found = {}
        for topic in topics:
            column = self._model.topics.index(topic)
            items = [
                Evidence(*features[row], contribution=float(value))
                for row, value in zip(found_rows.rows, table[:, column], strict=True)
                if value  # unknown, or known for other topics alone
            ]
            items.sort(key=lambda item: -item.contribution)
            found[topic] = tuple(items)
        return found

    def _features(self, words: list[Word]) -> dict[int, tuple[tuple[Token, ...], str]]:
        """Return the places and the name of each row that the sentence's words have."""
        rows = [self._model.word_row(word.feature) for word in words]
        tokens = [self._token(word.start, word.stop) for word in words]
        places: dict[int, list[Token]] = {}
        names: dict[int, str] = {}
        for row, token, word in zip(rows, tokens, words, strict=True):
            places.setdefault(row, []).append(token)
            names[row] = word.feature
        for i, row in enumerate(self._model.neighbour_rows(rows)):
            places.setdefault(row, []).extend(tokens[i : i + 2])
            names[row] = f"{words[i].feature} {words[i + 1].feature}"
        return {row: (tuple(tokens), names[row]) for row, tokens in places.items()}

    def _token(self, start: int, stop: int) -> Token:
        text = self._text[start:stop]
        return Token(text, *analyse(text), self._offset + start, self._offset + stop)

    def __reduce__(
        self,
    ) -> tuple[type[StoredDetails], tuple[tuple[Token, ...], dict[str, tuple[Evidence, ...]]]]:
        return StoredDetails, (self.tokens(), self._all_evidence(list(self._model.topics)))
