"""A selfie to an avatar: the stages in order, timed, with progress and cancelling."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from jaxtyping import UInt8

from core.avatar.model import Avatar
from core.camera import Camera, orbit
from core.canonical.adapt import Adapted, adapt
from core.canonical.stage_two import StageTwo, adapted_picture, cut_out
from core.canonical.wear import refitted, wear
from core.character.build import build_avatar
from core.character.measure import Reading, read_character
from core.character.model import Character
from core.errors import InvalidRequest, MissingWeights, NotEnoughMemory, UserFacingError
from core.expressions import SHAPES
from core.face.detect import find_face
from core.face.landmarks import Landmarker, load_landmarker
from core.face.parts import FaceParser, load_parser, parse_face
from core.face.photo import decode_photo
from core.nets.gda import GDA, load_gda
from core.portrait import Portrait
from core.render.splats import render, warm_up
from core.rig.head import HeadRig, load_head_rig
from core.rig.style import HouseStyle, cartoon_head
from core.rig.surface import SurfacePattern, surface_pattern
from core.stylize.controls import StyleControls
from core.stylize.diffusion.lift import lift
from core.stylize.diffusion.painter import BACKGROUND, Lay, Painter
from core.stylize.diffusion.readiness import WEIGHTS, check_ready, why_not
from core.stylize.embedded import stylize
from core.stylize.meaning import Meaning, MeaningLoader
from core.stylize.prompts import describe, understand
from core.stylize.reference import read_reference
from core.weights.store import weights_folder

logger = logging.getLogger(__name__)

Progress = Callable[[str, float], None]
"""Called with a stage's name and the share of the work done; may raise Cancelled to stop it."""

GDA_FILE, GENERATOR_FILE = "gda.safetensors", "generator.safetensors"
"""The learned engine's networks, in checkpoints: of stage one and of stage two. Either may be missing, not both."""

STAGES = ("decode", "face", "parts", "character", "avatar", "adapt", "picture", "style", "styled picture")
"""What :meth:`Studio.create` does, in order."""

Source = TypeVar("Source")
Result = TypeVar("Result")

_PICTURE_PX = 512
_TURNED_DEG = 25.0
_BAD_FIT_MM = 4.5


@dataclass(frozen=True)
class Settings:
    """What a user can choose about an avatar."""

    prompt: str = ""
    """Second style in words; empty for none."""
    controls: StyleControls = field(default_factory=StyleControls)
    """The paper's three sliders."""
    seed: int = 0
    """Of patterns in the second style, or of the diffusion network's noise."""
    engine: str = "auto"
    """``auto``, ``template`` or ``learned``."""
    stylizer: str = "auto"
    """``auto``, ``embedded`` or ``diffusion``."""
    negative: str = ""
    """What the diffusion network should avoid, in words; empty for what is usual."""
    reference: bytes | None = None
    """An image file whose colours and texture the second style takes; alone, or together with the prompt."""
    face: int | None = None
    """Which of several faces, counted from 0 from the left; None for the only or largest one."""


@dataclass(frozen=True)
class Creation:
    """An avatar and how it came about."""

    avatar: Avatar
    """In both styles."""
    base: Avatar
    """In the primary style alone."""
    aligned: UInt8[np.ndarray, "512 512 3"]
    """The selfie as the stages saw it; of several, the one that tells most."""
    primary: UInt8[np.ndarray, "512 512 4"]
    """``base`` from the front, straight alpha."""
    styled: UInt8[np.ndarray, "512 512 4"]
    """``avatar`` from the front, straight alpha."""
    report: Mapping[str, Any]
    """Plain JSON: engine, stylizer and why, seconds by stage with their total, splats, traits, warnings, understood."""
    character: Character
    """What ``base`` was built from."""
    measured: Character
    """What was read of the selfie: the character before any edit."""
    adapted: Adapted | None = None
    """What the learned engine saw in the selfie; None if the template engine made the avatar."""


class _Clock:
    """Times stages and reports progress between them."""

    def __init__(self, progress: Progress, stages: tuple[str, ...]) -> None:
        self._progress, self._stages = progress, stages
        self._start = time.perf_counter()
        self.seconds: dict[str, float] = {}

    def run(self, stage: str, work: Callable[[], Result]) -> Result:
        self._progress(stage, len(self.seconds) / len(self._stages))
        start = time.perf_counter()
        result = work()
        self.seconds[stage] = round(time.perf_counter() - start, 4)
        return result

    def within(self, stage: str, share: float) -> None:
        """Reports how much of the stage that is running is done; for those that take long."""
        self._progress(stage, (len(self.seconds) + share) / len(self._stages))

    def finish(self) -> dict[str, float]:
        self._progress("done", 1.0)
        return self.seconds | {"total": round(time.perf_counter() - self._start, 4)}


class Studio:
    """Everything that making avatars needs, loaded once. One avatar at a time: callers take turns."""

    def __init__(
        self,
        rig: HeadRig,
        pattern: SurfacePattern,
        landmarker: Landmarker,
        parser: FaceParser,
        painter: Painter | None = None,
        meaning: Callable[[], Meaning | None] = lambda: None,
        network: GDA | None = None,
        stage_two: StageTwo | None = None,
    ) -> None:
        self._rig, self._pattern = rig, pattern
        self._landmarker, self._parser = landmarker, parser
        self._painter, self._meaning, self._network, self._stage_two = painter, meaning, network, stage_two
        self._style = HouseStyle()

    @property
    def landmarker(self) -> Landmarker:
        """For other work that needs to find faces; not while an avatar is being made."""
        return self._landmarker

    @property
    def rig(self) -> HeadRig:
        """The head that all avatars are made from."""
        return self._rig

    @property
    def pattern(self) -> SurfacePattern:
        """Of the splats on the rig."""
        return self._pattern

    @property
    def meaning(self) -> Callable[[], Meaning | None]:
        """What reads prompts that name no style; see :func:`core.stylize.prompts.understand`."""
        return self._meaning

    @property
    def style(self) -> HouseStyle:
        """Proportions of the primary style."""
        return self._style

    def portrait(self, photo: bytes) -> Portrait:
        """What the stages see of a photo.

        Raises:
            UserFacingError: with one sentence, if the photo cannot be used.
        """
        image, face = find_face(self._landmarker, decode_photo(photo))
        return Portrait(image, face.points, face.scores, parse_face(self._parser, image))

    @staticmethod
    def load(checkpoints: Path) -> "Studio":
        """Reads the files in ``checkpoints`` and warms up, so that the first avatar is as quick as the next.

        Raises:
            MissingWeights: if a file is absent or damaged.
            MissingSystemLibrary: if the system lacks a library.
        """
        landmarker = load_landmarker()
        rig = load_head_rig(checkpoints / "head_rig.safetensors")
        parser = load_parser(checkpoints / "face_parser.safetensors")
        # The first run of each part is slow: kernels are compiled or read, graphs are built.
        warm_up()
        blank = np.zeros((512, 512, 3), np.uint8)
        landmarker.detect(blank)
        parse_face(parser, blank)
        painter = Painter(weights_folder(WEIGHTS, checkpoints))
        network = load_gda(checkpoints / GDA_FILE) if (checkpoints / GDA_FILE).is_file() else None
        made = checkpoints / GENERATOR_FILE
        stage_two = StageTwo.load(made, rig) if made.is_file() else None
        meaning = MeaningLoader(checkpoints)
        return Studio(rig, surface_pattern(rig), landmarker, parser, painter, meaning, network, stage_two)

    def create(
        self,
        photo: bytes | Sequence[bytes],
        settings: Settings,
        progress: Progress = lambda stage, share: None,
        picture: Callable[[str, np.ndarray], None] = lambda name, pixels: None,
    ) -> Creation:
        """The avatar of the person in a photo, or in several.

        Args:
            photo: an image file's bytes, or those of several photos of one person.
            settings: the user's choices.
            progress: told of every stage before it begins.
            picture: given each of the creation's pictures, by the name of its field, as soon as it is there.

        Raises:
            UserFacingError: with one sentence, if the photo or a setting cannot be used, or if cancelled.
        """
        trained = self._network is not None or self._stage_two is not None
        engine, engine_reason = pick_engine(settings.engine, trained)
        stylizer = pick_stylizer(settings.stylizer, self._painter)
        clock = _Clock(progress, STAGES)
        photos = [photo] if isinstance(photo, bytes) else list(photo)
        if not photos:
            raise InvalidRequest("Give at least one photo.")
        pixels = clock.run("decode", lambda: _each(photos, decode_photo))
        found = clock.run(
            "face", lambda: _each(pixels, lambda image: find_face(self._landmarker, image, settings.face))
        )
        picture("aligned", found[0][0])
        labels = clock.run("parts", lambda: [parse_face(self._parser, image) for image, _ in found])
        portraits = [
            Portrait(image, face.points, face.scores, parts) for (image, face), parts in zip(found, labels, strict=True)
        ]
        reading = clock.run("character", lambda: read_character(self._rig, self._pattern, portraits))
        image = portraits[reading.best].image
        character = reading.character
        template = clock.run("avatar", lambda: build_avatar(self._rig, self._pattern, character, self._style))
        portrait = portraits[reading.best]
        adapted, base = clock.run("adapt", lambda: self._adapted(engine, portrait, reading, template))
        primary = clock.run("picture", lambda: front_picture(base))
        picture("primary", primary)
        report: dict[str, Any] = {
            "engine": engine,
            "engine_reason": engine_reason,
            "stage_two": "generator" if engine == "learned" and self._stage_two is not None else "template",
            "traits": _traits(character) | _fit_figures(reading),
            "warnings": _warnings(reading),
        }
        lay = self._lay(engine, character, primary)
        avatar, styled, told = self._second_style(base, primary, image, stylizer, settings, clock, lay)
        picture("styled", styled)
        report |= told | {"seconds": clock.finish()}
        return Creation(avatar, base, image, primary, styled, report, character, character, adapted)

    def restyle(
        self, creation: Creation, settings: Settings, progress: Progress = lambda stage, share: None
    ) -> Creation:
        """The same person with another prompt, other sliders or another seed; nothing is fitted again.

        Raises:
            UserFacingError: if a setting cannot be used, or if cancelled.
        """
        stylizer = pick_stylizer(settings.stylizer, self._painter)
        clock = _Clock(progress, STAGES[-2:])
        base, primary = creation.base, creation.primary
        lay = self._lay(creation.report.get("engine", "template"), creation.character, primary)
        avatar, styled, told = self._second_style(base, primary, creation.aligned, stylizer, settings, clock, lay)
        report = dict(creation.report) | told | {"seconds": clock.finish()}
        return replace(creation, avatar=avatar, styled=styled, report=report)

    def edit(
        self,
        creation: Creation,
        character: Character,
        settings: Settings,
        progress: Progress = lambda stage, share: None,
    ) -> Creation:
        """The same person with another character; the photo is not looked at again.

        Args:
            creation: any avatar of the person.
            character: edited; see :func:`core.character.edit.edited`.
            settings: of the second style.
            progress: told of every stage before it begins.

        Raises:
            UserFacingError: if a setting cannot be used, or if cancelled.
        """
        stylizer = pick_stylizer(settings.stylizer, self._painter)
        clock = _Clock(progress, STAGES[-5:])
        template = clock.run("avatar", lambda: build_avatar(self._rig, self._pattern, character, self._style))
        seen, engine = creation.adapted, creation.report.get("engine", "template")
        now = None if seen is None else refitted(seen, template)
        base = clock.run("adapt", lambda: self._base(engine, template, now, character))
        primary = clock.run("picture", lambda: front_picture(base))
        lay = self._lay(engine, character, primary)
        avatar, styled, told = self._second_style(base, primary, creation.aligned, stylizer, settings, clock, lay)
        report: dict[str, Any] = dict(creation.report) | told
        report |= {"traits": dict(report.get("traits", {})) | _traits(character), "seconds": clock.finish()}
        return replace(
            creation, avatar=avatar, base=base, primary=primary, styled=styled, report=report, character=character
        )

    def _adapted(
        self, engine: str, portrait: Portrait, reading: Reading, template: Avatar
    ) -> tuple[Adapted | None, Avatar]:
        """What the learned engine sees in a portrait, and the avatar with it; for the template engine, the template."""
        if engine != "learned" or self._network is None:
            return None, self._base(engine, template, None, reading.character)
        head = cartoon_head(self._rig, reading.character.identity, self._style)
        adapted = adapt(self._network, portrait, self._rig, reading.fit, head.rest, template)
        return adapted, self._base(engine, template, adapted, reading.character)

    def _base(self, engine: str, template: Avatar, adapted: Adapted | None, character: Character) -> Avatar:
        """The avatar in the primary style: the template with what GDA saw, made by stage two if there is one."""
        if engine == "learned" and self._stage_two is not None:
            return self._stage_two.avatar(template, adapted_picture(template, adapted), character.identity)
        return template if adapted is None else wear(template, adapted)

    def _lay(self, engine: str, character: Character, primary: np.ndarray) -> Lay:
        """What makes an avatar of a painted picture: stage two if the engine is learned, or the template lift."""
        stage_two = self._stage_two
        if engine != "learned" or stage_two is None:
            return lift

        def laid(base: Avatar, painted: np.ndarray, camera: Camera) -> Avatar:
            return stage_two.avatar(base, cut_out(painted, primary, float(BACKGROUND) / 255), character.identity)

        return laid

    def _second_style(
        self,
        base: Avatar,
        primary: np.ndarray,
        selfie: np.ndarray,
        stylizer: tuple[str, str],
        settings: Settings,
        clock: _Clock,
        lay: Lay,
    ) -> tuple[Avatar, np.ndarray, dict[str, Any]]:
        """The avatar in the second style, its picture, and what the report says of both."""
        name, reason = stylizer
        trouble = ""
        if settings.reference is not None and name == "diffusion":
            name, reason = "embedded", "a picture as style is for the embedded stylizer"

        def restyled() -> tuple[Avatar, str]:
            nonlocal name, reason, trouble
            if name == "diffusion" and self._painter is not None:
                try:
                    return self._painter.stylize(
                        base,
                        primary,
                        selfie,
                        settings.prompt,
                        settings.controls,
                        orbit(size=_PICTURE_PX),
                        seed=settings.seed,
                        negative=settings.negative,
                        progress=lambda share: clock.within("style", share),
                        lay=lay,
                    )
                except NotEnoughMemory as error:
                    name, reason, trouble = "embedded", str(error), f"{error} The embedded stylizer was used instead. "
            understanding = understand(settings.prompt, self._meaning)
            words = describe(understanding) if settings.prompt.strip() else ""
            reference = None
            if settings.reference is not None:
                reference = read_reference(decode_photo(settings.reference))
                words = f"Colours and texture are the picture's. {words}".rstrip()
            return stylize(base, understanding, settings.controls, settings.seed, reference), trouble + words

        avatar, understood = clock.run("style", restyled)
        styled = clock.run("styled picture", lambda: primary if avatar is base else front_picture(avatar))
        told = {"stylizer": name, "stylizer_reason": reason, "understood": understood, "splats": len(avatar)}
        return avatar, styled, told


def _each(photos: Sequence[Source], work: Callable[[Source], Result]) -> list[Result]:
    """The results for all photos; where one of several cannot be used, the sentence says which."""
    results = []
    for number, photo in enumerate(photos, 1):
        try:
            results.append(work(photo))
        except UserFacingError as error:
            if len(photos) == 1:
                raise
            raise type(error)(f"Photo {number} of {len(photos)}: {error}") from error
    return results


def pick_engine(wanted: str, trained: bool = True) -> tuple[str, str]:
    """The engine that makes the primary style, for a user's choice, and why it is that one.

    Args:
        wanted: ``auto``, ``template`` or ``learned``.
        trained: whether there is a network for the learned engine.

    Raises:
        InvalidRequest: if there is no such engine.
        MissingWeights: if the learned engine is wanted and has no network.
    """
    if wanted not in ("auto", "template", "learned"):
        raise InvalidRequest(f"There is no engine {wanted!r}; choose auto, template or learned.")
    if wanted == "learned" and not trained:
        raise MissingWeights(
            f"The learned engine needs its networks: put {GDA_FILE} or {GENERATOR_FILE}, or both, into checkpoints."
        )
    if wanted != "auto":
        choice = (wanted, "it was asked for")
    else:
        choice = ("template", "the learned engine has not been judged better yet")
    logger.info("engine: %s, because %s", *choice)
    return choice


def pick_stylizer(wanted: str, painter: Painter | None = None) -> tuple[str, str]:
    """The stylizer of the second style, for a user's choice, and why it is that one.

    Args:
        wanted: ``auto``, ``embedded`` or ``diffusion``.
        painter: of the diffusion stylizer; without one there is only the embedded one.

    Raises:
        InvalidRequest: if there is no such stylizer.
        MissingExtra, MissingWeights: if the diffusion stylizer is wanted and something lacks; the sentence says
            what gets it.
    """
    if wanted not in ("auto", "embedded", "diffusion"):
        raise InvalidRequest(f"There is no stylizer {wanted!r}; choose auto, embedded or diffusion.")
    if wanted == "diffusion" and painter is not None:
        check_ready(painter.folder)
        choice = ("diffusion", "it was asked for")
    elif wanted == "embedded":
        choice = ("embedded", "it was asked for")
    else:
        reason = why_not(painter.folder) if painter is not None else "the diffusion stylizer is not set up"
        choice = ("embedded", reason) if reason else ("diffusion", "its weights and a GPU are here")
    logger.info("stylizer: %s, because %s", *choice)
    return choice


def front_picture(avatar: Avatar) -> UInt8[np.ndarray, "512 512 4"]:
    """The avatar at rest from the front, straight alpha."""
    rest = avatar.posed(np.zeros(len(SHAPES), np.float32))
    return render(rest, orbit(size=_PICTURE_PX)).to_rgba8()


def _traits(character: Character) -> dict[str, Any]:
    hair, headwear = character.hair, character.headwear
    return {
        "colors": {name: _hex(color) for name, color in vars(character.palette).items()},
        "hair": "none" if hair is None else "long" if hair.is_long else "short" if hair.top else "sides only",
        "beard": {name: round(getattr(character.beard, name), 2) for name in ("moustache", "chin", "jaw")},
        "headwear": "none" if headwear is None else headwear.kind,
        "glasses": character.glasses is not None,
    }


def _fit_figures(reading: Reading) -> dict[str, float]:
    return {"yaw_deg": round(reading.fit.yaw_deg, 1), "fit_mm": round(reading.fit.residual_mm, 2)}


def _warnings(reading: Reading) -> list[str]:
    warnings = []
    if abs(reading.fit.yaw_deg) > _TURNED_DEG:
        warnings.append("The face is turned far to one side; a photo from the front gives a better likeness.")
    if reading.fit.residual_mm > _BAD_FIT_MM:
        warnings.append("The face could not be measured well; a sharp photo from the front gives a better likeness.")
    return [*warnings, *reading.doubts]


def _hex(color: np.ndarray) -> str:
    return "#" + "".join(f"{round(float(channel) * 255):02x}" for channel in color)
