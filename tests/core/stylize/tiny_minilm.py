"""A network like MiniLM with a few random weights, written as its files."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

WORDS = (
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "a",
    "robot",
    "gold",
    "##en",
    "##s",
    "eye",
    "moon",
    "##light",
    "!",
    "'",
    "e",
)
SIZE, INNER, LAYERS = 24, 48, 2


def write_tiny_minilm(folder: Path, seed: int = 0) -> None:
    """Writes ``minilm/`` into a folder of weights."""
    rng = np.random.default_rng(seed)
    weights: dict[str, np.ndarray] = {}

    def put(name: str, *shape: int) -> None:
        weights[name] = rng.normal(0, 0.5, shape).astype(np.float32)

    def norm(name: str) -> None:
        put(f"{name}.LayerNorm.weight", SIZE)
        put(f"{name}.LayerNorm.bias", SIZE)

    def dense(name: str, out: int, into: int) -> None:
        put(f"{name}.weight", out, into)
        put(f"{name}.bias", out)

    put("embeddings.word_embeddings.weight", len(WORDS), SIZE)
    put("embeddings.position_embeddings.weight", 128, SIZE)
    put("embeddings.token_type_embeddings.weight", 2, SIZE)
    norm("embeddings")
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        for part in ("query", "key", "value"):
            dense(f"{name}.attention.self.{part}", SIZE, SIZE)
        dense(f"{name}.attention.output.dense", SIZE, SIZE)
        norm(f"{name}.attention.output")
        dense(f"{name}.intermediate.dense", INNER, SIZE)
        dense(f"{name}.output.dense", SIZE, INNER)
        norm(f"{name}.output")
    place = folder / "minilm"
    place.mkdir(parents=True)
    save_file(weights, place / "model.safetensors")
    vocabulary = {word: row for row, word in enumerate(WORDS)}
    (place / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}))
    (place / "config.json").write_text("{}")
