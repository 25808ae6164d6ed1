from hypothesis import given
from hypothesis import strategies as st

from app.history import History


def of(states: str, limit: int = 50) -> History:
    """One state after the other, each a minute after the one before."""
    history = History(limit=limit)
    for minute, state in enumerate(states):
        history = history.pushed(state, f"step {state}", 60.0 * minute)
    return history


def test_an_empty_history_goes_nowhere():
    empty = History()
    assert not empty.can_undo and not empty.can_redo
    assert empty.undone() == empty == empty.redone()
    assert not empty.pushed("a", "first", 0.0).can_undo


def test_redo_takes_back_what_undo_took_back():
    history = of("abc")
    assert history.undone().present == "b" and history.undone().undone().present == "a"
    assert history.undone().undone().undone().present == "a"
    again = history.undone().undone().redone().redone()
    assert (again.present, again.past, again.future) == ("c", ("a", "b"), ())


def test_a_new_state_forgets_what_was_undone():
    history = of("abc").undone().pushed("d", "other", 1000.0)
    assert not history.can_redo and history.past == ("a", "b") and history.present == "d"


def test_a_dragged_slider_is_one_step():
    history = of("a")
    for k in range(5):
        history = history.pushed(f"b{k}", "age", 100 + 0.3 * k)
    assert history.past == ("a",) and history.present == "b4"
    assert history.pushed("c", "age", 105.0).past == ("a", "b4"), "later it is another step"
    assert history.pushed("c", "freckles", 101.3).past == ("a", "b4"), "and so is another slider"


def test_a_step_after_an_undo_is_never_merged():
    history = of("a").pushed("b", "age", 100.0).pushed("c", "eyes", 200.0).undone()
    assert history.pushed("d", "age", 100.1).past == ("a", "b")


@given(st.lists(st.sampled_from(["push", "undo", "redo"]), max_size=80), st.integers(1, 6))
def test_the_past_is_bounded_and_states_stay_in_order(steps, limit):
    history, count = History(limit=limit), 0
    for step in steps:
        if step == "push":
            count += 1
            history = history.pushed(count, "something", 60.0 * count)
        else:
            history = history.undone() if step == "undo" else history.redone()
        assert len(history.past) <= limit
        states = [*history.past, *([] if history.present is None else [history.present]), *history.future]
        assert states == sorted(set(states))
