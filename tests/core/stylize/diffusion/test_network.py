"""The real pipeline of diffusers on tiny random parts: what the sliders, the words and the seed do."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from core.errors import Cancelled, MissingExtra, MissingWeights, NotEnoughMemory
from core.stylize.controls import StyleControls
from core.stylize.diffusion import readiness
from core.stylize.diffusion.network import LCM_STEPS, STEPS, Diffusion, load_diffusion
from tests.core.stylize.diffusion.tiny import save_tiny_lora

MIDDLE = StyleControls()


def paint(network: Diffusion, primary: np.ndarray, selfie: np.ndarray, controls: StyleControls = MIDDLE, **other):
    return network.paint(primary, selfie, other.pop("prompt", "alien"), controls, size=64, **other)


def change(a: np.ndarray, b: np.ndarray) -> float:
    """Mean difference in grey levels."""
    return float(np.abs(a.astype(float) - b.astype(float)).mean())


@pytest.fixture(scope="module")
def painted(network: Diffusion, primary: np.ndarray, selfie: np.ndarray) -> np.ndarray:
    return paint(network, primary, selfie)


def test_the_same_numbers_give_the_same_picture(
    network: Diffusion, primary: np.ndarray, selfie: np.ndarray, painted: np.ndarray
) -> None:
    assert painted.shape == primary.shape and painted.dtype == np.uint8
    np.testing.assert_array_equal(paint(network, primary, selfie), painted)


@pytest.mark.parametrize(
    "other",
    [
        {"controls": StyleControls(strength=0.8)},
        {"controls": StyleControls(strength=0.2)},
        {"controls": StyleControls(edges=0.9)},
        {"controls": StyleControls(edges=0.0)},
        {"controls": StyleControls(identity=0.9)},
        {"controls": StyleControls(identity=0.0)},
        {"seed": 1},
        {"prompt": "robot"},
        {"negative": "green"},
    ],
    ids=str,
)
def test_every_control_changes_the_picture(
    network: Diffusion, primary: np.ndarray, selfie: np.ndarray, painted: np.ndarray, other: dict
) -> None:
    assert change(paint(network, primary, selfie, **other), painted) > 1


def test_the_selfie_and_the_edges_matter_only_by_their_sliders(
    network: Diffusion, primary: np.ndarray, selfie: np.ndarray
) -> None:
    for identity, differs in ((0.0, False), (0.9, True)):
        controls = StyleControls(identity=identity)
        one, other = (paint(network, primary, photo, controls) for photo in (selfie, 255 - selfie))
        assert (change(one, other) > 0.5) == differs


def test_strength_zero_is_the_primary_itself(network: Diffusion, primary: np.ndarray, selfie: np.ndarray) -> None:
    assert paint(network, primary, selfie, StyleControls(strength=0.0)) is primary


@pytest.mark.parametrize("strength", [0.01, 0.3, 0.5, 0.95, 1.0])
def test_ten_steps_are_done_at_every_strength(
    network: Diffusion, primary: np.ndarray, selfie: np.ndarray, strength: float
) -> None:
    told: list[float] = []
    paint(network, primary, selfie, StyleControls(strength=strength), progress=told.append)
    assert told == pytest.approx([(k + 1) / STEPS for k in range(STEPS)])


def test_it_can_be_stopped_between_steps(network: Diffusion, primary: np.ndarray, selfie: np.ndarray) -> None:
    def stop(share: float) -> None:
        raise Cancelled("Stopped.")

    with pytest.raises(Cancelled):
        paint(network, primary, selfie, progress=stop)


@pytest.mark.parametrize(
    "error", [RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), MemoryError(), RuntimeError("a bug")]
)
def test_only_lack_of_memory_is_told_as_such(
    network: Diffusion,
    primary: np.ndarray,
    selfie: np.ndarray,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(network._pipe.unet, "forward", fail)
    expected = RuntimeError if "bug" in str(error) else NotEnoughMemory
    with pytest.raises(expected):
        paint(network, primary, selfie)


def test_with_the_lcm_lora_four_steps_do(
    tiny_parts: Path, tmp_path: Path, primary: np.ndarray, selfie: np.ndarray, painted: np.ndarray
) -> None:
    pytest.importorskip("peft", reason="peft is not installed: pip install -e '.[diffusion]'")
    folder = tmp_path / "sd15"
    shutil.copytree(tiny_parts, folder)
    save_tiny_lora(folder)
    fast = load_diffusion(folder, "cpu")
    for strength in (0.02, 0.5, 1.0):
        told: list[float] = []
        picture = paint(fast, primary, selfie, StyleControls(strength=strength), progress=told.append)
        assert len(told) == (LCM_STEPS if strength > 0.1 else 1) and told[-1] == 1
        assert change(picture, painted) > 1


def test_missing_weights_give_one_sentence_with_the_command(tmp_path: Path, tiny_parts: Path) -> None:
    sentence = (
        r"^The weights sd15 are missing in .* \(15 of 15 files, 5\.5 GB\); run: python launch\.py weights fetch sd15$"
    )
    with pytest.raises(MissingWeights, match=sentence):
        load_diffusion(tmp_path, "cpu")
    folder = tmp_path / "sd15"
    shutil.copytree(tiny_parts, folder)
    (folder / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"\x10" * 64)
    with pytest.raises(MissingWeights, match=r"cannot be loaded .*; run: python launch\.py weights verify sd15$"):
        load_diffusion(folder, "cpu")


@pytest.mark.parametrize("name", ["text_encoder/model", "unet/diffusion_pytorch_model"])
def test_no_part_is_left_to_chance(tmp_path: Path, tiny_parts: Path, name: str) -> None:
    """The libraries give tensors that lack random numbers and go on."""
    folder = tmp_path / "sd15"
    shutil.copytree(tiny_parts, folder)
    file = folder / f"{name}.safetensors"
    tensors = load_file(file)
    tensors.pop(next(name for name in tensors if name.endswith("weight")))
    save_file(tensors, file, {"format": "pt"})
    with pytest.raises(MissingWeights, match="cannot be loaded"):
        load_diffusion(folder, "cpu")


def test_a_missing_package_gives_one_sentence_with_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_PACKAGES", ("no_such_package",))
    with pytest.raises(MissingExtra, match=r"needs no_such_package; run: pip install -e '\.\[diffusion\]'$"):
        load_diffusion(tmp_path, "cpu")
