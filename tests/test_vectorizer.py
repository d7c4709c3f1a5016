"""Lemma vectors in scikit-learn's pipelines, and the classifier as a transformer in them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.utils
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MultiLabelBinarizer
from sklearn.utils.estimator_checks import check_estimator

from otgnlp import InputError, InputTypeError, LemmaVectorizer, TopicClassifier

SKLEARN = tuple(map(int, sklearn.__version__.split(".")[:2]))
LEMMAS = {"ngram_weight": 0, "embeddings": False, "pair_weight": 0}


@pytest.fixture(scope="module")
def indicators(small_data):
    return MultiLabelBinarizer().fit_transform(small_data[1])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@pytest.mark.parametrize("estimator", [LemmaVectorizer(), TopicClassifier()])
def test_scikit_learns_own_checks(estimator):
    """Those that it has for estimators of text: the others want numbers."""
    check_estimator(estimator)


@pytest.mark.parametrize("sparse_output", [True, False])
def test_contract_of_scikit_learn_on_text(small_data, sparse_output):
    sentences, _ = small_data
    fresh = LemmaVectorizer(embeddings=False, sparse_output=sparse_output)
    parameters = dict(vars(fresh))
    assert set(parameters) == set(fresh.get_params())
    with pytest.raises(NotFittedError):
        fresh.transform(sentences)
    with pytest.raises(NotFittedError):
        fresh.get_feature_names_out()
    assert fresh.fit(sentences) is fresh
    assert {name: vars(fresh)[name] for name in parameters} == parameters
    assert not hasattr(clone(fresh), "vectors_")

    def dense(matrix):
        assert sp.issparse(matrix) == sparse_output
        return matrix.toarray() if sparse_output else matrix

    expected = dense(fresh.transform(sentences))
    assert expected.shape == (200, len(fresh.get_feature_names_out()))
    for again in (clone(fresh).fit(sentences), pickle.loads(pickle.dumps(fresh))):
        assert (dense(again.transform(sentences)) == expected).all()
    assert (dense(clone(fresh).fit_transform(sentences, None)) == expected).all()
    for rows in (range(7), range(200)[::-1], [3]):
        some = dense(fresh.transform([sentences[row] for row in rows]))
        assert (some == expected[list(rows)]).all()
    assert (dense(fresh.transform(np.array(sentences, dtype=object))) == expected).all()
    assert dense(fresh.transform([])).shape == (0, expected.shape[1])
    assert fresh._more_tags() == {"X_types": ["string"]}  # up to scikit-learn 1.5
    if hasattr(sklearn.utils, "get_tags"):
        tags = sklearn.utils.get_tags(fresh)
        assert (tags.input_tags.string, tags.input_tags.two_d_array) == (True, False)
        assert tags.transformer_tags is not None


def test_names_say_what_columns_hold():
    vectorizer = LemmaVectorizer(embeddings=False, ngram_range=(3, 3), min_words_per_ngram=1)
    sentences = ["Порт ждёт.", "Порты ждали!", "Кот."]
    matrix = vectorizer.fit_transform(sentences).toarray()
    names = vectorizer.get_feature_names_out()
    assert names.dtype == object
    assert len(set(names)) == len(names) == matrix.shape[1]
    for row, held in enumerate(["порт ждать", "порт ждать", "кот"]):
        ngrams = {f"^{word}$"[i : i + 3] for word in held.split() for i in range(len(word))}
        pairs = {f"pair={held}"} if " " in held else set()
        wanted = {f"lemma={word}" for word in held.split()} | {f"ngram={g}" for g in ngrams}
        assert set(names[matrix[row] != 0]) == wanted | pairs


def test_embeddings_have_columns(small_data):
    vectorizer = LemmaVectorizer(pair_weight=0, ngram_weight=0)
    matrix = vectorizer.fit_transform(small_data[0])
    names = vectorizer.get_feature_names_out()
    assert [name for name in names if name.startswith("embedding=")] == [
        f"embedding={number}" for number in range(300)
    ]
    assert abs(matrix[:, names == "embedding=0"]).sum() > 0
    assert matrix.shape[1] == len(names)


def test_scikit_learns_regression_on_them_is_the_classifiers_first_stage(small_data, indicators):
    regression = LogisticRegression(
        C=0.1, class_weight="balanced", solver="liblinear", tol=1e-3, max_iter=1000
    )
    pipeline = make_pipeline(LemmaVectorizer(embeddings=False), OneVsRestClassifier(regression))
    scores = pipeline.fit(small_data[0], indicators).decision_function(small_data[0])
    own = TopicClassifier(embeddings=False).fit(*small_data).decision_function(small_data[0])
    assert np.abs(scores - own).max() < 1e-6


def test_vectorizer_in_a_grid_search(small_data, indicators):
    pipeline = Pipeline(
        [
            ("lemmas", LemmaVectorizer(embeddings=False)),
            ("topics", OneVsRestClassifier(LogisticRegression())),
        ]
    )
    grid = {"lemmas__pair_weight": [0, 1.5], "topics__estimator__C": [0.01, 1.0]}
    search = GridSearchCV(pipeline, grid, cv=3, scoring="f1_macro")
    search.fit(np.array(small_data[0], dtype=object), indicators)
    assert len(search.cv_results_["params"]) == 4
    assert search.best_score_ > 0.9
    assert search.best_params_["topics__estimator__C"] == 1.0
    assert len(set(search.cv_results_["mean_test_score"])) > 1


def test_classifier_in_a_grid_search_over_a_pipeline(small_data):
    def tidy(sentences):
        return [sentence.strip() for sentence in sentences]

    pipeline = Pipeline(
        [
            ("tidy", FunctionTransformer(tidy)),
            ("topics", TopicClassifier(embeddings=False, n_folds=2)),
        ]
    )
    grid = {"topics__C": [1e-6, 0.1], "topics__pair_weight": [0, 1.5]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(*small_data)
    assert search.best_params_["topics__C"] == 0.1
    assert search.best_score_ > 0.7
    assert search.predict(small_data[0]).shape == (200, 2)


def test_groups_reach_folds_and_classifier(small_data, monkeypatch):
    """By metadata routing, no document is split: neither in the search nor in calibration."""
    sentences, topics = small_data
    groups = [f"document {number // 5}" for number in range(200)]
    seen = []
    fit = TopicClassifier.fit

    def remember(self, sentences, topics, groups=None):
        seen.append(groups)
        return fit(self, sentences, topics, groups)

    monkeypatch.setattr(TopicClassifier, "fit", remember)
    with sklearn.config_context(enable_metadata_routing=True):
        classifier = TopicClassifier(embeddings=False, n_folds=2).set_fit_request(groups=True)
        search = GridSearchCV(classifier, {"C": [0.1]}, cv=GroupKFold(2))
        search.fit(sentences, topics, groups=groups)
    assert [len(given) for given in seen] == [100, 100, 200]
    assert set(seen[0]).isdisjoint(seen[1])


@pytest.mark.parametrize("container", ["pandas", "polars"])
def test_set_output(small_data, container):
    frames = pytest.importorskip(container)
    sentences, topics = small_data
    series = frames.Series(sentences)
    if container == "pandas":
        series.index = [f"row {number}" for number in range(200)]
    vectorizer = LemmaVectorizer(**LEMMAS, sparse_output=False).set_output(transform=container)
    frame = vectorizer.fit_transform(series)
    assert isinstance(frame, frames.DataFrame)
    assert list(frame.columns) == [f"lemma={word}" for word in vectorizer.vectors_.words]
    plain = vectorizer.set_output(transform="default").transform(sentences)
    assert (frame.to_numpy() == plain).all()
    classifier = TopicClassifier(embeddings=False).set_output(transform=container)
    probabilities = classifier.fit_transform(series, topics)
    assert isinstance(probabilities, frames.DataFrame)
    assert list(probabilities.columns) == ["energy", "transport"]
    assert (probabilities.to_numpy() == classifier.predict_proba(sentences)).all()
    if container == "pandas" and SKLEARN >= (1, 7):  # before, only a data frame's index was kept
        assert frame.index.equals(series.index)
        assert probabilities.index.equals(series.index)


def test_set_output_of_a_whole_pipeline(small_data, indicators):
    pandas = pytest.importorskip("pandas")
    lemmas = LemmaVectorizer(**LEMMAS, sparse_output=False)
    pipeline = make_pipeline(lemmas, OneVsRestClassifier(LogisticRegression()))
    pipeline.set_output(transform="pandas")
    search = GridSearchCV(pipeline, {"onevsrestclassifier__estimator__C": [0.1, 1.0]}, cv=2)
    search.fit(pandas.Series(small_data[0]), indicators)
    seen = search.best_estimator_[-1].feature_names_in_
    assert seen.tolist() == search.best_estimator_[0].get_feature_names_out().tolist()
    union = FeatureUnion(
        [("lemmas", lemmas), ("topics", TopicClassifier(embeddings=False))]
    ).set_output(transform="pandas")
    names = union.fit_transform(pandas.Series(small_data[0]), small_data[1]).columns
    assert {"lemmas__lemma=газ", "topics__energy", "topics__transport"} <= set(names)
    table = pandas.DataFrame({"text": small_data[0], "length": range(200)})
    columns = ColumnTransformer([("t", lemmas, "text"), ("n", "passthrough", ["length"])])
    frame = columns.set_output(transform="pandas").fit_transform(table)
    assert {"t__lemma=газ", "n__length"} <= set(frame)


def test_a_sparse_matrix_makes_no_frame(small_data):
    pytest.importorskip("pandas")
    vectorizer = LemmaVectorizer(**LEMMAS).set_output(transform="pandas")
    with pytest.raises(ValueError, match=r"[Ss]parse"):
        vectorizer.fit_transform(small_data[0])


@pytest.mark.parametrize(
    ("sentences", "error", "message"),
    [
        ("Порт.", InputTypeError, "not one string"),
        (["Порт.", None], InputTypeError, "sentence 1 must be a string"),
        ([], InputError, "no sentence to learn"),
        (np.array([["Порт."], ["Поезд."]]), InputTypeError, "not a table"),
    ],
)
def test_unusable_data(sentences, error, message):
    with pytest.raises(error, match=message):
        LemmaVectorizer(embeddings=False).fit(sentences)


def test_a_table_is_no_column_of_sentences(small_classifier):
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"Порт.": ["Поезд."], "Дождь.": ["Газ."]})
    for use in (small_classifier.predict_proba, small_classifier.tagger().predict):
        with pytest.raises(InputTypeError, match="not a table"):
            use(table)
    with pytest.raises(InputTypeError, match="not a table"):
        TopicClassifier(embeddings=False).fit(table, [["t"], []])


def test_sentences_without_words():
    vectorizer = LemmaVectorizer(embeddings=False).fit(["!!!", "123"])
    assert vectorizer.transform(["Порт.", ""]).shape == (2, 0)
    assert vectorizer.get_feature_names_out().tolist() == []
