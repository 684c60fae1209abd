"""The world of imports: March is over when its work is imported."""

import pytest

from tests.importer.tracker import LATER
from tests.world import World, new_world


@pytest.fixture
def world() -> World:
    """The firm in April."""
    return new_world(now=LATER)
