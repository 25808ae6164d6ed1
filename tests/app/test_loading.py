import threading
import time

import pytest

from app.loading import Models
from core.errors import Cancelled
from tests.web.conftest import eventually


def ignore(stage: str, done: float) -> None:
    pass


@pytest.fixture
def models() -> Models:
    models = Models(lambda: "the studio")  # type: ignore[arg-type, return-value]
    models.start()
    return models


class Waiter(threading.Thread):
    """Wants the studio, and notes when it got it and what it was told."""

    def __init__(self, models: Models, name: str, order: list[str], patient: bool = False):
        super().__init__(daemon=True)
        self.job, self.told, self.stopped = threading.Event(), [], False
        self._models, self._name, self._order, self._patient = models, name, order, patient

    def run(self) -> None:
        tell = lambda words, _: self.told.append(words)
        try:
            with self._models.borrow(self.job, tell, patient=self._patient) as studio:
                assert studio == "the studio"
                self._order.append(self._name)
        except Cancelled:
            self.stopped = True


def test_everybody_gets_the_studio_in_the_order_of_asking_and_hears_their_place(models):
    order: list[str] = []
    waiters = [Waiter(models, str(number), order) for number in range(5)]
    with models.borrow(threading.Event(), ignore):
        for number, waiter in enumerate(waiters):
            waiter.start()
            assert eventually(lambda n=number, w=waiter: w.told == [f"Waiting for your turn: {n + 1} before you"], 10)
    for waiter in waiters:
        waiter.join(10)
    assert order == ["0", "1", "2", "3", "4"]
    places = [int(words.split()[4]) for words in waiters[4].told]
    assert places[0] == 5 and places == sorted(places, reverse=True)


def test_whoever_stops_waiting_leaves_the_line_and_the_others_move_up(models):
    order: list[str] = []
    waiters = [Waiter(models, str(number), order) for number in range(3)]
    with models.borrow(threading.Event(), ignore):
        for waiter in waiters:
            waiter.start()
            assert eventually(lambda w=waiter: bool(w.told), 10)
        waiters[0].job.set()
        waiters[0].join(10)
        assert waiters[0].stopped
        assert eventually(lambda: waiters[2].told[-1] == "Waiting for your turn: 2 before you", 10)
    for waiter in waiters:
        waiter.join(10)
    assert order == ["1", "2"]


def test_work_that_fails_gives_the_studio_back(models):
    for _ in range(2):
        with pytest.raises(MemoryError), models.borrow(threading.Event(), ignore):
            raise MemoryError
    with models.borrow(threading.Event(), ignore) as studio:
        assert studio == "the studio"


def test_patient_work_goes_last_also_behind_those_who_come_later(models):
    order: list[str] = []
    with models.borrow(threading.Event(), ignore):
        patient = Waiter(models, "patient", order, patient=True)
        patient.start()
        time.sleep(0.2)
        later = Waiter(models, "later", order)
        later.start()
        assert eventually(lambda: bool(later.told), 10)
    later.join(10)
    patient.join(10)
    assert order == ["later", "patient"] and not patient.told
