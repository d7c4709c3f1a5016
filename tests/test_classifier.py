"""Training: scikit-learn's conventions, the tables against scikit-learn itself, odd data."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import sklearn.utils
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score

from otgnlp import (
    InputError,
    InputTypeError,
    LemmaVectorizer,
    OtgnlpWarning,
    Tagger,
    TopicClassifier,
    storage,
)
from otgnlp.batch import from_words
from otgnlp.fitting import embeddings
from otgnlp.fitting.labels import read_words
from otgnlp.scoring import first_stage


def test_conventions(small_data):
    sentences, topics = small_data
    unfitted = TopicClassifier(C=0.5, embeddings=False)
    assert unfitted.get_params()["C"] == 0.5
    assert clone(unfitted.set_params(C=2.0)).C == 2.0
    assert set(vars(unfitted)) == set(unfitted.get_params())
    fitted = unfitted.fit(sentences, topics)
    assert fitted is unfitted
    assert fitted.classes_.tolist() == ["energy", "transport"]
    predicted = fitted.predict(sentences)
    assert predicted.shape == (200, 2)
    assert set(np.unique(predicted)) == {0, 1}
    probabilities = fitted.predict_proba(sentences)
    assert probabilities.shape == (200, 2)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert fitted.score(sentences, topics) > 0.95
    assert not hasattr(clone(fitted), "classes_")


def test_in_model_selection(small_data):
    search = GridSearchCV(TopicClassifier(embeddings=False, n_folds=2), {"C": [0.1, 1.0]}, cv=2)
    assert search.fit(*small_data).best_score_ > 0.7
    assert cross_val_score(TopicClassifier(embeddings=False), *small_data, cv=2).min() > 0.7


def test_score_is_the_mean_f1_of_the_topics(small_classifier, small_data):
    sentences, topics = small_data
    assert small_classifier.score(sentences, topics) > 0.95
    one = TopicClassifier(embeddings=False).fit(sentences, [{"energy"} & set(t) for t in topics])
    wrong = [["energy"] if number == 1 else [] for number in range(200)]
    assert one.score(sentences, wrong) == 0
    predicted = one.predict(sentences)[:, 0]
    half = [["energy"] if given and number % 2 else [] for number, given in enumerate(predicted)]
    n_right, n_given = sum(map(bool, half)), int(predicted.sum())
    assert one.score(sentences, half) == pytest.approx(2 * n_right / (n_given + n_right))


def test_no_jobs(small_data):
    with pytest.raises(InputError, match="n_jobs must be 1 or more"):
        TopicClassifier(n_jobs=0).fit(*small_data)


def test_unfitted():
    from sklearn.exceptions import NotFittedError

    for use in (lambda c: c.predict(["порт"]), lambda c: c.save("x"), lambda c: c.tagger()):
        with pytest.raises(NotFittedError):
            use(TopicClassifier())


def test_contract_of_scikit_learn_on_text(small_data):
    """What scikit-learn checks of estimators, on sentences: its own checks know only numbers."""
    sentences, topics = small_data
    fresh = TopicClassifier(embeddings=False)
    parameters = dict(vars(fresh))
    assert fresh.fit(sentences, topics) is fresh
    assert {name: vars(fresh)[name] for name in parameters} == parameters
    fitted = dict(vars(fresh))
    expected = fresh.predict_proba(sentences)
    assert vars(fresh) == fitted  # prediction leaves the estimator as it is
    assert (fresh.fit(sentences, topics).predict_proba(sentences) == expected).all()
    assert (pickle.loads(pickle.dumps(fresh)).predict_proba(sentences) == expected).all()
    for rows in (range(7), range(len(sentences))[::-1], [3]):
        some = fresh.predict_proba([sentences[row] for row in rows])
        assert np.abs(some - expected[list(rows)]).max() < 1e-12
    assert fresh._more_tags()["X_types"] == ["string"]  # up to scikit-learn 1.5
    if hasattr(sklearn.utils, "get_tags"):
        tags = sklearn.utils.get_tags(fresh).input_tags
        assert (tags.string, tags.two_d_array) == (True, False)
    array = np.array(sentences, dtype=object)
    assert (fresh.predict_proba(array) == expected).all()


def features(sentences):
    return [[word.feature for word in words] for words in read_words(sentences)]


def test_tables_equal_the_estimators(small_classifier, small_data):
    """The compiled tables give scikit-learn's scores on the long sentence vectors."""
    sentences, topics = small_data
    stage = small_classifier.first_stage_
    words = features(sentences)
    compiled = small_classifier.decision_function(sentences)
    assert np.abs(compiled - stage.decision_function(words)).max() < 1e-6
    target = ["energy" in given for given in topics]
    estimator = LogisticRegression(
        C=0.1, class_weight="balanced", solver="liblinear", tol=1e-3, max_iter=1000
    )
    matrix = stage.vectors.transform(words)
    own = estimator.fit(matrix, target).decision_function(matrix)
    assert np.abs(compiled[:, 0] - own).max() < 1e-6


def test_tables_equal_the_estimators_with_embeddings(small_data):
    sentences, _ = small_data
    fitted = TopicClassifier().fit(*small_data)
    long_way = fitted.first_stage_.decision_function(features(sentences))
    assert np.abs(fitted.decision_function(sentences) - long_way).max() < 1e-6
    # Words that no training sentence holds, known by their embeddings: trolleybus, fuel oil.
    energy, transport = fitted.decision_function(["Троллейбус.", "Мазут."]).T
    assert transport[0] > transport[1]
    assert energy[1] > energy[0]


def test_second_stage_is_a_logistic_regression(small_classifier, small_data):
    model = small_classifier.model_
    read = first_stage(model, from_words(read_words(small_data[0]), model))
    logits = read @ model.calibration_weights.T + model.calibration_bias
    expected = 1.0 / (1.0 + np.exp(-logits))
    assert np.allclose(small_classifier.predict_proba(small_data[0]), expected, atol=1e-12)


def test_second_stage_reads_sentence_and_clauses(small_classifier):
    """Its features, worked out the long way from the evidence of a sentence and of its clauses."""
    model = small_classifier.model_
    tagger = small_classifier.tagger()
    sentence = "Вчера, пока шёл дождь, в порт пришло судно: газ, нефть и уголь."
    (words,) = read_words([sentence])
    (row,) = first_stage(model, from_words([words], model))
    (tagged,) = tagger.tag(sentence).sentences
    clauses = ["Вчера", "пока шёл дождь", "в порт пришло судно", "газ", "нефть и уголь"]
    blocks = row[:-1].reshape(5, len(model.topics))
    for column, topic in enumerate(model.topics):
        values = sorted(item.contribution for item in tagged.evidence(topic))
        scores = []
        for clause in clauses:
            n_words = len(clause.split())
            ((score,),) = tagger.decision_function([clause])[:, [column]]
            summed = (score - model.bias[column]) * np.sqrt(n_words)
            scores.append(summed / np.sqrt(max(3, n_words)) + model.bias[column])
        best = int(np.argmax(scores))
        expected = [
            sum(values) + model.bias[column],
            max(0, values[-1]),
            sum(max(0, value) for value in values[-3:]),
            scores[best],
            len(clauses[best].split()) / 12,
        ]
        assert blocks[:, column] == pytest.approx(expected, abs=1e-9)
    assert row[-1] == pytest.approx(np.log(12))


def test_data_in_a_regular_order(small_data):
    """Every fourth sentence of the same kind, and four folds: no fold may take them all."""
    sentences, topics = (column[:160] for column in small_data)
    both = [number for number, given in enumerate(topics) if len(given) == 2]
    rest = [number for number in range(160) if number not in both]
    order = [number for i, one in enumerate(both) for number in (one, *rest[3 * i : 3 * i + 3])]
    period_four = TopicClassifier(embeddings=False, n_folds=4).fit(
        [sentences[i] for i in order], [topics[i] for i in order]
    )
    assert period_four.score(sentences, topics) > 0.95


def test_same_data_same_bytes(small_data, tmp_path):
    for name in ("one", "two"):
        TopicClassifier(embeddings=False).fit(*small_data).save(tmp_path / name)
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("one", "two")
    )
    assert one == two


def test_groups_are_not_split(small_data):
    sentences, topics = small_data
    with pytest.raises(InputError, match="200 sentences, but 3 groups"):
        TopicClassifier(embeddings=False).fit(sentences, topics, groups=[1, 2, 3])
    one_document = TopicClassifier(embeddings=False).fit(sentences, topics, groups=["a"] * 200)
    assert one_document.model_.thresholds == (0.5, 0.5)


def test_without_the_extra(small_data, monkeypatch):
    monkeypatch.setattr(embeddings, "find_archive", lambda: None)
    for estimator in (TopicClassifier(), LemmaVectorizer()):
        with pytest.warns(OtgnlpWarning, match=r"otgnlp\[train\]") as caught:
            estimator.fit(*small_data)
        assert caught[0].filename == __file__


def test_find_archive_without_natasha(monkeypatch):
    monkeypatch.setattr(embeddings, "find_spec", lambda _: None)
    assert embeddings.find_archive() is None


@pytest.mark.parametrize(
    ("sentences", "topics"),
    [
        (["Порт.", "Дождь."], [["t"], []]),
        (["Порт."], [["t"]]),
        (["Порт.", "Порт.", "Порт."], [["t"], ["t", "u"], ("u",)]),
        (["Порт.", ""], [{"t"}, frozenset()]),
        (["!!!", "123"], [["t"], []]),
    ],
)
def test_little_data(sentences, topics, tmp_path):
    fitted = TopicClassifier(embeddings=False).fit(sentences, topics)
    fitted.save(tmp_path / "m")
    loaded = Tagger.load(tmp_path / "m").predict_proba(["Порт и дождь.", ""])
    assert np.array_equal(loaded, fitted.predict_proba(["Порт и дождь.", ""]))
    assert np.isfinite(loaded).all()


def test_any_names(tmp_path):
    names = ["сельское хозяйство", "a/b", "🚜", "[/b]"]
    fitted = TopicClassifier(embeddings=False).fit(["Поле."] * 4, [[name] for name in names])
    fitted.save(tmp_path / "m")
    assert Tagger.load(tmp_path / "m").topics == tuple(sorted(names))
    assert storage.load(tmp_path / "m").titles == {name: {} for name in names}


@pytest.mark.parametrize(
    ("sentences", "topics", "error", "message"),
    [
        ("Порт.", [["t"]], InputTypeError, "not one string"),
        (["Порт.", None], [["t"], []], InputTypeError, "sentence 1 must be a string"),
        (["Порт."], ["t"], InputTypeError, "must be a list, tuple or set"),
        (["Порт."], [[1]], InputTypeError, "no string"),
        (["Порт."], [[""]], InputError, "without a name"),
        (["Порт."], [["x\ny"]], InputError, "sentence 0 holds what cannot be printed"),
        (["Порт."] * 2, [["край"], ["краи\u0306"]], InputError, "comes twice"),
        (["Порт."], [[]], InputError, "nothing to learn"),
        ([], [], InputError, "nothing to learn"),
        (["Порт."], [["t"], []], InputError, "1 sentences, but 2 sets"),
    ],
)
def test_unusable_data(sentences, topics, error, message):
    with pytest.raises(error, match=message):
        TopicClassifier(embeddings=False).fit(sentences, topics)


def test_progress_is_logged(small_data, caplog):
    with caplog.at_level("INFO", logger="otgnlp.fitting"):
        TopicClassifier(embeddings=False, n_folds=3).fit(*small_data)
    assert "fold 3 of 3: fitting 134 sentences" in caplog.text
