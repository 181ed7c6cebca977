"""Run a command and see what it costs: seconds, processor seconds, memory over time."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SECONDS_BETWEEN_SAMPLES = 0.2
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Cost:
    """What a finished command took.

    Attributes:
        seconds: on the clock on the wall; other users of the machine count.
        cpu_seconds: of the command and its children; they hardly do.
        samples: (time as seconds since 1970, resident bytes of all its processes).
    """

    seconds: float
    cpu_seconds: float
    samples: list[tuple[float, int]]

    def peak_bytes(self, since: float = 0.0, until: float = float("inf")) -> int:
        """Return the largest resident size between two times."""
        slack = SECONDS_BETWEEN_SAMPLES
        inside = [b for t, b in self.samples if since - slack <= t <= until + slack]
        return max(inside, default=0)


def run(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Cost:
    """Run a command to its end.

    Args:
        command: and its arguments.
        environment: variables added to those of this process; CLV_BENCHMARK_LOG is
            the file that the command's output is written to.
        folder: to run in.

    Raises:
        SystemExit: it failed; shows the end of what it said.
    """
    started, before = time.monotonic(), os.times()
    output = Path(environment["CLV_BENCHMARK_LOG"])
    samples = []
    with output.open("w") as said:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None:
            samples.append((time.time(), resident_bytes(process.pid)))
            time.sleep(SECONDS_BETWEEN_SAMPLES)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed.\n{output.read_text()[-3000:]}")
    after = os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return Cost(time.monotonic() - started, used, samples)


def resident_bytes(process: int) -> int:
    """Return the resident memory of a process and all that it started. Linux only."""
    return sum(_own_bytes(one) for one in _family(process))


def _own_bytes(process: int) -> int:
    try:
        pages = Path(f"/proc/{process}/statm").read_text().split()[1]
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0
    return int(pages) * PAGE_BYTES


def _family(process: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{process}/task").iterdir())
        named = [(thread / "children").read_text() for thread in threads]
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return [process]
    children = [int(child) for text in named for child in text.split()]
    return [process, *(one for child in children for one in _family(child))]
