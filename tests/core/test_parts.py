"""The face parser: its file, its laws, its shipped weights, and how it is trained."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.errors import InvalidRequest, MissingWeights
from core.face.parts import (
    FACE_PARTS,
    TINY_PARSER,
    FaceParser,
    ParserConfig,
    fold_norms,
    load_parser,
    parse_face,
    save_parser,
)
from core.train.loop import LoopConfig
from core.train.parser import ParserTraining, measure, parser_loss, train_parser
from core.train.parser_augment import augment

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests/data/parser"
WEIGHTS = ROOT / "checkpoints/face_parser.safetensors"


def tiny_parser(seed: int = 0) -> FaceParser:
    """Random weights and, so that folding has something to do, random statistics."""
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    parser = FaceParser(TINY_PARSER).eval()
    for name, value in parser.state_dict().items():
        if name.endswith("running_mean"):
            value.copy_(torch.randn(value.shape, generator=generator) * 0.2)
        if name.endswith("running_var"):
            value.copy_(torch.rand(value.shape, generator=generator) + 0.5)
    return parser


def portrait(name: str) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(Image.open(DATA / f"{name}.jpg")), np.asarray(Image.open(DATA / f"{name}.png"))


def picture(size: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)


def overlap(found: np.ndarray, truth: np.ndarray, part: str) -> float:
    a, b = found == FACE_PARTS.index(part), truth == FACE_PARTS.index(part)
    return (a & b).sum() / max(1, (a | b).sum())


@pytest.fixture(scope="module")
def trained() -> FaceParser:
    return load_parser(WEIGHTS)


def test_a_saved_parser_comes_back_the_same(tmp_path: Path):
    parser = tiny_parser()
    save_parser(parser, tmp_path / "p.safetensors")
    loaded = load_parser(tmp_path / "p.safetensors")
    assert loaded.config == TINY_PARSER
    assert not loaded.training
    image = picture(64)
    pixels = torch.from_numpy(image).permute(2, 0, 1)[None].float() / 127.5 - 1
    with torch.inference_mode():
        before, after = (network(pixels).softmax(1) for network in (parser, loaded))
    assert (before - after).abs().max() < 0.01


def test_folding_changes_no_output():
    image = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    parser = tiny_parser()
    with torch.inference_mode():
        before = parser(image)
        after = fold_norms(parser)(image)
    assert before.std() > 0.01
    torch.testing.assert_close(after, before, rtol=1e-4, atol=1e-5)


def test_bad_files_are_explained(tmp_path: Path):
    with pytest.raises(MissingWeights, match="missing"):
        load_parser(tmp_path / "absent.safetensors")
    (tmp_path / "junk.safetensors").write_bytes(b"not a safetensors file at all")
    with pytest.raises(MissingWeights, match="cannot be read"):
        load_parser(tmp_path / "junk.safetensors")
    whole = tmp_path / "whole.safetensors"
    save_parser(tiny_parser(), whole)
    (tmp_path / "cut.safetensors").write_bytes(whole.read_bytes()[:-100])
    with pytest.raises(MissingWeights, match="cannot be read"):
        load_parser(tmp_path / "cut.safetensors")
    other = ParserConfig(size=64, widths=(8, 8, 16, 16), bottom_blocks=1, parts=("nothing", "something"))
    save_parser(FaceParser(other), tmp_path / "other.safetensors")
    with pytest.raises(MissingWeights, match="other face parts"):
        load_parser(tmp_path / "other.safetensors")


@pytest.mark.parametrize("size", [64, 100, 192])
def test_labels_have_the_pictures_size(size: int):
    parser, image = tiny_parser(), picture(size)
    labels = parse_face(parser, image)
    assert labels.shape == (size, size) and labels.dtype == np.uint8
    assert labels.max() < len(FACE_PARTS)


def test_an_oblong_picture_is_refused():
    with pytest.raises(ValueError, match="square"):
        parse_face(tiny_parser(), np.zeros((64, 80, 3), np.uint8))


def test_the_shipped_file_is_small_and_its_card_fits(trained: FaceParser):
    assert WEIGHTS.stat().st_size < 6_000_000
    card = json.loads((ROOT / "checkpoints/face_parser.json").read_text())
    assert tuple(card["training"]["parser"]["parts"]) == FACE_PARTS
    assert card["training"]["parser"]["size"] == trained.config.size == 256
    assert card["held_out"]["mean"] > 0.85


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("hat", {"skin": 0.93, "headwear": 0.92, "hair": 0.9, "lips": 0.82, "brows": 0.65, "eyes": 0.7}),
        ("glasses", {"skin": 0.88, "glasses": 0.58, "hair": 0.9, "lips": 0.75, "ears": 0.75, "neck": 0.8}),
    ],
)
def test_shipped_weights_find_the_parts(trained: FaceParser, name: str, parts: dict[str, float]):
    image, truth = portrait(name)
    found = parse_face(trained, image)
    scores = {part: overlap(found, truth, part) for part in parts}
    assert all(scores[part] > bound for part, bound in parts.items()), scores


@pytest.mark.parametrize("name", ["hat", "glasses"])
def test_a_mirrored_portrait_gives_mirrored_labels(trained: FaceParser, name: str):
    image, _ = portrait(name)
    labels = parse_face(trained, image)
    mirrored = parse_face(trained, np.ascontiguousarray(image[:, ::-1]))[:, ::-1]
    assert (labels == mirrored).mean() > 0.96


def test_more_pixels_give_the_same_parts(trained: FaceParser):
    image, _ = portrait("hat")
    large = np.asarray(Image.fromarray(image).resize((512, 512), Image.Resampling.BICUBIC))
    assert (parse_face(trained, large)[::2, ::2] == parse_face(trained, image)).mean() > 0.98


def test_parsing_leaves_torch_as_it_was(trained: FaceParser):
    threads = torch.get_num_threads()
    parse_face(trained, portrait("hat")[0])
    assert torch.get_num_threads() == threads
    assert not torch.is_inference_mode_enabled()


def test_the_loss_is_cross_entropy_plus_dice():
    generator = torch.Generator().manual_seed(3)
    logits = torch.randn(2, 4, 8, 8, generator=generator)
    labels = torch.randint(0, 3, (2, 8, 8), generator=generator)  # part 3 is absent: it must not count
    weights = torch.tensor([1.0, 2.0, 0.5, 3.0])
    entropy = torch.nn.functional.cross_entropy(logits, labels, weights)
    probabilities, truth = logits.softmax(1), torch.nn.functional.one_hot(labels, 4).movedim(3, 1)
    shared, total = (probabilities * truth).sum((0, 2, 3)), (probabilities + truth).sum((0, 2, 3))
    dice = ((2 * shared + 1) / (total + 1))[:3].mean()
    torch.testing.assert_close(parser_loss(logits, labels, weights, 0.5), entropy + 0.5 * (1 - dice))


def test_augmentation_moves_picture_and_labels_together():
    """A bright square labelled headwear stays bright where, and only where, its label is."""
    image, label = np.full((96, 96, 3), 40, np.uint8), np.ones((96, 96), np.uint8)
    image[20:60, 30:70], label[20:60, 30:70] = 220, FACE_PARTS.index("headwear")
    moved = 0
    for seed in range(12):
        shown, parts = augment(image, label, image, np.random.default_rng(seed))
        assert shown.shape == image.shape and shown.dtype == parts.dtype == np.uint8
        inside = parts == FACE_PARTS.index("headwear")
        grey = shown.mean(2)
        bright = grey > (np.median(grey[inside]) + np.median(grey[parts == 1])) / 2
        # A patch, side light or black border may spoil some pixels, not most.
        assert (bright == inside).mean() > 0.9, seed
        moved += not np.array_equal(parts, label)
    assert moved == 12


def write_portraits(folder: Path, count: int) -> tuple[Path, Path]:
    """Faces as a crude teacher would have them: a skin-coloured disc on blue."""
    faces, labels = folder / "faces", folder / "labels"
    faces.mkdir()
    labels.mkdir()
    y, x = np.mgrid[:64, :64]
    for i in range(count):
        disc = (x - 26 - i) ** 2 + (y - 32) ** 2 < 400
        Image.fromarray(np.where(disc[..., None], (220, 170, 140), (20, 40, 200)).astype(np.uint8)).save(
            faces / f"{i}.jpg"
        )
        Image.fromarray(disc.astype(np.uint8)).save(labels / f"{i}.png")
    return faces, labels


def test_training_learns_and_writes_what_the_app_loads(tmp_path: Path):
    faces, labels = write_portraits(tmp_path, 8)
    schedule = LoopConfig(rate=0.01, weight_decay=1e-3, clip=2.0, steps=70, log_every=10)
    config = ParserTraining(parser=TINY_PARSER, held_out=2, loop=schedule, batch=4, bfloat16=False)
    scores = train_parser(faces, labels, tmp_path / "out", 2.0, config=config)
    assert scores["mean"] > 0.6
    loaded = load_parser(tmp_path / "out/face_parser.safetensors")
    pairs = [(faces / f"{i}.jpg", labels / f"{i}.png") for i in (6, 7)]
    assert measure(loaded, pairs)["mean"] == pytest.approx(scores["mean"], abs=0.02)
    card = json.loads((tmp_path / "out/face_parser.json").read_text())
    assert card["held_out"]["skin"] == round(scores["skin"], 4)
    assert card["training"]["steps"] == 70 and card["portraits"] == {"trained_on": 6, "held_out": 2}
    assert set(card["mean_by_skin_lightness"]) == {"darkest", "middle"}
    assert len((tmp_path / "out/log.csv").read_text().splitlines()) == 8 and (tmp_path / "out/curve.png").is_file()


def test_portraits_without_labels_are_named(tmp_path: Path):
    faces, labels = write_portraits(tmp_path, 3)
    (labels / "1.png").unlink()
    with pytest.raises(InvalidRequest, match=r"1\.png"):
        train_parser(faces, labels, tmp_path, 0.01, config=ParserTraining(held_out=1))
    with pytest.raises(InvalidRequest, match="more than 150"):
        train_parser(faces, labels, tmp_path, 0.01)
