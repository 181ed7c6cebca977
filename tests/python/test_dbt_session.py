"""dbt's wish to stop reaches Python."""

import threading

import duckdb
import pyarrow as pa
import pytest

from dynamic_clv import dbt_session
from dynamic_clv.errors import Interrupted
from dynamic_clv.learning import training


class Session:
    """Counts how often a query was stopped."""

    stopped = 0

    def interrupt(self):
        self.stopped += 1


def test_an_interrupt_is_noticed_and_passed_on():
    session = Session()
    with dbt_session.listening(session) as interrupted:
        assert not interrupted()
        session.interrupt()
        assert interrupted() and session.stopped == 1
    session.interrupt()
    assert session.stopped == 2


def test_a_stream_listens_while_it_is_read():
    session = Session()
    schema = pa.schema([("x", pa.int64())])

    def batches(interrupted):
        check = training.stopper(interrupted)
        for number in range(3):
            check()
            yield pa.record_batch([[number]], schema=schema)

    assert dbt_session.stream(session, schema, batches).read_all().num_rows == 3
    reader = dbt_session.stream(session, schema, batches)
    assert reader.read_next_batch().num_rows == 1
    session.interrupt()
    with pytest.raises(Interrupted, match="asked to stop"):
        reader.read_next_batch()


def test_every_batch_of_a_stream_is_made_in_one_thread_of_python():
    schema = pa.schema([("x", pa.int64())])
    makers = []

    def batches(interrupted):
        for number in range(3):
            makers.append(threading.current_thread())
            yield pa.record_batch([[number]], schema=schema)

    with duckdb.connect() as connection:
        stream = dbt_session.stream(Session(), schema, batches)
        connection.register("scores", stream)
        assert connection.execute("select sum(x) from scores").fetchone() == (3,)
    assert len(makers) == 3 and len(set(makers)) == 1
    # what Python did not start is a dummy to it
    assert not isinstance(makers[0], threading._DummyThread)


def test_a_session_that_cannot_be_interrupted_is_fine():
    with dbt_session.listening(type("Bare", (), {})()) as interrupted:
        assert not interrupted()


def test_log_lines_are_dbt_events():
    from dbt_common.events.event_manager_client import add_callback_to_manager

    heard = []
    add_callback_to_manager(lambda event: heard.append(event.info.msg))
    dbt_session.log("epoch 1")
    assert "dynamic_clv: epoch 1" in heard
