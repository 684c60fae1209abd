"""What a class consists of stands in the class; all else follows from it or is complete."""

import pytest

from tests.completeness import GAPS


@pytest.mark.parametrize("place", GAPS)
def test_no_field_is_left_out(place: str) -> None:
    """Each field has what it needs at each place; a gap is told by field and place."""
    assert [] == GAPS[place]()
