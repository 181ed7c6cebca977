"""Ctrl-C stops a build while the network trains, and nothing is published."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
from shops import PROJECT

MOST_SECONDS = 10


def start(folder: Path) -> subprocess.Popen:
    """Build the demo shop in a process of its own."""
    command = [Path(sys.executable).parent / "dbt", "--no-version-check"]
    command += ["--log-path", folder, "build", "--target-path", folder / "target"]
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        env={
            **os.environ,
            "CLV_DUCKDB_PATH": str(folder / "shop.duckdb"),
            "DBT_PROFILES_DIR": str(PROJECT / "profiles"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_ctrl_c_during_training_stops_soon_and_publishes_nothing(tmp_path: Path):
    build = start(tmp_path)
    assert any("epoch 1" in line for line in build.stdout)
    build.send_signal(signal.SIGINT)
    asked = time.monotonic()
    build.communicate(timeout=60)
    assert time.monotonic() - asked < MOST_SECONDS
    assert build.returncode != 0
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        query = "select table_name from information_schema.tables"
        names = {name for (name,) in connection.execute(query).fetchall()}
    assert "fea_clv__customer_behaviour" in names
    assert not [name for name in names if name.startswith(("ml_clv__", "clv_"))]
