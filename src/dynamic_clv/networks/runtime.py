"""The tensor library, prepared once so that a seed means the same numbers every time.

Nothing else imports Keras: importing it costs seconds, and the switches below only
count before the first import. Set `KERAS_BACKEND` to exchange TensorFlow.
"""

import os
import threading
from functools import cache
from types import ModuleType

# Sums are split over this many threads; another number gives other last digits.
COUNT_THREADS = 2

# Seeds and graph state belong to the whole process, and dbt runs models in threads.
LOCK = threading.RLock()


def prepare() -> ModuleType:
    """Import Keras with logging quiet and arithmetic fixed; later calls cost nothing.

    oneDNN is switched off because its kernels differ from one kind of processor to
    the next. A process that has imported TensorFlow before us keeps its own threads.
    """
    with LOCK:
        return _prepared()


@cache
def _prepared() -> ModuleType:
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    import keras

    if keras.backend.backend() == "tensorflow":
        _pin_tensorflow()
    return keras


def _pin_tensorflow() -> None:
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    tf.config.experimental.enable_op_determinism()
    try:
        tf.config.threading.set_intra_op_parallelism_threads(COUNT_THREADS)
        tf.config.threading.set_inter_op_parallelism_threads(COUNT_THREADS)
    except RuntimeError:  # already running: its threads can no longer be chosen
        return
