"""Modules of benchmarks/, for tests."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def imported(*names: str) -> list[ModuleType]:
    """Import from benchmarks/, whose `shops` is not the `shops` of these tests."""
    ours = sys.modules.pop("shops", None)
    sys.path.insert(0, str(BENCHMARKS))
    try:
        return [importlib.import_module(name) for name in names]
    finally:
        sys.path.remove(str(BENCHMARKS))
        sys.modules.pop("shops", None)
        if ours is not None:
            sys.modules["shops"] = ours
