"""Hostile text: sentences in shapes that tempt an engine to take short cuts, and endless pieces.

The sentences are made of real ones by a seed.
"""

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

# What, repeated without end, is the worst case of some part of the work, or looks like it.
REPEATED = {
    "words without an end": "слово ",
    "sentences that never end": "а. ",
    "initials": "А. Б. ",
    "numbers of a list": "1. ",
    "enumeration": "уголь, 70, 80; ",
    "quotes": '"',
    "quotes apart": '" ',
    "angled quotes": "«",
    "closed quotes": "«а» ",
    "brackets": "(",
    "brackets apart": "[ ) ",
    "hyphens": "-",
    "hyphened letters": "а-",
    "hyphened words": "авиа- и ",
    "smileys": ":-) ",
    "smileys together": ":-)",
    "prefixes": "не",
    "long prefixes": "сверхнаи",
    "dots": ".",
    "dots apart": ". ",
    "letters": "а",
    "Latin letters": "A",
    "capitals glued": "портОткрыт",
    "digits": "1",
    "decimals": "1,",
    "decimals apart": "1, ",
    "slashes": "а/",
    "underscores": "_",
    "white space": " ",
    "no-break spaces": "\u00a0",
    "line breaks": "\n",
    "carriage returns": "\r\n",
    "NUL": "\x00",
    "lone surrogates": "\ud800",
    "pairs of lone surrogates": "\udc00\ud800 ",
    "bidi controls": "\u202e\u2066",
    "soft hyphens": "п\u00ad",
    "combining marks": "\u0301",
    "marked letters": "и\u0306",
    "zero width joiners": "👩\u200d",
    "flags": "🇰",
    "base64": "0KHRgtCw0L3RhtC40Y8",
    "markup": "<b>",
    "markup with words": "<p>порт</p> ",
    "entities": "&nbsp;",
    "addresses": "http://порт.рф/?а=б&",
    "Kazakh": "Қазақстан үкіметі ",
    "Chinese": "中",
    "Arabic": "مرحبا ",
    "telltale plurals": "лар",
}

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
