"""Stable Diffusion 1.5 with ControlNet Canny and IP-Adapter Plus Face: loaded from a folder, and asked for a picture.

SDEdit (Meng et al., 2022): the front picture of the primary avatar is covered with noise as far as the style is to
go, and the network takes the noise away again, guided by the words, by the picture's edges and by the selfie.
"""

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import UInt8
from PIL import Image

from core.errors import MissingWeights, NotEnoughMemory
from core.stylize.controls import StyleControls
from core.stylize.diffusion.canny import canny_edges
from core.stylize.diffusion.readiness import best_device, check_ready

STEPS, LCM_STEPS = 10, 4
"""Denoising steps: the paper's T, and with the LCM LoRA."""

NEGATIVE = "photo, blurry, deformed, extra eyes, text, watermark, frame"
"""What a picture should not be, if the user says nothing else."""

_GUIDANCE, _LCM_GUIDANCE = 7.5, 1.5
# Most steps up to full noise that the schedulers know.
_FINEST, _LCM_FINEST = 1000, 50
# As Stable Diffusion was trained; trailing, so that the noise of a strength is just that share of the whole way.
_NOISE = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "clip_sample": False,
    "set_alpha_to_one": False,
    "steps_offset": 1,
    "timestep_spacing": "trailing",
}
_SETTING = "3D cartoon avatar, head and shoulders, centered, plain background"
_LCM_FILE = Path("lcm", "pytorch_lora_weights.safetensors")
# Below this share of noise not one step would change anything.
_LEAST_STRENGTH = 0.01


class Diffusion:
    """The loaded network."""

    def __init__(self, pipe: Any, device: str, fast: bool) -> None:
        self._pipe, self._device = pipe, device
        self.steps = LCM_STEPS if fast else STEPS
        """Denoising steps of a picture."""
        self._guidance = _LCM_GUIDANCE if fast else _GUIDANCE
        self._finest = _LCM_FINEST if fast else _FINEST

    def paint(
        self,
        primary: UInt8[np.ndarray, "h w 3"],
        selfie: UInt8[np.ndarray, "a b 3"],
        prompt: str,
        controls: StyleControls,
        seed: int = 0,
        negative: str = "",
        size: int = 512,
        progress: Callable[[float], None] = lambda share: None,
    ) -> UInt8[np.ndarray, "h w 3"]:
        """The primary picture in the style that the words ask for; the same numbers give the same picture.

        Args:
            primary: front picture of the primary avatar on a plain background, display sRGB.
            selfie: the aligned photo.
            prompt: the style in words.
            controls: ``strength`` is the share of noise (SDEdit), ``edges`` the weight of ControlNet, ``identity``
                that of IP-Adapter.
            seed: of the noise.
            negative: what to avoid; :data:`NEGATIVE` if empty.
            size: side of the picture that the network works on, pixels; a multiple of 64.
            progress: told the share of the steps done; may raise to stop.

        Raises:
            NotEnoughMemory: if the device cannot hold a picture of that size.
        """
        if controls.strength < _LEAST_STRENGTH:
            return primary
        image = Image.fromarray(primary).resize((size, size), Image.Resampling.LANCZOS)
        edges = canny_edges(np.asarray(image))
        # Always as many steps, as far as the schedule is fine enough: their number up to full noise is what grows.
        total = min(max(round(self.steps / controls.strength), self.steps), self._finest)
        steps = min(self.steps, max(1, round(total * controls.strength)))

        def after_step(pipe: Any, step: int, timestep: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            progress((step + 1) / steps)
            return tensors

        try:
            self._pipe.set_ip_adapter_scale(float(controls.identity))
            painted = self._pipe(
                prompt=f"{prompt}, {_SETTING}",
                negative_prompt=negative or NEGATIVE,
                image=image,
                control_image=Image.fromarray(np.repeat(edges[..., None], 3, 2).astype(np.uint8) * 255),
                ip_adapter_image=Image.fromarray(selfie),
                # Rounded down by the pipeline: a little more than a whole number of steps.
                strength=min((steps + 0.01) / total, 1.0),
                num_inference_steps=total,
                guidance_scale=self._guidance,
                controlnet_conditioning_scale=float(controls.edges),
                # On the CPU, so that every device starts from the same noise.
                generator=torch.Generator("cpu").manual_seed(seed),
                callback_on_step_end=after_step,
                output_type="pil",
            ).images[0]
        except (RuntimeError, MemoryError) as error:
            if not _is_out_of_memory(error):
                raise
            if self._device == "cuda":
                torch.cuda.empty_cache()
            raise NotEnoughMemory(f"There is not enough memory to paint a picture of {size} pixels.") from error
        height, width = primary.shape[:2]
        return np.asarray(painted.convert("RGB").resize((width, height), Image.Resampling.LANCZOS))


def load_diffusion(folder: Path, device: str = "") -> Diffusion:
    """The network in ``folder``, as ``launch.py weights fetch sd15`` leaves it. Takes seconds.

    Half precision on GPUs, single on the CPU. With ``sd15-lcm`` there too, four steps instead of ten.

    Args:
        folder: of the weights.
        device: ``cuda``, ``mps`` or ``cpu``; the best there is by default.

    Raises:
        MissingExtra: if diffusers or transformers is not installed.
        MissingWeights: if a file is absent or damaged.
        NotEnoughMemory: if the device cannot hold the network.
    """
    check_ready(folder)
    device = device or best_device()
    try:
        return _assemble(folder, device)
    except (OSError, ValueError, KeyError) as error:
        cause = f"The weights in {folder} cannot be loaded ({type(error).__name__})"
        raise MissingWeights(f"{cause}; run: python launch.py weights verify sd15") from error
    except (RuntimeError, MemoryError) as error:
        if not _is_out_of_memory(error):
            raise
        raise NotEnoughMemory("There is not enough memory for the diffusion network.") from error


def _assemble(folder: Path, device: str) -> Diffusion:
    _hush()
    # Untyped: the extra may be absent where types are checked.
    diffusers: Any = importlib.import_module("diffusers")
    transformers: Any = importlib.import_module("transformers")
    dtype = torch.float32 if device == "cpu" else torch.float16
    image_encoder = _part(transformers.CLIPVisionModelWithProjection, folder / "image_encoder", dtype=dtype)
    pipe = diffusers.StableDiffusionControlNetImg2ImgPipeline(
        vae=_part(diffusers.AutoencoderKL, folder / "vae", torch_dtype=dtype),
        text_encoder=_part(transformers.CLIPTextModel, folder / "text_encoder", dtype=dtype),
        tokenizer=transformers.CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True),
        unet=_part(diffusers.UNet2DConditionModel, folder / "unet", torch_dtype=dtype),
        controlnet=_part(diffusers.ControlNetModel, folder / "controlnet", torch_dtype=dtype),
        scheduler=diffusers.DDIMScheduler(**_NOISE),
        # The pictures stay on the user's own computer, and the checker takes a gigabyte.
        safety_checker=None,
        feature_extractor=_image_processor(image_encoder.config.image_size),
        image_encoder=image_encoder,
        requires_safety_checker=False,
    )
    fast = (folder / _LCM_FILE).is_file() and importlib.util.find_spec("peft") is not None
    if fast:
        pipe.load_lora_weights(str(folder / _LCM_FILE.parent), weight_name=_LCM_FILE.name, local_files_only=True)
        pipe.fuse_lora()
        pipe.unload_lora_weights()
        pipe.scheduler = diffusers.LCMScheduler.from_config(pipe.scheduler.config)
    pipe.load_ip_adapter(
        str(folder),
        subfolder="ip_adapter",
        weight_name="ip-adapter-plus-face_sd15.safetensors",
        image_encoder_folder=None,
        local_files_only=True,
    )
    pipe.to(device=device, dtype=dtype)
    pipe.set_progress_bar_config(disable=True)
    return Diffusion(pipe, device, fast)


def _part(kind: Any, folder: Path, **precision: torch.dtype) -> Any:
    """One network of the pipeline, with every tensor from its file: the libraries fill what lacks with noise."""
    network, found = kind.from_pretrained(
        folder, use_safetensors=True, local_files_only=True, output_loading_info=True, **precision
    )
    if found["missing_keys"] or found["mismatched_keys"]:
        raise ValueError(f"{folder} lacks tensors")
    return network


def _hush() -> None:
    """Keeps the libraries' hints to developers and their bars off the terminal; their errors still show."""
    for library in ("diffusers", "transformers"):
        logs: Any = importlib.import_module(f"{library}.utils.logging")
        logs.set_verbosity_error()
        logs.disable_progress_bar()


def _image_processor(size: int) -> Any:
    """What cuts a photo to the image encoder's size; newer transformers need another class without torchvision."""
    transformers: Any = importlib.import_module("transformers")
    kind = getattr(transformers, "CLIPImageProcessorPil", None) or transformers.CLIPImageProcessor
    return kind(size={"shortest_edge": size}, crop_size={"height": size, "width": size})


def _is_out_of_memory(error: BaseException) -> bool:
    """Whether a device ran out of memory; each says it in its own words."""
    words = str(error).lower()
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(
        phrase in words for phrase in ("out of memory", "not enough memory", "can't allocate memory")
    )
