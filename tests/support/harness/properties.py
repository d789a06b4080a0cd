"""Settings of property tests."""

from hypothesis import HealthCheck, settings

deterministic = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
"""The same examples every time, however slow the machine happens to be."""
