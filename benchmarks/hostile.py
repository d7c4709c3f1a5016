"""Sentences in shapes that tempt an engine to take short cuts: made of real ones by a seed."""

from __future__ import annotations

import random
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_FIXED = [
    *("авиа- и железнодорожный транспорт", "нефте-, газо- и углехимия: 70, 80 и 90 %", "70, 80"),
    *(
        "ИИ",
        "Ии.",
        "ия",
        "АЭС И ТЭЦ",
        "А. С. Пушкин и И.о. министра",
        "т.е. и т. д.",
        "…",
        "?!",
        ":-)",
    ),
    *(
        "1.",
        "8.1. Порт открыт.",
        "- порт;",
        "— Да. — Нет!",
        "г. Москва, ул. Мира, д. 5",
        "5-го, 3-й",
    ),
    *(
        "Сайт http://порт.рф/a?b=c и mail@example.org",
        "C++ и C#",
        "№5",
        "10%-ный",
        "Ту-154М",
        "COVID-19",
    ),
    *("«Порт» „Актау“ \"Курык\" 'Баку'", "Ёлка, еще и ещё", "не" * 40, "нефть" * 20, "a" * 80),
    *("Қазақстан Республикасының үкіметі жаңа порт салады.", "Порт жаңа кемелерді қабылдады."),
    *("Уряд відкрив порт 5 січня.", "Ўзбекистон поездлари.", "The port is open.", "Port açıldı."),
    *(
        "МегаФон и районеСегодня",
        "ПортОткрыт",
        "iPhone15Pro",
        "\u00ad",
        "\u200bпорт\u200b",
        "е\u0301",
    ),
    *("порт\u2028поезд\x85газ\x0bуголь", "порт\r\nпоезд", "\ufeffПорт", "порт\tпоезд", "𝐩орт", "ﬁ"),
]

_MARKS = "\u00ad\u200b\u2060\u0301"


def hostile_sentences(sentences: Sequence[str], seed: int = 0) -> Iterator[str]:
    """Yield fixed oddities, then, without end, real sentences that one to three changes bend."""
    yield from _FIXED
    chance = random.Random(seed)  # noqa: S311
    while True:
        sentence = chance.choice(sentences)
        for change in chance.sample(_CHANGES, chance.randint(1, 3)):
            sentence = change(sentence, chance)
        yield sentence


def _capitals(sentence: str, chance: random.Random) -> str:
    words = sentence.split(" ")
    first = chance.choice([0, chance.randrange(len(words))])
    return " ".join([*words[:first], *(word.upper() for word in words[first:])])


def _somewhere(made: Callable[[random.Random], str]) -> Callable[[str, random.Random], str]:
    """Return a change that puts something at a place between words."""

    def change(sentence: str, chance: random.Random) -> str:
        words = sentence.split(" ")
        words.insert(chance.randint(0, len(words)), made(chance))
        return " ".join(words)

    return change


def _inside(sentence: str, chance: random.Random) -> str:
    """Put a mark that is no letter at some place, as often as not inside a word."""
    place = chance.randrange(len(sentence) + 1)
    return sentence[:place] + chance.choice(_MARKS) + sentence[place:]


def _glued(sentence: str, chance: random.Random) -> str:
    words = sentence.split(" ")
    place = chance.randrange(len(words))
    glued = words[place] + "".join(words[place + 1 : place + 2]).capitalize()
    return " ".join([*words[:place], glued, *words[place + 2 :]])


def _other_letters(sentence: str, chance: random.Random) -> str:
    table = chance.choice([("аеосрху", "aeocpxy"), ("гкнуо", "ғқңүө"), ("ие", "іє")])
    return sentence.translate(str.maketrans(*table))


def _cut(sentence: str, chance: random.Random) -> str:
    place = chance.randrange(len(sentence) + 1)
    return sentence[place:] or sentence


_CHANGES: list[Callable[[str, random.Random], str]] = [
    _capitals,
    _inside,
    _glued,
    _other_letters,
    _cut,
    _somewhere(lambda chance: chance.choice(_FIXED)),
    _somewhere(lambda chance: f"{chance.randrange(100)}, {chance.randrange(1000)}"),
    lambda sentence, chance: sentence.replace(" ", chance.choice(["\u00a0", "  ", "\t", "\u2009"])),
    lambda sentence, chance: sentence.replace(
        ", ", chance.choice([" — ", " – ", "—", "- ", ",", ";"])
    ),
    lambda sentence, chance: sentence.replace("«", chance.choice('"„“')).replace("»", '"'),
    lambda sentence, _: sentence.swapcase(),
    lambda sentence, _: sentence.lower().replace("е", "ё"),
    lambda sentence, _: unicodedata.normalize("NFD", sentence),
    lambda sentence, chance: sentence.replace(
        ". ", chance.choice([".", "...", ".\n", "?!", "\r\n"])
    ),
]
