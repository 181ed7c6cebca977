"""Weights of networks as text: plain arrays, never an object."""

import base64
import hashlib
import io
from collections.abc import Sequence

import numpy as np

Weights = list[np.ndarray]


def encode(members: Sequence[Weights]) -> str:
    """Write the members' weights as base64 text of an npz archive."""
    named = {
        f"{member}.{place}": values
        for member, weights in enumerate(members)
        for place, values in enumerate(weights)
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **named)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def decode(text: str) -> list[Weights]:
    """Read what `encode` wrote; arrays only, never an object."""
    members: dict[int, dict[int, np.ndarray]] = {}
    with np.load(io.BytesIO(base64.b64decode(text)), allow_pickle=False) as archive:
        for name in archive.files:
            member, place = map(int, name.split("."))
            members.setdefault(member, {})[place] = archive[name]
    return [
        [members[member][place] for place in sorted(members[member])]
        for member in sorted(members)
    ]


def digest(members: Sequence[Weights]) -> str:
    """Return 16 hexadecimal digits of the numbers and their shapes."""
    found = hashlib.sha256()
    for member in members:
        for values in member:
            found.update(f"{values.shape}{values.dtype.str}".encode())
            found.update(np.ascontiguousarray(values).tobytes())
    return found.hexdigest()[:16]
