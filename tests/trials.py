"""The small files of the trials, where this machine has them; tests make files of the same shape themselves."""

import os
from pathlib import Path

import pytest

_SHARED = Path(os.environ.get("SHARED", Path(__file__).resolve().parents[2] / "shared"))


def trial(name: str) -> bytes:
    """Return one file of the trials, or skip the test with a word where it is absent."""
    file = _SHARED / "trials" / name
    return file.read_bytes() if file.exists() else pytest.skip("../shared/trials is not on this machine")
