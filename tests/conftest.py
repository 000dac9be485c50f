"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# Timings never decide a test, and a failure must come again: no deadline, the same examples.
settings.register_profile("house", deadline=None, derandomize=True, database=None)
settings.load_profile("house")
