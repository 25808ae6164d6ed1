import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from app.loading import Models
from app.session import Sessions, Visitor
from core.avatar.model import Avatar, from_sets
from core.errors import UserFacingError
from core.expressions import SHAPES
from core.gaussians import Gaussians
from core.pipeline import Creation
from tests.core.character.made_up import made_up_character

STILL, MOVING = 30, 20


def make_avatar(red: float = 0.5) -> Avatar:
    """Fifty splats on a wall; each shape lifts some of the last twenty."""
    rng = np.random.default_rng(3)
    n = STILL + MOVING
    means = rng.uniform(-8, 8, (n, 3)).astype(np.float32)
    quats = np.tile(np.float32([1, 0, 0, 0]), (n, 1))
    colors = np.tile(np.float32([red, 0.4, 0.3]), (n, 1))
    rest = Gaussians(means, quats, np.full((n, 3), 0.3, np.float32), np.full(n, 0.9, np.float32), colors)
    sets = []
    for i in range(len(SHAPES)):
        lifted = means.copy()
        lifted[STILL + i : STILL + i + 5, 1] += 2
        sets.append(replace(rest, means=lifted))
    return from_sets(rest, sets, np.zeros(n, np.uint8))


def make_creation(red: float = 0.5, **report) -> Creation:
    avatar = make_avatar(red)
    flat, clear = np.full((512, 512, 3), 90, np.uint8), np.zeros((512, 512, 4), np.uint8)
    report = {"seconds": {"total": 1.0}, "splats": len(avatar)} | report
    character = made_up_character()
    return Creation(avatar, avatar, flat, clear, clear, report, character, character)


@dataclass
class OneShotStudio:
    """Makes the same avatar from any photo, in stages that a test can hold up or fail."""

    at_stage: threading.Event
    go_on: threading.Event
    error: UserFacingError | None = None
    restyled: int = 0
    edited: int = 0

    def create(self, photo, settings, progress, picture):
        progress("Finding the face", 0.1)
        picture("aligned", np.full((512, 512, 3), 90, np.uint8))
        self.at_stage.set()
        assert self.go_on.wait(10)
        progress("Building the avatar", 0.5)
        if self.error:
            raise self.error
        return make_creation()

    def restyle(self, creation, settings):
        self.restyled += 1
        return replace(make_creation(red=0.9), character=creation.character, measured=creation.measured)

    def edit(self, creation, character, settings):
        self.edited += 1
        return replace(creation, character=character)


@pytest.fixture
def studio() -> OneShotStudio:
    go_on = threading.Event()
    go_on.set()
    return OneShotStudio(threading.Event(), go_on)


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    house = Sessions()
    yield house
    house.close()


@pytest.fixture
def visitor(sessions: Sessions) -> Visitor:
    return sessions.open()


@pytest.fixture
def models(studio) -> Models:
    models = Models(lambda: studio)
    models.start()
    return models


@pytest.fixture
def browser(router: APIRouter) -> Iterator[TestClient]:
    """A client of the routes that a test's own fixture ``router`` brings."""
    app = FastAPI()
    app.include_router(router)
    with TestClient(app, base_url="http://127.0.0.1:7860") as client:
        yield client
