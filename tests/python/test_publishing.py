"""How a build ends: what it reports, and where the copy for dashboards lies."""

from collections.abc import Callable
from pathlib import Path

import lively_shop
import pytest
from shops import Shop, order

QUICKLY = {
    "clv_horizon_days": 60,
    "clv_window_periods": 12,
    "clv_max_epochs": 1,
    "clv_ensemble_members": 1,
    "clv_max_training_rows": 1000,
}


@pytest.fixture(scope="module")
def shop(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop that is delivered again in every test."""
    return open_shop("publishing")


def test_the_report_sets_the_model_beside_the_best_baseline(shop: Shop):
    orders = lively_shop.delivered(count_customers=120)["orders"]
    shop.deliver(orders=[row for row in orders if row["currency_code"] == "EUR"])
    build = shop.build(("*",), **QUICKLY)
    assert build.success, build.messages
    assert "clv: predicted total EUR " in build.messages
    for metric in ("mean absolute error", "Gini of the ranking", "actual total"):
        [line] = [x for x in build.messages.splitlines() if metric in x]
        network, rest = line.split(metric, 1)[1].split("(", 1)
        rival, value = rest.split(")", 1)[0].split(" ")
        assert rival != "cnn_lstm"
        assert float(network) >= 0 and float(value) >= 0


@pytest.mark.parametrize("count_orders", [0, 2])
def test_the_report_is_silent_about_tests_that_were_not_made(
    shop: Shop, count_orders: int
):
    shop.deliver(orders=[order("C1", f"2024-0{n + 1}-01") for n in range(count_orders)])
    build = shop.build(("*",), **QUICKLY)
    assert build.success, build.messages
    assert "clv: tested" not in build.messages
    assert ("clv: predicted total EUR" in build.messages) == (count_orders > 0)
    assert "None" not in build.messages


def test_the_copy_lies_alone_in_its_folder(shop: Shop, tmp_path: Path):
    folder = tmp_path / "the shop's own"
    folder.mkdir()
    shop.deliver(orders=[order("C1", "2024-01-01")])
    for _ in range(2):
        build = shop.build(("*",), clv_export_directory=str(folder), **QUICKLY)
        assert build.success, build.messages
        assert [path.name for path in folder.iterdir()] == ["clv_predictions.parquet"]
    copied = shop.rows(f"""from '{str(folder).replace("'", "''")}/*.parquet'""")
    assert copied == shop.rows("from clv_predictions")


def test_a_folder_that_is_not_there_stops_the_build_at_its_start(
    shop: Shop, tmp_path: Path
):
    folder = str(tmp_path / "nowhere")
    build = shop.build(("*",), clv_export_directory=folder)
    assert not build.success
    assert (
        f"`clv_export_directory` wants a folder that dbt can write to. Received: "
        f"{folder}." in build.messages
    )
    assert "IO Error" not in build.messages
    assert build.failed == ()
