import subprocess
import sys
import threading
from dataclasses import replace

import numba
import numpy as np
import pytest

from core.camera import HEAD_CENTRE_CM, Camera, orbit, project
from core.gaussians import Gaussians, concatenate
from core.render.drawing import Kind
from core.render.splats import render
from tests.conftest import ROOT
from tests.core.render.oracle import all_pixels, expect, psnr
from tests.core.render.scenes import head_scene, one_splat, random_scene


def test_single_splat_is_its_closed_form() -> None:
    camera = orbit(size=64, distance_cm=110.0)
    splat = one_splat(means=np.array([HEAD_CENTRE_CM], np.float32))
    picture = render(splat, camera)
    # In the middle of the picture the ellipse is a circle: (focal * scale / distance)^2, plus the blur.
    variance = (camera.K[0, 0] * 1.5 / 110) ** 2 + 0.3
    y, x = np.mgrid[:64, :64] + 0.5
    alpha = 0.8 * np.exp(-0.5 * ((x - 32) ** 2 + (y - 32) ** 2) / variance)
    alpha[alpha < 1 / 255] = 0
    np.testing.assert_allclose(picture.alpha, alpha, atol=2e-5)
    np.testing.assert_allclose(picture.color, alpha[..., None] * splat.colors[0], atol=2e-5)
    np.testing.assert_allclose(picture.depth, np.where(alpha > 0, 110, 0), rtol=1e-3)


SCENES = {
    "ordinary": (random_scene(400), orbit(20.0, 10.0, size=96)),
    "crosses the border": (random_scene(400, 1, spread_cm=25), orbit(size=80)),
    "odd size": (random_scene(300, 2), replace(orbit(-70.0, size=96), width=70, height=45)),
    "wide picture, large tiles": (random_scene(200, 3), replace(orbit(size=64, fov_deg=40.0), width=400)),
    "tiny splats": (random_scene(500, 4, scale_cm=0.01), orbit(size=64)),
    "huge splats": (random_scene(200, 5, scale_cm=30), orbit(size=64)),
    "needles": (
        replace(random_scene(300, 6), scales=np.tile(np.array([9, 0.003, 0.003], np.float32), (300, 1))),
        orbit(33.0, size=96),
    ),
    "camera inside": (
        random_scene(300, 7, spread_cm=40, scale_cm=3),
        orbit(15.0, 5.0, size=64, distance_cm=3.0, fov_deg=60.0),
    ),
    "zero scale": (random_scene(100, 8, scale_cm=0), orbit(size=64)),
}


@pytest.mark.parametrize("kind", ["ellipsoid", "surfel"])
@pytest.mark.parametrize("name", SCENES)
def test_matches_brute_force_in_float64(name: str, kind: Kind) -> None:
    gaussians, camera = SCENES[name]
    picture, expected = render(gaussians, camera, kind=kind, normals=True), expect(gaussians, camera, kind)
    assert expected.alpha.max() > 0.05, "the scene is empty and would prove nothing"
    assert picture.normals is not None
    assert psnr(picture.color, expected.color) > 75
    assert psnr(picture.alpha, expected.alpha) > 75
    assert psnr(picture.normals, expected.normals) > 75
    solid, depth = expected.alpha.numpy() > 0.1, expected.depth.numpy()
    np.testing.assert_allclose(picture.depth[solid], depth[solid], rtol=0.02)
    assert np.abs(picture.depth[solid] / depth[solid] - 1).mean() < 1e-4


@pytest.mark.parametrize("kind", ["ellipsoid", "surfel"])
def test_a_head_of_full_size_matches_at_any_pixel(kind: Kind) -> None:
    gaussians, camera = head_scene(40_000), orbit(25.0, -10.0)
    picture = render(gaussians, camera, kind=kind, normals=True)
    assert picture.normals is not None
    chosen = np.random.default_rng(0).choice(512 * 512, 60, replace=False)
    expected = expect(gaussians, camera, kind, all_pixels(camera)[chosen])
    assert 0.3 < expected.alpha.mean() < 0.9, "the pixels miss the head, or its background"
    assert psnr(picture.color.reshape(-1, 3)[chosen], expected.color) > 60
    assert psnr(picture.alpha.ravel()[chosen], expected.alpha) > 60
    assert psnr(picture.normals.reshape(-1, 3)[chosen], expected.normals) > 60
    np.testing.assert_allclose(picture.depth.ravel()[chosen], expected.depth, rtol=1e-3)


@pytest.mark.parametrize("tilt_deg", [0.0, 60.0, 85.0])
def test_single_surfel_is_where_the_line_of_sight_meets_its_plane(tilt_deg: float) -> None:
    camera = orbit(size=64, distance_cm=20.0, fov_deg=40.0, target_cm=(0.0, 0.0, 0.0))
    half = np.radians(tilt_deg) / 2
    splat = one_splat(
        means=np.zeros((1, 3), np.float32),
        quats=np.array([[np.cos(half), np.sin(half), 0, 0]], np.float32),
        scales=np.array([[1.2, 2.0, 5.0]], np.float32),
    )
    y, x = np.mgrid[:64, :64] + 0.5
    # A point of the picture in the head frame is on the way from the camera at z = 20 along ray.
    ray = np.stack([(x - 32) / camera.K[0, 0], -(y - 32) / camera.K[1, 1], -np.ones_like(x)], -1)
    normal = np.array([0, -np.sin(2 * half), np.cos(2 * half)])
    meets = np.array([0, 0, 20]) + ray * (-20 * normal[2] / (ray @ normal))[..., None]
    along = meets @ np.array([0, np.cos(2 * half), np.sin(2 * half)])
    disc, spot = (meets[..., 0] / 1.2) ** 2 + (along / 2) ** 2, 2 * ((x - 32) ** 2 + (y - 32) ** 2)
    alpha = 0.8 * np.exp(-0.5 * np.minimum(disc, spot))
    alpha[alpha < 1 / 255] = 0
    picture = render(splat, camera, kind="surfel", normals=True)
    np.testing.assert_allclose(picture.alpha, alpha, atol=2e-5)
    np.testing.assert_allclose(picture.normals, alpha[..., None] * normal, atol=2e-5)


def test_normals_face_the_camera() -> None:
    camera = orbit(40.0, 20.0, size=64)
    front, back = one_splat(), one_splat(quats=np.array([[0, 1, 0, 0]], np.float32))  # turned over
    first, second = render(front, camera, normals=True), render(back, camera, normals=True)
    assert first.normals is not None and second.normals is not None and first.alpha.max() > 0.5
    np.testing.assert_allclose(first.normals, first.alpha[..., None] * np.float32([0, 0, 1]), atol=1e-6)
    np.testing.assert_allclose(second.normals, first.normals, atol=1e-6)
    assert render(front, camera).normals is None


def test_a_surfel_that_reaches_behind_the_camera_is_left_out() -> None:
    camera = orbit(size=32, distance_cm=5.0, target_cm=(0.0, 0.0, 0.0))
    lying = np.array([[np.sqrt(0.5), np.sqrt(0.5), 0, 0]], np.float32)
    means, sizes = np.array([[0, -0.5, 0]], np.float32), np.full((2, 1, 3), 1.0, np.float32)
    sizes[1] *= 3
    assert render(one_splat(means=means, quats=lying, scales=sizes[0]), camera, kind="surfel").alpha.max() > 0.1
    assert not render(one_splat(means=means, quats=lying, scales=sizes[1]), camera, kind="surfel").alpha.any()


@pytest.mark.parametrize(
    "gaussians",
    [
        random_scene(0),
        one_splat(means=np.array([[0, 0, 500]], np.float32)),  # behind the camera
        one_splat(means=np.array([[300, 0, 0]], np.float32)),  # beside the picture
        one_splat(opacities=np.array([1 / 256], np.float32)),
        one_splat(means=np.array([[0, np.nan, 0]], np.float32)),
        one_splat(scales=np.array([[np.inf, 1, 1]], np.float32)),
        one_splat(quats=np.zeros((1, 4), np.float32)),
        one_splat(opacities=np.array([np.nan], np.float32)),
        one_splat(colors=np.array([[0, np.nan, 0]], np.float32)),
    ],
    ids=["none", "behind", "beside", "transparent", "nan mean", "inf scale", "zero quat", "nan opacity", "nan colour"],
)
@pytest.mark.parametrize("kind", ["ellipsoid", "surfel"])
def test_nothing_to_see_is_empty_and_harms_no_neighbour(gaussians: Gaussians, kind: Kind) -> None:
    camera = orbit(size=40)
    empty = render(gaussians, camera, kind=kind, normals=True)
    assert all(not picture.any() for picture in vars(empty).values())
    alone = render(one_splat(), camera, kind=kind)
    together = render(concatenate([gaussians, one_splat()]), camera, kind=kind)
    np.testing.assert_array_equal(alone.color, together.color)


def test_background_shows_by_what_alpha_leaves() -> None:
    picture = render(random_scene(200), orbit(size=64))
    background = np.array([0.2, 0.4, 0.9], np.float32)
    expected = picture.color + (1 - picture.alpha[..., None]) * background
    np.testing.assert_allclose(picture.over((0.2, 0.4, 0.9)), expected, atol=1e-6)
    np.testing.assert_array_equal(picture.over((0.0, 0.0, 0.0)), picture.color)


def test_a_splat_of_the_background_colour_vanishes_over_it() -> None:
    colors = np.tile(np.array([0.3, 0.6, 0.2], np.float32), (300, 1))
    picture = render(replace(random_scene(300), colors=colors), orbit(size=64))
    np.testing.assert_allclose(picture.over((0.3, 0.6, 0.2)), np.broadcast_to(colors[0], (64, 64, 3)), atol=2e-5)


def test_rgba8_has_straight_alpha() -> None:
    picture = render(one_splat(), orbit(size=64))
    rgba = picture.to_rgba8()
    seen = rgba[..., 3] > 20
    np.testing.assert_allclose(rgba[seen][:, :3] / 255, np.broadcast_to([0.9, 0.5, 0.1], (seen.sum(), 3)), atol=0.004)
    np.testing.assert_allclose(rgba[..., 3] / 255, picture.alpha, atol=0.5 / 255 + 1e-6)
    assert (rgba[0, 0] == 0).all()


def wall(z_cm: float, count: int = 60) -> Gaussians:
    y, x = np.meshgrid(*[np.linspace(-15, 15, count)] * 2, indexing="ij")
    n = x.size
    return Gaussians(
        means=np.stack([x.ravel(), y.ravel(), np.full(n, z_cm)], 1).astype(np.float32),
        quats=np.tile(np.array([1, 0, 0, 0], np.float32), (n, 1)),
        scales=np.tile(np.array([0.5, 0.5, 1e-3], np.float32), (n, 1)),
        opacities=np.full(n, 0.99, np.float32),
        colors=np.full((n, 3), z_cm > 0, np.float32),
    )


def test_wall_is_opaque_at_its_distance_and_hides_what_is_behind() -> None:
    camera = orbit(size=64, distance_cm=110.0, target_cm=(0.0, 0.0, 0.0), fov_deg=10.0)
    front, both = render(wall(2), camera), render(concatenate([wall(-4), wall(2)]), camera)
    assert front.alpha.min() > 0.999
    np.testing.assert_allclose(front.depth, 108, rtol=1e-4)
    np.testing.assert_allclose(both.color, 1, atol=1e-3)
    np.testing.assert_allclose(both.depth, 108, rtol=1e-4)


def test_same_scene_same_bits_on_any_number_of_threads() -> None:
    gaussians, camera = random_scene(2000, 9), orbit(size=400)
    first = render(gaussians, camera)
    threads = numba.get_num_threads()
    try:
        for count in {1, threads}:
            numba.set_num_threads(count)
            again = render(gaussians, camera)
            for a, b in zip(vars(first).values(), vars(again).values(), strict=True):
                np.testing.assert_array_equal(a, b)
    finally:
        numba.set_num_threads(threads)


def test_order_of_the_splats_does_not_matter() -> None:
    gaussians, camera = random_scene(500, 10), orbit(size=64)
    assert len(np.unique(gaussians.means @ camera.world_to_camera[2, :3])) == 500
    shuffled = gaussians.select(np.random.default_rng(0).permutation(500))
    np.testing.assert_allclose(render(shuffled, camera).color, render(gaussians, camera).color, atol=1e-5)


def test_threads_may_draw_at_once() -> None:
    gaussians, camera = random_scene(300, 11), orbit(size=64)
    expected, pictures = render(gaussians, camera), []
    workers = [threading.Thread(target=lambda: pictures.append(render(gaussians, camera))) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(pictures) == 4
    for picture in pictures:
        np.testing.assert_array_equal(picture.color, expected.color)


def test_a_splat_lands_where_the_camera_projects_its_centre() -> None:
    camera = orbit(25.0, -15.0, size=128)
    splat = one_splat(means=np.array([[4, 6, -2]], np.float32))
    alpha = render(splat, camera).alpha
    y, x = np.mgrid[:128, :128] + 0.5
    centre = np.array([(x * alpha).sum(), (y * alpha).sum()]) / alpha.sum()
    np.testing.assert_allclose(centre, project(splat.means, camera)[0], atol=0.02)


def test_memory_layout_and_precision_of_the_input_do_not_matter() -> None:
    gaussians, camera = random_scene(100, 12), orbit(size=48)
    strided = Gaussians(*(np.repeat(part, 2, axis=0)[::2] for part in vars(gaussians).values()))
    np.testing.assert_array_equal(render(strided, camera).color, render(gaussians, camera).color)


@pytest.mark.parametrize(
    "broken",
    [
        replace(orbit(size=8), width=0),
        replace(orbit(size=8), K=np.array([[9, 1, 4], [0, 9, 4], [0, 0, 1]], np.float32)),
        replace(orbit(size=8), K=np.array([[-9, 0, 4], [0, 9, 4], [0, 0, 1]], np.float32)),
    ],
    ids=["empty picture", "skew", "negative focal length"],
)
def test_refuses_cameras_it_cannot_draw(broken: Camera) -> None:
    with pytest.raises(ValueError):
        render(one_splat(), broken)


def test_warm_up_compiles_what_the_app_uses() -> None:
    """In a process of its own: here the other tests have compiled everything."""
    code = """
import numpy as np
from core.camera import orbit
from core.render import mesh, project, raster, splats, tiles
from tests.core.render.scenes import random_scene
kernels = (mesh._fill, project.project, tiles._visit, raster.composite_ellipses)
splats.warm_up()
print(*(len(kernel.signatures) for kernel in kernels))
splats.render(random_scene(50), orbit(size=48))
splats.render(random_scene(50), orbit(size=400))
mesh.rasterize(np.zeros((3, 3)), np.zeros((1, 3), np.int64), 9, 7)
print(*(len(kernel.signatures) for kernel in kernels), len(raster.composite_surfels.signatures))
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["1 1 1 1", "1 1 1 1 0"]
