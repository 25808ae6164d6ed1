import numpy as np
import torch

from core.camera import project
from core.canonical.frame import front_camera
from core.gaussians import LOG_SCALE, LOGIT, MEAN, QUAT, from_columns, to_columns
from core.nets.generator import CHANNELS, COLOR, OPACITY, SHIFT
from core.nets.layered_gaussians import at_seats, moved, sheet_splats, sheets, to_parts, wall_places
from tests.conftest import random_gaussians

SIDE = 16


def test_residuals_between_the_layers_are_between_theirs() -> None:
    maps = torch.zeros(2, 3, SIDE, SIDE)
    maps[0], maps[1] = torch.arange(SIDE).float(), 100.0
    pixel = torch.tensor([[4.5, 8.5], [5.0, 2.0], [4.5, 8.5]])
    found = at_seats(maps, pixel, torch.tensor([0.0, 0.0, 0.25]))
    np.testing.assert_allclose(found[:, 0], (4.0, 4.5, 4 + 0.25 * 96), atol=1e-4)


def test_no_residuals_change_nothing_and_parts_are_those_of_the_columns() -> None:
    splats = random_gaussians(20)
    rows = torch.from_numpy(to_columns(splats))
    same = moved(rows, torch.zeros(20, CHANNELS))
    torch.testing.assert_close(same, rows, atol=1e-5, rtol=1e-5)
    again = from_columns(same.numpy())
    for part, own in zip(
        to_parts(same), (again.means, again.quats, again.scales, again.opacities, again.colors), strict=True
    ):
        np.testing.assert_allclose(part, own, atol=1e-4)


def test_each_residual_moves_what_it_is_named_for() -> None:
    rows = torch.from_numpy(to_columns(random_gaussians(5)))
    residuals = torch.zeros(5, CHANNELS)
    residuals[:, SHIFT], residuals[:, OPACITY], residuals[:, COLOR] = 1.0, -2.0, 0.1
    after = moved(rows, residuals)
    torch.testing.assert_close(after[:, MEAN], rows[:, MEAN] + 1)
    torch.testing.assert_close(after[:, LOGIT], rows[:, LOGIT] - 2)
    torch.testing.assert_close(to_parts(after)[4], to_parts(rows)[4] + 0.1, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(after[:, LOG_SCALE], rows[:, LOG_SCALE])
    torch.testing.assert_close(after[:, QUAT], rows[:, QUAT], atol=1e-5, rtol=1e-5)


def test_what_the_picture_shows_beside_the_template_gets_two_sheets_joined_at_the_outline() -> None:
    camera = front_camera(SIDE)
    depth = np.stack([np.full((SIDE, SIDE), 98, np.float32), np.full((SIDE, SIDE), 102, np.float32)])
    color = np.full((2, 3, SIDE, SIDE), 0.3, np.float32)
    picture, template = np.zeros((SIDE, SIDE), np.float32), np.zeros((SIDE, SIDE), np.float32)
    picture[2:12, 2:12], template[6:12, 2:12] = 1, 1
    sheet = sheets(camera, depth, color, picture, template)
    assert len(sheet.pixels) == 4 * 10 and len(sheet.edge) == 10 + 3 + 3
    made = from_columns(sheet_splats(sheet, torch.zeros(2, CHANNELS, SIDE, SIDE)).numpy())
    front, back, wall = made.means[:40], made.means[40:80], made.means[80:]
    places = project(made.means[:80], camera).reshape(2, 40, 2)
    wanted = np.stack([sheet.pixels % SIDE, sheet.pixels // SIDE], 1) + 0.5
    np.testing.assert_allclose(places[0], wanted, atol=0.02)
    np.testing.assert_allclose(places[1], wanted, atol=0.02)
    assert np.allclose(front[:, 2] - back[:, 2], 4, atol=0.01)
    assert len(wall) > 100 and (wall[:, 2] < front[0, 2]).all() and (wall[:, 2] > back[0, 2]).all()
    np.testing.assert_allclose(made.colors, 0.3, atol=1e-4)


def test_walls_are_as_dense_as_their_gap_is_wide() -> None:
    empty = sheets(front_camera(4), *(np.zeros(s, np.float32) for s in ((2, 4, 4), (2, 3, 4, 4), (4, 4), (4, 4))))
    rows, share = wall_places(empty, np.array((0.1, 0.9, 0.5), np.float32))
    assert rows.tolist() == [1, 1, 2]
    np.testing.assert_allclose(share, (1 / 3, 2 / 3, 1 / 2))
