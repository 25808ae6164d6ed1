"""Imports go one way, and every large foreign library has one home."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

LEVELS = {
    "core.spread": 0,
    **dict.fromkeys(
        ("core.errors", "core.gaussians", "core.camera", "core.expressions", "core.oklab", "core.smoothstep"), 0
    ),
    **dict.fromkeys(("core", "core.checkpoint", "core.landmarks", "core.portrait", "core.unit"), 0),
    **dict.fromkeys(("core.avatar", "core.formats", "core.render", "core.weights"), 1),
    **dict.fromkeys(("core.face", "core.rig", "core.nets", "core.stylize"), 2),
    **dict.fromkeys(("core.canonical", "core.traits", "core.hair"), 3),
    "core.character": 4,
    **dict.fromkeys(("core.pipeline", "core.media", "core.stickers", "core.train", "core.evaluate", "core.drive"), 5),
    "core.comics": 5,
    "app": 6,
    "app.commands": 7,
    "launch": 8,
}
# On one level, who may use whom; on levels 0 and 1 anyone may.
NEIGHBOURS = {
    ("core.evaluate", "core.pipeline"),
    ("core.evaluate", "core.stickers"),
    ("core.comics", "core.stickers"),
    ("core.evaluate", "core.drive"),
    ("core.evaluate", "core.train"),
    ("core.drive", "core.media"),
}
HOMES = {
    "mediapipe": ("core.face.landmarks",),
    "gradio": ("app",),
    "viser": ("app",),
    "gsply": ("core.formats",),
    "cv2": ("core.drive.video",),
    "pillow_heif": ("core.face.intake.decode_child",),
    "cryptography": ("app.certificate",),
    "anny": ("core.train",),
    "gsplat": ("core.render.gsplat_backend",),
    "dlib": ("core.evaluate.identity",),
    "torch": (
        "core.face.parts",
        "core.canonical.adapt",
        "core.canonical.batch",
        "core.canonical.frame",
        "core.canonical.generate",
        "core.checkpoint",
        "core.evaluate.stage_one_makers",
        "core.render.differentiable",
        "core.render.gsplat_backend",
        "core.nets",
        "core.stylize.diffusion",
        "core.train",
    ),
    "diffusers": ("core.stylize.diffusion",),
    "transformers": ("core.stylize.diffusion",),
}


def unit_of(module: str) -> str | None:
    """The row of the table that a module belongs to."""
    parts = module.split(".")
    unit = ".".join(parts[:2])
    if unit in LEVELS:
        return unit
    return parts[0] if parts[0] in ("app", "launch") else None


def modules_in(root: Path) -> dict[str, Path]:
    files = [root / "launch.py", *root.glob("app/**/*.py"), *root.glob("core/**/*.py")]
    names = [".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for file in files]
    return dict(zip(names, files, strict=True))


def imports_of(module: str, file: Path, modules: dict[str, Path]) -> set[str]:
    """All that a file imports, anywhere in it, also for type checkers only."""
    found = set()
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                kept = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*kept, base] if base else kept)
            whole = {f"{base}.{alias.name}" for alias in node.names}
            # "from core import errors" imports a module, "from core.errors import NoFaceFound" does not.
            found |= {name if name in modules else base for name in whole}
    return found


def violations(root: Path) -> list[str]:
    modules = modules_in(root)
    found = []
    for module, file in modules.items():
        unit = unit_of(module)
        if unit is None:
            found.append(f"{module} has no level")
            continue
        for imported in imports_of(module, file, modules):
            home = HOMES.get(imported.split(".")[0])
            if home and not any(module == place or module.startswith(place + ".") for place in home):
                found.append(f"{module} imports {imported}, whose home is {' and '.join(home)}")
            if imported.split(".")[0] not in ("core", "app", "launch"):
                continue
            other = unit_of(imported)
            if other is None:
                found.append(f"{module} imports {imported}, which has no level")
            elif LEVELS[other] > LEVELS[unit]:
                found.append(f"{module} imports {imported}, which is above it")
            elif LEVELS[other] == LEVELS[unit] >= 2 and other != unit and (unit, other) not in NEIGHBOURS:
                found.append(f"{module} imports {imported}, its neighbour")
    return sorted(found)


def test_every_import_goes_down_and_every_library_stays_at_home() -> None:
    assert len(modules_in(ROOT)) > 60
    assert violations(ROOT) == []


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        (
            "core/errors.py",
            "from core.avatar.model import Avatar",
            "core.errors imports core.avatar.model, which",
        ),
        ("core/rig/fit.py", "def f():\n    from core.face import detect", "imports core.face.detect, its neighbour"),
        ("core/rig/fit.py", "from ..stylize.prompts import understand", "imports core.stylize.prompts, its neighbour"),
        ("core/pipeline.py", "import core.train.parser", "imports core.train.parser, its neighbour"),
        ("core/train/parser.py", "from core.evaluate import bench", "imports core.evaluate, its neighbour"),
        ("core/pipeline.py", "from app import server", "imports app.server, which is above it"),
        ("app/server.py", "import launch", "imports launch, which is above it"),
        ("app/server.py", "from app.commands.files import read", "imports app.commands.files, which is above it"),
        ("app/commands/make.py", "import launch", "app.commands.make imports launch, which is above it"),
        ("core/utils.py", "", "core.utils has no level"),
        ("core/rig/fit.py", "import torch.nn as nn", "imports torch.nn, whose home is core.face.parts and"),
        ("core/rig/fit.py", "if 0:\n    from anny import Anny", "imports anny, whose home"),
        ("core/face/detect.py", "from mediapipe.tasks import python", "imports mediapipe.tasks, whose home"),
        ("core/formats/ply.py", "import gradio as gr", "imports gradio, whose home is app"),
    ],
)
def test_a_planted_violation_is_found(tmp_path: Path, file: str, line: str, complaint: str) -> None:
    (tmp_path / "launch.py").touch()
    for name in ("core/face/detect.py", "core/stylize/prompts.py", "core/train/parser.py", "app/server.py", file):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [found for found in violations(tmp_path) if "no level" not in found] == []
    (tmp_path / file).write_text(line + "\n")
    found = violations(tmp_path)
    assert len(found) == 1 and complaint in found[0], found


def test_allowed_imports_are_left_alone(tmp_path: Path) -> None:
    allowed = {
        "launch.py": "from app.commands import make\nfrom core.errors import UserFacingError\n",
        "app/commands/make.py": "from app.server import serve\n",
        "app/server.py": "import gradio\nfrom core.pipeline import Studio\n",
        "core/errors.py": "",
        "core/expressions.py": "from core.errors import InvalidRequest\n",
        "core/formats/ply.py": "import gsply\nfrom core.avatar.model import Avatar\n",
        "core/pipeline.py": "from core.face.parts import FaceParser\n",
        "core/face/parts.py": "import torch\nfrom core import errors\n",
        "core/evaluate/bench.py": "from core.pipeline import Studio\n",
        "core/train/parser.py": "import torch\nfrom core.rig.head import HeadRig\n",
    }
    for name, text in allowed.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert violations(tmp_path) == []
