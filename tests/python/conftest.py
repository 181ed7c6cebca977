"""Fixtures that more than one test module uses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from shops import Shop


@pytest.fixture(scope="session")
def open_shop(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Shop]:
    """Open shops that share one folder, hence dbt's partial parse, but no file."""
    folder: Path = tmp_path_factory.mktemp("shops")

    def open_one(name: str) -> Shop:
        return Shop(folder, name)

    return open_one
