from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.spans import Demand, least_days, merge, most_days, shared
from tests.domain.twins import masks_between, unions

DAYS = 7


@st.composite
def demands(draw):
    found = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(st.integers(0, DAYS - 1))
        last = draw(st.integers(first, DAYS - 1))
        least = draw(st.integers(0, last - first + 1))
        found.append(Demand(first, last, least, draw(st.integers(least, last - first + 1))))
    return found


@settings(max_examples=300, deadline=None)
@given(demands(), st.sets(st.integers(0, DAYS - 1)))
def test_least_and_most_are_those_of_every_way_to_work(wanted, listed):
    every = unions([masks_between(*one) for one in wanted], sum(1 << n for n in listed))
    sizes = [union.bit_count() for union in every]
    assert (least_days(wanted, listed), most_days(wanted, listed)) == (min(sizes), max(sizes))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 6)).map(lambda t: (t[0], t[0] + t[1]))))
def test_runs_and_shared_days_agree_with_counting_each_day(spans):
    depth = [sum(first <= day <= last for first, last in spans) for day in range(40)]
    runs, both = merge(spans), shared(spans)
    assert [any(a <= d <= b for a, b in runs) for d in range(40)] == [n > 0 for n in depth]
    assert [any(a <= d <= b for a, b in both) for d in range(40)] == [n > 1 for n in depth]
    assert all(later[0] > earlier[1] + 1 for found in (runs, both) for earlier, later in pairwise(found))
