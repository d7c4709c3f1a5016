"""Dask: joblib's own backend, on a cluster of two worker processes."""

from __future__ import annotations

import os

import joblib
import pytest

import otgnlp
from otgnlp import InputError, Tagger

if os.environ.get("OTGNLP_ALL_ENGINES"):
    import distributed
else:
    distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster():
    """Two processes with one thread each; the client makes them the ones that joblib asks."""
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.wait_for_workers(2, timeout=60)
        yield client


@pytest.fixture(scope="module")
def texts(summit) -> list[str]:
    return ["", *(f"{summit[: 100 * number]}\nПоезд номер {number}." for number in range(40))]


def n_tasks(client) -> dict[str, int]:
    """How many of joblib's batches each worker process has done."""
    done = client.run(lambda dask_worker: dask_worker.state.executed_count)
    return dict(done)


@pytest.mark.parametrize("n_jobs", [-1, 2])
def test_same_documents_in_order(cluster, texts, n_jobs):
    before = n_tasks(cluster)
    with joblib.parallel_config("dask"):
        found = list(otgnlp.tag_many(iter(texts), n_jobs=n_jobs, batch_size=3))
    assert found == [otgnlp.tag(text) for text in texts]
    assert found[2].sentences[0].tokens == otgnlp.tag(texts[2]).sentences[0].tokens
    after = n_tasks(cluster)
    assert len(after) == 2
    assert all(after[worker] > before[worker] for worker in after)


def test_a_model_of_ones_own_and_a_threshold(cluster, texts, small_model, small_classifier):
    for tagger in (Tagger.load(small_model), small_classifier.tagger()):
        with joblib.parallel_config("dask"):
            found = list(tagger.tag_many(texts, {"energy": 0.2}, n_jobs=-1, batch_size=5))
        assert found == [tagger.tag(text, {"energy": 0.2}) for text in texts]


def test_what_is_no_string_is_named(cluster, texts):
    found = []
    with (
        joblib.parallel_config("dask"),
        pytest.raises(InputError, match="text 7 must be a string, not NoneType"),
    ):
        found.extend(otgnlp.tag_many([*texts[:7], None, *texts], n_jobs=-1, batch_size=2))
    assert found == [otgnlp.tag(text) for text in texts[: len(found)]]
