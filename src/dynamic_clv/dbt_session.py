"""What Python models need of dbt: its log, and its wish to stop."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any


def log(message: str) -> None:
    """Say something in dbt's own log: on screen, in its file and as JSON."""
    from dbt_common.events.base_types import EventLevel
    from dbt_common.events.functions import fire_event
    from dbt_common.events.types import Note

    fire_event(Note(msg=f"dynamic_clv: {message}"), level=EventLevel.INFO)


@contextmanager
def listening(session: Any) -> Iterator[Callable[[], bool]]:
    """Notice that the build is being stopped while Python, not SQL, is busy.

    On Ctrl-C, and when another model fails under --fail-fast, dbt calls `interrupt`
    on the session of each running model. DuckDB then stops its query, but there is
    none while a network trains: this puts a flag in the way of the call.

    Args:
        session: what dbt handed to the model.

    Yields:
        A function that tells whether the build was asked to stop.

    Examples:
        >>> class Session:
        ...     def interrupt(self):
        ...         print("query stopped")
        >>> session = Session()
        >>> with listening(session) as interrupted:
        ...     session.interrupt()
        ...     interrupted()
        query stopped
        True
    """
    asked = Event()
    interrupt = getattr(session, "interrupt", lambda: None)

    def interrupt_and_tell() -> None:
        asked.set()
        interrupt()

    session.interrupt = interrupt_and_tell
    try:
        yield asked.is_set
    finally:
        session.interrupt = interrupt


def stream(session: Any, schema: Any, batches: Callable[..., Iterator[Any]]) -> Any:
    """Hand a generator to dbt as one stream, listening for as long as it is read.

    Args:
        session: what dbt handed to the model.
        schema: Arrow schema of the batches.
        batches: takes the function that `listening` gives.
    """
    import pyarrow as pa

    def listened() -> Iterator[Any]:
        with listening(session) as interrupted:
            yield from _in_one_thread(batches(interrupted))

    return pa.RecordBatchReader.from_batches(schema, listened())


def _in_one_thread(batches: Iterator[Any]) -> Iterator[Any]:
    """Make every batch in the same thread, one that Python started.

    DuckDB reads a stream in threads of its own. A second batch made there ends the
    process inside TensorFlow when that answered; see DECISIONLOG.md.
    """
    with ThreadPoolExecutor(max_workers=1) as own:
        while (batch := own.submit(next, batches, None).result()) is not None:
            yield batch
