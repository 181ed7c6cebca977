"""Score everybody with the champion. One row per customer or prospect."""

from dynamic_clv import dbt_session, scoring
from dynamic_clv.history.examples import Tables
from dynamic_clv.settings import Settings


def model(dbt, session):
    """Return a stream of scores: one group of customers in memory at a time."""
    meta = dbt.config.get("meta")
    tables = Tables(
        as_of_dates=dbt.ref("fea_clv__as_of_dates"),
        labels=None,
        behaviour=dbt.ref("fea_clv__customer_behaviour"),
        profile=dbt.ref("fea_clv__customer_profile"),
        windows=dbt.ref("fea_clv__customer_windows"),
        prospects=dbt.ref("fea_clv__prospects"),
    )
    trained, settings = dbt.ref("ml_clv__trained_models"), Settings.from_meta(meta)
    promotions = dbt.ref("ml_clv__promotions")
    job = scoring.Job(tables, trained, settings, dbt_session.log, promotions)
    return dbt_session.stream(session, scoring.SCHEMA, job.run)
