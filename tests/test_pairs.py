"""Looking pairs up: by slots as by bisection."""

import numpy as np
import pytest

from otgnlp.pairs import PairTable


@pytest.mark.parametrize("n_keys", [0, 1, 7, 20_000])
def test_finds_what_is_there(n_keys):
    random = np.random.default_rng(n_keys)
    # Rows in both halves, as a model has them, and so few that many wanted pairs are there.
    drawn = random.integers(1, 300, (2 * n_keys, 2), dtype=np.uint64)
    keys = np.unique(drawn[:, 0] << np.uint64(32) | drawn[:, 1])[:n_keys]
    table = PairTable(keys)
    left, right = random.integers(0, 320, (2, 5_000), dtype=np.uint64)
    wanted = np.concatenate([left << np.uint64(32) | right, keys])
    there = {key: place for place, key in enumerate(keys.tolist())}
    for many in (wanted, wanted[:10]):
        places, found = table.find(many)
        assert found.tolist() == [key in there for key in many.tolist()]
        expected = [there[key] for key in many.tolist() if key in there]
        assert places[found].tolist() == expected
