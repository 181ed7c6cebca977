"""Fixtures that more than one test module uses."""

from collections.abc import Callable
from pathlib import Path

import memory_shop
import pyarrow as pa
import pytest
from shops import Shop

from dynamic_clv.history.examples import Tables
from dynamic_clv.learning import training


@pytest.fixture(scope="session")
def open_shop(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Shop]:
    """Open shops that share one folder, hence dbt's partial parse, but no file."""
    folder: Path = tmp_path_factory.mktemp("shops")

    def open_one(name: str) -> Shop:
        return Shop(folder, name)

    return open_one


@pytest.fixture(scope="session")
def small_shop() -> Tables:
    """Return the feature tables of a shop in memory, large enough for a network."""
    return memory_shop.tables(memory_shop.orders(400))


@pytest.fixture(scope="session")
def small_models(small_shop: Tables) -> pa.Table:
    """Return what one training run wrote about it."""
    return training.train(small_shop, None, memory_shop.QUICK, lambda line: None)
