from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter

from core.errors import MissingWeights
from core.nets.lpips import LPIPS, Backbone, load_lpips
from core.weights.catalogue import weights_named
from core.weights.store import missing_files, weights_folder
from tests.conftest import CHECKPOINTS, EXAMPLES, PERSON

FOLDERS = {"alexnet": weights_folder(weights_named("lpips"), CHECKPOINTS)}
FOLDERS["vgg16"] = weights_folder(weights_named("lpips-vgg16"), CHECKPOINTS)


@pytest.fixture(scope="module", params=["alexnet", "vgg16"])
def lpips(request: pytest.FixtureRequest) -> LPIPS:
    """With the weights that people's judgements gave it; skipped where they were not fetched."""
    name = "lpips" if request.param == "alexnet" else "lpips-vgg16"
    if missing_files(weights_named(name), FOLDERS[request.param]):
        pytest.skip(f"the weights {name} are not here")
    return load_lpips(FOLDERS[request.param], request.param)


def untrained(backbone: Backbone = "alexnet") -> LPIPS:
    torch.manual_seed(0)
    return LPIPS(backbone)


def face(name: str, blur: float = 0.0, side: int = 128) -> torch.Tensor:
    picture = Image.open(EXAMPLES[name]).convert("RGB").resize((side, side)).filter(ImageFilter.GaussianBlur(blur))
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255


@pytest.mark.parametrize("backbone", ["alexnet", "vgg16"])
def test_it_is_a_distance_for_each_pair(backbone: Backbone) -> None:
    network = untrained(backbone)
    first, second = torch.rand(2, 3, 3, 64, 48, generator=torch.Generator().manual_seed(0))
    second[1] = first[1]
    distance = network(first, second)
    assert distance.shape == (3,) and distance[1] == 0 and distance[0] > 0 and distance[2] > 0
    torch.testing.assert_close(distance, network(second, first))
    # A pair's distance is its own, whoever else is in the batch.
    torch.testing.assert_close(distance[2:], network(first[2:], second[2:]))


def test_gradients_reach_the_picture_and_nothing_else() -> None:
    """Along the gradient the distance grows as fast as the gradient is long."""
    network = untrained().double()
    generator = torch.Generator().manual_seed(0)
    image, target = torch.rand(2, 1, 3, 48, 48, generator=generator, dtype=torch.float64)
    image.requires_grad_()
    network(image, target).sum().backward()
    assert image.grad is not None and all(parameter.grad is None for parameter in network.parameters())
    length = image.grad.norm()
    step = 1e-4 * image.grad / length
    with torch.no_grad():
        slope = (network(image + step, target) - network(image - step, target)) / 2e-4
    assert float(slope) == pytest.approx(float(length), rel=1e-3)


def test_a_black_picture_has_finite_gradients() -> None:
    network = untrained()
    for stage in network.stages:
        for layer in stage.modules():
            if isinstance(layer, torch.nn.Conv2d) and layer.bias is not None:
                layer.bias.fill_(-100)
    image = torch.zeros(1, 3, 64, 64, requires_grad=True)
    network(image, torch.ones(1, 3, 64, 64)).sum().backward()
    assert image.grad is not None and image.grad.isfinite().all()


def test_distortions_are_ordered_as_people_see_them(lpips: LPIPS) -> None:
    """Nothing, a little darker, slightly noisy, plainly noisy, another person; and a little blur before much."""
    own, other = face(PERSON), face("beard")
    noise = torch.randn(own.shape, generator=torch.Generator().manual_seed(0))
    worse = [own, own * 0.95, (own + 0.02 * noise).clip(0, 1), (own + 0.05 * noise).clip(0, 1), other]
    distances = [float(lpips(own, picture)) for picture in worse]
    assert distances[0] == 0 and distances == sorted(distances) and distances[-1] < 1
    blurs = [float(lpips(own, face(PERSON, blur))) for blur in (0.5, 1, 2, 4)]
    assert blurs == sorted(blurs) and float(lpips(own, own.roll(1, 3))) < distances[-1] / 2


def test_importances_are_those_that_were_fitted(lpips: LPIPS) -> None:
    """Fitted under the constraint that none is negative; many are nothing, no stage's are all nothing."""
    for importance in lpips.importances:
        assert importance.min() >= 0 and importance.max() > 0.1


def test_what_lacks_or_is_damaged_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match=r"lpips are missing .*10 MB\); run: .* weights fetch lpips$"):
        load_lpips(tmp_path)
    (tmp_path / "vgg16.ckpt").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(MissingWeights, match=r"damaged; delete it and run: .* weights fetch lpips-vgg16$"):
        load_lpips(tmp_path, "vgg16")


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32 px"):
        untrained()(torch.zeros(1, 3, 64, 31), torch.zeros(1, 3, 64, 31))
    smallest = torch.rand(1, 3, 32, 32)
    assert untrained()(smallest, smallest * 0.5).isfinite().all()
