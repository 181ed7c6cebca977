"""Judge new models against the champion. One row per decision about a trained model."""

from dynamic_clv import dbt_session
from dynamic_clv.gates import promotion
from dynamic_clv.history import frames
from dynamic_clv.history.examples import Tables
from dynamic_clv.settings import Settings


def model(dbt, session):
    """Return the rows to append: none while every model has been judged."""
    meta = dbt.config.get("meta")
    tables = Tables(
        as_of_dates=dbt.ref("fea_clv__as_of_dates"),
        labels=dbt.ref("fea_clv__labels"),
        behaviour=dbt.ref("fea_clv__customer_behaviour"),
        profile=dbt.ref("fea_clv__customer_profile"),
        windows=dbt.ref("fea_clv__customer_windows"),
    )
    trained, written = dbt.ref("ml_clv__trained_models"), frames.this(session, dbt)
    settings, log = Settings.from_meta(meta), dbt_session.log
    with dbt_session.listening(session) as interrupted:
        rows = promotion.decide(tables, trained, written, settings, log, interrupted)
    return rows
