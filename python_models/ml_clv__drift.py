"""Compare today's customers with the champion's. One row per feature."""

from dynamic_clv import dbt_session, drift
from dynamic_clv.examples import Tables


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
