"""What hostile texts are made of: shapes that otgnlp, razdel and pymorphy3 look at, and abuse."""

from __future__ import annotations

WORDS = """порт Порт ПОРТ поезд энергетика нейросеть и в не ИИ ия АЭС районеСегодня МегаФон авиа-
железнодорожный кое-где по-русски ТЭЦ-2 5-го 10%-ный чат-бот port Port iPhone15Pro порт.рф a@b.c
http://порт.рф/a?b=c Қазақстан үкіметі січня поездларда Ўзбекистон İstanbul ΑΒΓ שלום مرحبا 中文
日本語 한국어 ไทย हिन्दी ქართული ⲁⲃⲅ 𝐩орт ﬁ ß Ǆ İ""".split()

ABBREVIATIONS = (
    """т.е. т. д. А. С. И.о. г. ул. тыс. руб. им. см. рис. 1. 8.1. IV. а) 2) № §""".split()
)

MARKS = """. , ; : … .. ... ! ? ?! !!! - – — ‑ − -- _ / \\ « » " „ “ ” ' ( ) [ ] { } < > & % * # $
^ ~ | ` = + @ :-) ;) =(( :-(((""".split()

SPACES = [" ", "  ", "\t", "\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1e", "\x1f", "\x85", "\u00a0"]
SPACES += ["\u2009", "\u2028", "\u2029", "\u3000"]

CONTROLS = ["\x00", "\x07", "\x1b[31m", "\x7f", "\u00ad", "\u200b", "\u200d", "\u200e", "\u200f"]
CONTROLS += [
    "\u202a",
    "\u202e",
    "\u202c",
    "\u2060",
    "\u2066",
    "\u2069",
    "\ufeff",
    "\ufffd",
    "\uffff",
]
CONTROLS += ["\U000e0041", "\U0010ffff"]

COMBINING = ["\u0301", "\u0306", "\u0308", "\u0300", "\u0489", "\u0655", "\u20e3", "\ufe0f"]

SURROGATES = ["\ud800", "\udbff", "\udc00", "\udfff"]

EMOJI = ["🚂", "👩‍🚀", "🇰🇿", "👍🏽", "1️⃣", "☢️"]

MARKUP = [
    *("<script>alert(1)</script>", "<b>порт</b>", "&nbsp;", "&#1087;", "<!-- -->", "</", "]]>"),
    *("{{порт}}", "[[Порт|порта]]", "**порт**", "`порт`", "%s", "{0}", "${x}", "' OR 1=1 --"),
    *(
        "0KHRgtCw0L3RhtC40Y8=",
        "data:image/png;base64,iVBORw0KGgo=",
        "\\u043f",
        "%D0%BF",
        "=?utf-8?B?",
    ),
]

NUMBERS = ["0", "5", "70,", "80", "3,5", "1/2", "1_000", "²", "½", "Ⅳ", "٣", "1e9", "12:30", "-5"]

PIECES = [*WORDS, *ABBREVIATIONS, *MARKS, *SPACES, *CONTROLS, *COMBINING, *SURROGATES, *EMOJI]
PIECES += [*MARKUP, *NUMBERS]
