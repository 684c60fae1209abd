"""The settings for properties: always the same examples, few enough to be quick on a disk."""

from typing import Final

from hypothesis import HealthCheck, Phase, settings

quick: Final = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # a failure names the field that differs, so no time goes into a smaller example
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors, HealthCheck.too_slow],
)
"""The examples are the same at every run; each takes a firm of its own, so that a fixture may be shared by all."""
