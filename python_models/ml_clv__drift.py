"""Compare today's customers with the champion's. One row per feature."""

from dynamic_clv import dbt_session
from dynamic_clv.history.examples import Tables
from dynamic_clv.versions import drift


def model(dbt, session):
    """Return how far each feature has moved since the champion was trained."""
    tables = Tables(
        as_of_dates=dbt.ref("fea_clv__as_of_dates"),
        labels=None,
        behaviour=dbt.ref("fea_clv__customer_behaviour"),
        profile=dbt.ref("fea_clv__customer_profile"),
        windows=None,
    )
    trained, promotions = (
        dbt.ref("ml_clv__trained_models"),
        dbt.ref("ml_clv__promotions"),
    )
    return drift.today(tables, trained, promotions, dbt_session.log)
