"""Train when the retrain policy says so. One row per trained model."""

import pyarrow as pa

from dynamic_clv import dbt_session, prospect_training
from dynamic_clv.history import frames
from dynamic_clv.history.examples import Tables
from dynamic_clv.learning import training
from dynamic_clv.settings import Settings


def model(dbt, session):
    """Return the rows to append: none while the newest model is still good."""
    meta = dbt.config.get("meta")
    tables = Tables(
        as_of_dates=dbt.ref("fea_clv__as_of_dates"),
        labels=dbt.ref("fea_clv__labels"),
        behaviour=dbt.ref("fea_clv__customer_behaviour"),
        profile=dbt.ref("fea_clv__customer_profile"),
        windows=dbt.ref("fea_clv__customer_windows"),
        inputs=dbt.ref("int_clv__reconciliation"),
        prospects=dbt.ref("fea_clv__prospects"),
        prospect_labels=dbt.ref("fea_clv__prospect_labels"),
    )
    trained, settings = frames.this(session, dbt), Settings.from_meta(meta)
    with dbt_session.listening(session) as interrupted:
        rows = training.train(tables, trained, settings, dbt_session.log, interrupted)
    more = prospect_training.train(tables, trained, settings, dbt_session.log)
    return pa.concat_tables([rows, more])
