"""Compare what was predicted on 1997-10-01 with the 273 days that followed."""

import json
import os
import sys

import duckdb
import numpy as np

from dynamic_clv.expectation import btyd
from dynamic_clv.measures import baselines, metrics

DEFAULT_PATH = "integration_tests/target/record_store.duckdb"

SHOWN = {
    "mean_absolute_error_of_median": "MAE of the median",
    "mean_absolute_error": "MAE of the mean",
    "root_mean_squared_error": "RMSE",
    "spearman": "Spearman",
    "normalised_gini": "Gini",
    "area_under_curve": "AUC",
    "total_bias": "bias",
}

# Every customer seen by then, beside what the raw receipts say of the days after.
HOLDOUT = """
    select
        scores.*,
        behaviour.frequency,
        behaviour.recency_days,
        behaviour.t_days,
        behaviour.monetary_value,
        behaviour.net_amount,
        coalesce(receipts.amount, 0) as actual_amount,
        coalesce(receipts.count_orders, 0) > 0 as actual_has_order
    from ml_clv__scores as scores
    inner join fea_clv__customer_behaviour as behaviour
        using (customer_id, as_of_date)
    left join (
        select
            shopper as customer_id,
            cast(sum(dollars) as double) as amount,
            count(*) as count_orders
        from till_receipts
        where day_bought >= date '1997-10-01' and day_bought < date '1998-07-01'
        group by shopper
    ) as receipts using (customer_id)
    order by customer_id
"""


def rival(rows: dict[str, np.ndarray]) -> baselines.Baseline:
    """BG/NBD and Gamma-Gamma on the same facts."""
    names = ("frequency", "recency_days", "t_days", "monetary_value")
    history = [rows[name].astype(float) for name in names]
    facts = baselines.BaselineFacts(
        *history, net_amount=rows["net_amount"], recent_amounts={}
    )
    horizon_days = int(rows["horizon_days"][0])
    fitted = btyd.fit(*history, orders_model=btyd.BG_NBD)
    return baselines.bg_nbd_gamma_gamma(facts, fitted, horizon_days)


def compare(path: str) -> dict[str, dict[str, float]]:
    """Return metrics of the published scores and of their rival, by model name."""
    with duckdb.connect(path, read_only=True) as connection:
        rows = connection.sql(HOLDOUT).fetchnumpy()
    actual = rows["actual_amount"], rows["actual_has_order"]
    published = (
        rows["predicted_clv"],
        rows["predicted_clv_median"],
        1 - rows["churn_probability"],
    )
    other = rival(rows)
    beside = other.amount, other.median_amount, other.probability
    return {
        str(rows["model_kind"][0]): metrics.all_metrics(*actual, *published),
        "bg_nbd_gamma_gamma": metrics.all_metrics(*actual, *beside),
    }


def main() -> None:
    """Print one column per model, or everything as JSON with `--json`."""
    path = os.environ.get("CLV_CONSUMER_DUCKDB_PATH", DEFAULT_PATH)
    found = compare(path)
    if "--json" in sys.argv:
        print(json.dumps(found))
        return
    print("CDNOW, 273 days after 1997-10-01")
    print(f"{'':20}" + "".join(f"{name:>20}" for name in found))
    for name, label in SHOWN.items():
        print(f"{label:20}" + "".join(f"{row[name]:20.3f}" for row in found.values()))


if __name__ == "__main__":
    main()
