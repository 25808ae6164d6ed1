"""Stable Diffusion's parts, tiny and random, in the files and folders in which the real ones come."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

TEXT, IMAGE = 32, 64
"""Widths of the text encoder and of the image encoder."""
CHANNELS = (32, 64)


def save_tiny_parts(folder: Path) -> None:
    """Writes what `launch.py weights fetch sd15` would, in half precision: about 3 MB."""
    from diffusers import AutoencoderKL, ControlNetModel, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        sample_size=32,
        block_out_channels=CHANNELS,
        layers_per_block=1,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=TEXT,
        attention_head_dim=2,
        norm_num_groups=8,
    )
    controlnet = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 8, 8, 16))
    vae = AutoencoderKL(
        block_out_channels=(8, 8, 16, 16),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        latent_channels=4,
        norm_num_groups=4,
    )
    text = CLIPTextConfig(
        hidden_size=TEXT,
        intermediate_size=37,
        num_attention_heads=4,
        num_hidden_layers=2,
        vocab_size=514,
        bos_token_id=512,
        eos_token_id=513,
        pad_token_id=513,
    )
    image = CLIPVisionConfig(
        hidden_size=IMAGE,
        intermediate_size=64,
        projection_dim=IMAGE,
        num_attention_heads=4,
        num_hidden_layers=2,
        image_size=32,
        patch_size=8,
    )
    # ControlNet's last layers start at zero: without this its weight would change nothing.
    for module in (*controlnet.controlnet_down_blocks, controlnet.controlnet_mid_block):
        torch.nn.init.normal_(module.weight, std=0.2)
    torch.nn.init.normal_(controlnet.controlnet_cond_embedding.conv_out.weight, std=0.2)
    for name, part in (
        ("unet", unet),
        ("controlnet", controlnet),
        ("vae", vae),
        ("text_encoder", CLIPTextModel(text)),
        ("image_encoder", CLIPVisionModelWithProjection(image)),
    ):
        part.half().save_pretrained(folder / name)
    _name_as_in_2022(folder)
    _save_tokenizer(folder / "tokenizer")
    (folder / "ip_adapter").mkdir()
    tensors = {name: tensor.half() for name, tensor in _ip_adapter(unet).items()}
    save_file(tensors, folder / "ip_adapter" / "ip-adapter-plus-face_sd15.safetensors")


def save_tiny_lora(folder: Path) -> None:
    """Writes a random LoRA for the U-Net where `launch.py weights fetch sd15-lcm` would put the real one."""
    (folder / "lcm").mkdir()
    generator = torch.Generator().manual_seed(1)
    name = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_q"
    tensors = {
        f"{name}.lora_down.weight": torch.randn(4, CHANNELS[0], generator=generator),
        f"{name}.lora_up.weight": torch.randn(CHANNELS[0], 4, generator=generator),
        f"{name}.alpha": torch.tensor(4.0),
    }
    save_file(tensors, folder / "lcm" / "pytorch_lora_weights.safetensors")


def _name_as_in_2022(folder: Path) -> None:
    """Gives tensors the names that they have in the real files, which are older than today's libraries."""
    text = folder / "text_encoder" / "model.safetensors"
    tensors = {f"text_model.{name.removeprefix('text_model.')}": tensor for name, tensor in load_file(text).items()}
    tensors["text_model.embeddings.position_ids"] = torch.arange(77)[None]
    save_file(tensors, text, {"format": "pt"})
    image = folder / "image_encoder" / "model.safetensors"
    tensors = load_file(image)
    assert all(name.startswith(("vision_model.", "visual_projection.")) for name in tensors)
    tensors["vision_model.embeddings.position_ids"] = torch.arange(17)[None]
    save_file(tensors, image, {"format": "pt"})
    vae, old = folder / "vae" / "diffusion_pytorch_model.safetensors", {}
    for name, tensor in load_file(vae).items():
        for new, before in (("to_q", "query"), ("to_k", "key"), ("to_v", "value"), ("to_out.0", "proj_attn")):
            name = name.replace(f"attentions.0.{new}.", f"attentions.0.{before}.")
        old[name] = tensor
    assert "decoder.mid_block.attentions.0.proj_attn.weight" in old
    save_file(old, vae, {"format": "pt"})


def _save_tokenizer(folder: Path) -> None:
    """Every byte is a word, and there are no longer ones."""
    folder.mkdir()
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(code) for code in printable] + [chr(256 + k) for k in range(256 - len(printable))]
    words = [*letters, *(letter + "</w>" for letter in letters), "<|startoftext|>", "<|endoftext|>"]
    (folder / "vocab.json").write_text(json.dumps({word: number for number, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>"}
    special |= {"unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}
    (folder / "special_tokens_map.json").write_text(json.dumps(special))
    (folder / "tokenizer_config.json").write_text(
        json.dumps(special | {"model_max_length": 77, "tokenizer_class": "CLIPTokenizer"})
    )


def _ip_adapter(unet: torch.nn.Module) -> dict[str, Tensor]:
    """What IP-Adapter Plus holds: a resampler of the image's tokens, and keys and values for each layer."""
    generator = torch.Generator().manual_seed(2)

    def noise(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator) / shape[-1] ** 0.5

    tensors = {"latents": noise(1, 4, IMAGE), "norm_out.weight": torch.ones(TEXT), "norm_out.bias": torch.zeros(TEXT)}
    for name, outputs in (("proj_in", IMAGE), ("proj_out", TEXT)):
        tensors |= {f"{name}.weight": noise(outputs, IMAGE), f"{name}.bias": torch.zeros(outputs)}
    for layer in range(4):
        for norm in ("0.norm1", "0.norm2", "1.0"):
            tensors[f"layers.{layer}.{norm}.weight"] = torch.ones(IMAGE)
            tensors[f"layers.{layer}.{norm}.bias"] = torch.zeros(IMAGE)
        tensors |= {
            f"layers.{layer}.0.to_q.weight": noise(64, IMAGE),
            f"layers.{layer}.0.to_kv.weight": noise(128, IMAGE),
            f"layers.{layer}.0.to_out.weight": noise(IMAGE, 64),
            f"layers.{layer}.1.1.weight": noise(4 * IMAGE, IMAGE),
            f"layers.{layer}.1.3.weight": noise(IMAGE, 4 * IMAGE),
        }
    result = {f"image_proj.{name}": tensor for name, tensor in tensors.items()}
    crossing = [name for name in unet.attn_processors if name.endswith("attn2.processor")]
    for number, name in enumerate(crossing):
        where, _, rest = name.partition(".")
        block = int(rest.partition(".")[0]) if where != "mid_block" else 0
        width = {"mid_block": CHANNELS[-1], "up_blocks": CHANNELS[::-1][block], "down_blocks": CHANNELS[block]}[where]
        result[f"ip_adapter.{2 * number + 1}.to_k_ip.weight"] = noise(width, TEXT)
        result[f"ip_adapter.{2 * number + 1}.to_v_ip.weight"] = noise(width, TEXT)
    return result
