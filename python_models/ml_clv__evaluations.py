"""Judge new back-test models. One row per model, rival, split, metric and decile."""

import pyarrow as pa

from dynamic_clv import dbt_session, prospect_training
from dynamic_clv.gates import evaluation
from dynamic_clv.history import frames
from dynamic_clv.history.examples import Tables


def model(dbt, session):
    """Return the rows to append: none while every model has been judged."""
    tables = Tables(
        as_of_dates=dbt.ref("fea_clv__as_of_dates"),
        labels=dbt.ref("fea_clv__labels"),
        behaviour=dbt.ref("fea_clv__customer_behaviour"),
        profile=dbt.ref("fea_clv__customer_profile"),
        windows=dbt.ref("fea_clv__customer_windows"),
    )
    trained, judged = dbt.ref("ml_clv__trained_models"), frames.this(session, dbt)
    with dbt_session.listening(session) as interrupted:
        rows = evaluation.evaluate(
            tables, trained, judged, dbt_session.log, interrupted
        )
    return pa.concat_tables([rows, prospect_training.evaluations(trained, judged)])
