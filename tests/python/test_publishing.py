"""How a build ends: what it reports, and where the copy for dashboards lies."""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb
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


def profile(shop: Shop, folder: Path, **more: object) -> tuple[str, str]:
    """Write a profile of the shop's file and return the arguments that choose it."""
    output = {"type": "duckdb", "path": str(shop.database), "threads": 2, **more}
    profiles = {"dynamic_clv": {"target": "dev", "outputs": {"dev": output}}}
    (folder / "profiles.yml").write_text(json.dumps(profiles))
    return ("--profiles-dir", str(folder))


def test_the_report_sets_the_model_beside_the_best_baseline(shop: Shop):
    orders = lively_shop.delivered(count_customers=120)["orders"]
    shop.deliver(orders=[row for row in orders if row["currency_code"] == "EUR"])
    build = shop.build(("*",), **QUICKLY)
    assert build.success, build.messages
    assert "clv: predicted total EUR " in build.messages
    for metric in (
        "mean absolute error of the median",
        "Gini of the ranking",
        "actual total",
    ):
        [line] = [x for x in build.messages.splitlines() if metric in x]
        network, rest = line.split(metric, 1)[1].split("(", 1)
        rival, value = rest.split(")", 1)[0].split(" ")
        assert rival != "cnn_lstm"
        assert float(network) >= 0 and float(value) >= 0


@pytest.mark.parametrize("count_orders", [0, 2])
def test_the_report_is_silent_about_tests_that_were_not_made(
    open_shop: Callable[[str], Shop], count_orders: int
):
    shop = open_shop(f"of_{count_orders}_orders")
    shop.deliver(orders=[order("C1", f"2024-0{n + 1}-01") for n in range(count_orders)])
    build = shop.build(("*",), **QUICKLY)
    assert build.success, build.messages
    assert "clv: tested" not in build.messages
    assert ("clv: predicted total EUR" in build.messages) == (count_orders > 0)
    assert "None" not in build.messages


def test_prospects_are_reported_and_ranked_beside_the_customers(shop: Shop):
    alone = lively_shop.delivered(count_customers=120)
    shop.deliver(**lively_shop.with_prospects(alone))
    build = shop.build(("*",), "build", **QUICKLY)
    assert build.success, build.messages
    rows = shop.records("from clv_predictions order by predicted_clv desc, customer_id")
    prospects = [row for row in rows if row["data_quality_flag"] == "prospect"]
    customers = [row for row in rows if row["data_quality_flag"] != "prospect"]
    total = sum(row["predicted_clv"] for row in customers)
    more = sum(row["predicted_clv"] for row in prospects)
    assert f"clv: predicted total EUR {total} in" in build.messages
    assert f"clv: {len(prospects)} prospects beside them" in build.messages
    assert f"EUR {more} more" in build.messages
    assert "customers by fallback" not in build.messages
    in_tenths = [10 * place // len(customers) + 1 for place in range(len(customers))]
    assert [row["clv_decile"] for row in customers] == pytest.approx(in_tenths, abs=1)
    for row in prospects:
        above = [c for c in customers if c["predicted_clv"] > row["predicted_clv"]]
        wanted = above[-1]["clv_decile"] if above else 1
        assert row["clv_decile"] == pytest.approx(wanted, abs=1)
        assert row["lifecycle_stage"] == "prospect" and row["historic_clv"] == 0


def test_orders_that_are_all_rejected_stop_the_build_and_keep_yesterday(shop: Shop):
    shop.deliver(orders=[order("C1", "2024-01-01")])
    assert shop.build(("*",), "build", **QUICKLY).success
    before = shop.rows("from clv_predictions")
    bad = [{**order("C1", "2024-01-01"), "amount": "12,50 EUR"}]
    shop.deliver(orders=bad)
    build = shop.build(("*",), "build", **QUICKLY)
    assert not build.success
    assert set(build.failed) == {
        "purchases_that_are_delivered_are_not_all_rejected",
        "assert_there_are_customers_where_history_has_some",
    }
    assert shop.rows("from clv_predictions") == before
    waiting = "clv: 1 delivered rows wait in "
    [line] = [x for x in build.messages.splitlines() if waiting in x]
    assert line.endswith(": orders amount_not_a_number 1")


SOLD = [order("C1", "2024-01-01"), order("C2", "2024-01-08")]
SIGNED_UP = [{"customer_id": f"C{n}", "signed_up_at": "2024-01-01"} for n in range(9)]
VISITS = [{"customer_id": "C5", "event_type": "page_view", "occurred_at": "2024-01-03"}]

OF_A_DATE = ("+clv_prediction_history", "--indirect-selection", "buildable")


@pytest.fixture(scope="module")
def served(open_shop: Callable[[str], Shop]) -> Shop:
    """Return a shop of which two customers and seven prospects are served."""
    shop = open_shop("served")
    shop.vars |= QUICKLY
    shop.deliver(orders=SOLD, customers=SIGNED_UP, events=VISITS)
    build = shop.build(("*",), "build")
    assert build.success, build.messages
    return shop


@pytest.mark.parametrize(
    ("orders", "events", "clock", "select"),
    [
        pytest.param([], VISITS, "", "*", id="no order came"),
        pytest.param([], VISITS, "", "tag:clv_refresh", id="nor to a refresh"),
        pytest.param([], [], "", "*", id="nothing came"),
        pytest.param(SOLD, VISITS, "2014-01-09", "*", id="ten years too early"),
    ],
)
def test_a_build_that_would_serve_no_customer_any_more_keeps_yesterday(
    served: Shop, orders: list, events: list, clock: str, select: str
):
    kept = ("clv_predictions", "clv_prediction_history", "clv_segments")
    kept += ("ml_clv__trained_models", "ml_clv__promotions")
    copy = f"'{served.folder}/clv_predictions.parquet'"
    before = [served.rows(f"from {name} order by all") for name in (*kept, copy)]
    served.deliver(orders=orders, customers=SIGNED_UP, events=events)
    build = served.build((select,), "build", clv_as_of_date=clock)
    assert not build.success
    assert build.failed == ("assert_there_are_customers_where_history_has_some",)
    assert "clv: wanted customers with an order. Received none" in build.messages
    after = [served.rows(f"from {name} order by all") for name in (*kept, copy)]
    assert after == before


def test_a_backfill_goes_on_before_the_first_order_and_not_without_orders(
    served: Shop,
):
    served.deliver(orders=SOLD, customers=SIGNED_UP)
    build = served.build(OF_A_DATE, "build", clv_as_of_date="2014-01-09")
    assert build.success, build.messages
    served.deliver(orders=[], customers=SIGNED_UP, events=VISITS)
    build = served.build(OF_A_DATE, "build", clv_as_of_date="2024-02-01")
    assert build.failed == ("assert_there_are_customers_where_history_has_some",)
    served.deliver(orders=SOLD, customers=SIGNED_UP)
    build = served.build(("*",), "build")
    assert build.success, build.messages
    assert len(served.rows("from clv_predictions where p_alive is not null")) == 2


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


def test_an_empty_build_and_another_schema_leave_the_copy_of_production_alone(
    shop: Shop, tmp_path: Path
):
    folder = tmp_path / "exports"
    folder.mkdir()
    where = {"clv_export_directory": str(folder)}
    shop.deliver(orders=[order("C1", "2024-01-01")])
    build = shop.build(("*",), **QUICKLY, **where)
    assert build.success, build.messages
    before = (folder / "clv_predictions.parquet").read_bytes()
    shop.execute(
        "create schema if not exists dev_ana; create or replace table"
        " dev_ana.clv_scores_ranked as from clv_scores_ranked limit 0"
    )
    of_ana = profile(shop, tmp_path, schema="dev_ana")
    for flags, files in (
        (("--empty",), ["clv_predictions.parquet"]),
        (of_ana, ["clv_predictions.parquet", "dev_ana.clv_predictions.parquet"]),
    ):
        build = shop.build(("clv_predictions", *flags), **QUICKLY, **where)
        assert build.success, build.messages
        assert sorted(path.name for path in folder.iterdir()) == files
        assert (folder / "clv_predictions.parquet").read_bytes() == before


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


def test_a_build_tidies_up_after_itself_and_nobody_else(shop: Shop, tmp_path: Path):
    theirs = "ml_clv__promotions__dbt_tmp_theirs"
    archive = tmp_path / "archive.duckdb"
    with duckdb.connect(str(archive)) as connection:
        connection.sql(f"create table {theirs} as select 1 as anything")
    shop.execute(
        f"create schema neighbour; create table neighbour.{theirs} as select 1 as one"
    )
    attached = [{"path": str(archive), "alias": "archive", "read_only": True}]
    shop.deliver(orders=[order("C1", "2024-01-01")])
    for _ in range(2):
        build = shop.build(("*", *profile(shop, tmp_path, attach=attached)), **QUICKLY)
        assert build.success, build.messages
    left_behind = shop.rows(
        "select table_schema, table_name from information_schema.tables"
        " where contains(table_name, '__dbt_tmp')"
    )
    assert left_behind == [("neighbour", theirs)]


def test_a_date_built_again_is_replaced_in_the_history(shop: Shop):
    rows = lively_shop.delivered(count_customers=120)["orders"]
    euro = [row for row in rows if row["currency_code"] == "EUR"]
    shop.deliver(orders=[*euro, order("withdrawn", "2024-01-05")])
    same = {**QUICKLY, "clv_as_of_date": "2025-01-01"}
    first = shop.build(("*",), **same)
    before = shop.records("from clv_prediction_history where as_of_date = '2025-01-01'")
    shop.deliver(orders=euro)
    second = shop.build(("*",), **same, clv_seed=2)
    assert first.success and second.success, second.messages
    after = shop.records("from clv_prediction_history where as_of_date = '2025-01-01'")
    assert {row["customer_id"] for row in before} - {
        row["customer_id"] for row in after
    } == {"withdrawn"}
    assert len(after) == len(before) - 1
    assert {row["model_version"] for row in after}.isdisjoint(
        row["model_version"] for row in before
    )
