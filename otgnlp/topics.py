"""The topics of the bundled model, by name and by title."""

from __future__ import annotations

from enum import Enum


class Topic(str, Enum):
    """The topics of the bundled model; each is a plain string too.

    >>> Topic.AI == "ai", Topic.AI.title_en, Topic.AI.title_ru
    (True, 'artificial intelligence', 'искусственный интеллект')
    """

    TRANSPORT = "transport"
    DIGITAL = "digital"
    ENERGY = "energy"
    AI = "ai"

    def __str__(self) -> str:
        return self.value

    def __format__(self, format_spec: str) -> str:
        return format(self.value, format_spec)

    @property
    def title_en(self) -> str:
        """The topic's name in English."""
        return _TITLES[self.value][0]

    @property
    def title_ru(self) -> str:
        """The topic's name in Russian."""
        return _TITLES[self.value][1]


_TITLES = {
    "transport": ("transport", "транспорт"),
    "digital": ("digital technology", "цифровые технологии"),
    "energy": ("energy", "энергетика"),
    "ai": ("artificial intelligence", "искусственный интеллект"),
}
