import pytest

from core.errors import InvalidRequest
from core.stylize.controls import StyleControls


@pytest.mark.parametrize("name", ["strength", "edges", "identity"])
@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_out_of_range_is_refused_by_name(name: str, value: float):
    with pytest.raises(InvalidRequest, match=name.capitalize()):
        StyleControls(**{name: value})
