"""A keyword lexicon: the topics' own words, written from the guide (docs/annotation.md)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from training.comparison.rival import Rival, pickled_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otgnlp.fitting.first_stage import Targets
    from otgnlp.model import Floats

# Beginnings of words; one that ends in $ is a whole word.
WORDS = {
    "transport": """
        транспорт автодорог автомагистрал трасс$ трассы$ трассе$ дорожн дорог$ дороги$ дорогу$
        дорог железнодорож железная$ железной$ ржд$ поезд электричк вагон локомотив тепловоз
        электровоз метро метрополитен трамва троллейбус автобус маршрутк такси каршеринг самокат
        авиа аэропорт аэродром самолет самолёт вертолет вертолёт рейс$ рейса$ рейсов$ рейсы$
        порт$ порта$ порту$ портов судоход судно$ суда$ судов$ танкер паром контейнер логист
        грузов грузоперевоз перевоз фур$ фура$ фуры$ коридор тмтм$ таможен пробк$ пробки$ парков
        пдд$ дтп$ водител автомобил машин$ автопром мост$ моста$ мосты$ курьер почта$ почты$
        почтов билет шоссе тоннел""",
    "energy": """
        энерг электр нефт газ$ газа$ газов газопровод газпром газифик бензин дизел топлив мазут
        уголь$ угля$ углем$ угол уран$ урана$ уранов аэс$ тэц$ тэс$ гэс$ грэс$ атомн росатом
        казатомпром реактор котельн отоплен теплоснабж теплосет тепло$ подстанц лэп$ ветрян
        ветропарк солнечн водород опек$ азс$ заправк мегаватт мвт$ киловатт квт$ баррел нпз$
        спг$ лэп$ обесточ свет$ мощност скважин месторожден трубопровод роснефть$ лукойл шахт""",
    "digital": """
        цифров интернет онлайн сайт портал приложени программн софт$ компьют сервер данн база$
        базы$ кибер хакер вирус мошенник мессендж телеграм$ whatsapp соцсет социальн$ блокчейн
        крипт биткоин майнинг финтех маркетплейс электронн эцп$ госуслуг egov$ связь$ связи$
        телеком мобильн оператор 5g$ оптоволок широкополос роутер чип$ чипы$ чипов$ микросхем
        смартфон гаджет гаджеты$ ноутбук планшет it$ айти$ ит$ стартап информационн роскомнадзор
        минцифр провайдер хостинг google$ яндекс apple$ microsoft$ ростелеком мегафон билайн
        казахтелеком спутник""",
    "ai": """
        искусственн$ искусственный$ искусственного$ искусственным$ искусственном$ ии$ нейросет
        нейронн chatgpt$ gpt gigachat$ yandexgpt$ алиса$ алису$ чат-бот чатбот генеративн
        deepfake дипфейк беспилотн автопилот машинное$ машинного$ машинном$ машинным$
        распознаван сверхразум openai$ deepseek$ gemini$ midjourney$ робот языковая$ языковой$
        языковых$ языковые$ суперкомпьютер""",
}


class Lexicon(Rival):
    """Gives a topic to a sentence that has a word of its list; there is nothing to learn."""

    name = "keyword lexicon"

    def fit(self, texts: Sequence[str], targets: Targets, topics: Sequence[str]) -> None:
        """Compile the lists."""
        del texts, targets
        self._patterns = [
            re.compile(r"\b(?:" + "|".join(map(_as_pattern, WORDS[topic].split())) + ")")
            for topic in topics
        ]

    def predict_proba(self, texts: Sequence[str]) -> Floats:
        """Return 1 for a topic with a word in the sentence, else 0."""
        lowered = [text.lower() for text in texts]
        return np.array(
            [[pattern.search(text) is not None for pattern in self._patterns] for text in lowered],
            dtype=np.float64,
        )

    def size(self) -> int:
        """Return the size of the lists."""
        return pickled_size(WORDS)


def _as_pattern(word: str) -> str:
    return re.escape(word[:-1]) + r"\b" if word.endswith("$") else re.escape(word)
