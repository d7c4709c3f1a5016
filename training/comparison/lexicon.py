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
        транспорт автодорог автомагистрал трасса$ трассы$ трассе$ трассу$ дорожн дорога$
        дороги$ дорогу$ дороге$ железнодорож ржд$ поезд электричк вагон локомотив тепловоз
        электровоз метро$ метрополитен трамва троллейбус автобус маршрутка$ маршрутки$ такси$
        таксист каршеринг самокат авиакомпан авиаперевоз авиарейс авиабилет аэропорт аэродром
        самолет самолёт вертолет вертолёт рейс$ рейса$ рейсов$ рейсы$ порт$ порта$ порту$
        порты$ портов$ судоход судно$ суда$ судов$ танкер паром$ паромн контейнер логист
        грузов грузопоток грузоперевоз перевозк перевозчик фура$ фуры$ фур$ тмтм$ таможен
        пробки$ парковк пдд$ дтп$ водител автомобил автопром мост$ моста$ мосты$ курьер
        почта$ почты$ шоссе$ тоннел""",
    "energy": """
        энергетик энергетич энергосист энергосет энергоблок энергосбыт энергоресурс
        энергоэффект электричеств электроэнерг электростанц электросет электроснабж нефт газ$
        газа$ газом$ газу$ газовая$ газовой$ газовый$ газового$ газовых$ газопровод газпром
        газифик бензин дизел топлив мазут уголь$ угля$ углем$ углём$ угольн уран$ урана$
        урановый$ урановой$ аэс$ тэц$ тэс$ гэс$ грэс$ атомн росатом казатомпром реактор
        котельн отоплен теплоснабж теплосет теплотрасс подстанц лэп$ ветропарк ветроэнерг
        водород опек$ азс$ автозаправ мегаватт мвт$ киловатт квт$ баррел нпз$ спг$ обесточ
        скважин месторожден трубопровод роснефт лукойл шахт шахтер шахтёр""",
    "digital": """
        цифровиз цифровой$ цифровая$ цифровые$ цифровых$ цифрового$ интернет онлайн сайт
        портал приложение$ приложения$ приложении$ программное$ программного$ софт$ компьютер
        серверы$ сервер$ сервера$ кибер хакер мошенник мессендж телеграм$ telegram whatsapp
        соцсет блокчейн криптовал криптобирж биткоин майнинг финтех маркетплейс электронная$
        электронной$ электронный$ электронного$ электронных$ электронные$ эцп$ госуслуг egov
        телеком мобильная$ мобильной$ мобильный$ мобильного$ оператор$ операторы$ операторов$
        5g$ оптоволок широкополос роутер микросхем микрочип смартфон гаджет ноутбук планшет
        it$ айти$ ит$ стартап информационная$ информационной$ информационных$ информационные$
        роскомнадзор минцифр провайдер хостинг google яндекс apple microsoft ростелеком
        билайн казахтелеком база$ базы$ базу$ базе$""",
    "ai": """
        искусственный$ искусственного$ искусственным$ искусственном$ ии$ нейросет нейронн
        chatgpt gpt gigachat yandexgpt алиса$ алису$ алисы$ чат-бот чатбот генеративн дипфейк
        deepfake беспилотн автопилот машинное$ машинного$ машинном$ машинным$ распознаван
        сверхразум openai deepseek gemini midjourney робот языковая$ языковой$ языковых$
        языковые$""",
}


class Lexicon(Rival):
    """Gives a topic to a sentence that has a word of its list; it has nothing to learn."""

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
