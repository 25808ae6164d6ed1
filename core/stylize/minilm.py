"""The meaning of a sentence as a vector: all-MiniLM-L6-v2 (a BERT of six layers) run by numpy alone.

A prompt is a dozen tokens, so that the network takes a few milliseconds as plain matrix products; no deep-learning
library is loaded for it.
"""

import itertools
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, Float32, Int
from scipy.special import erf

from core.errors import MissingWeights
from core.unit import unit
from core.weights.catalogue import weights_named
from core.weights.store import find_file, require, weights_folder

_HEADS = 12
_EPSILON = 1e-12
_MAX_TOKENS = 128
_CJK = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2FA1F))

Weights = Mapping[str, Float32[np.ndarray, "..."]]


@dataclass(frozen=True)
class MiniLM:
    """Vocabulary and weights."""

    vocabulary: Mapping[str, int]
    """Pieces of words and their rows; pieces inside a word begin with ``##``."""
    weights: Weights
    """By their names in the file."""

    def embed(self, sentences: Sequence[str]) -> Float[np.ndarray, "n d"]:
        """One vector of unit length a sentence; the nearer two meanings, the larger the product of their vectors."""
        return _embeddings(self.weights, [tokens(sentence, self.vocabulary) for sentence in sentences])


def load_minilm(checkpoints: Path) -> MiniLM:
    """Reads the network: from the folder of weights, or from an installed package, which is not imported.

    Raises:
        MissingWeights: with the command that gets them.
    """
    weights = weights_named("minilm")
    folder = weights_folder(weights, checkpoints)
    require(weights, folder)
    paths = {file.path: find_file(file, folder) for file in weights.files}
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        vocabulary = json.loads(Path(str(paths["tokenizer.json"])).read_text(encoding="utf-8"))["model"]["vocab"]
        arrays = load_file(str(paths["model.safetensors"]))
    except (OSError, ValueError, LookupError, SafetensorError) as error:
        raise MissingWeights(f"The weights minilm in {folder} cannot be read: {error}") from error
    # The file also lists positions, which are no weights.
    return MiniLM(vocabulary, {name: array for name, array in arrays.items() if array.dtype == np.float32})


def tokens(sentence: str, vocabulary: Mapping[str, int]) -> Int[np.ndarray, " t"]:
    """The sentence in pieces of words, as BERT was taught: lower case, no accents, longest pieces first."""
    text = unicodedata.normalize("NFD", sentence.lower())
    text = "".join(f" {char} " if _is_cjk(char) else char for char in text if unicodedata.category(char) != "Mn")
    pieces = [
        piece for word in re.findall(r"\w+|[^\w\s]", text.replace("_", " _ ")) for piece in _split(word, vocabulary)
    ]
    rows = [vocabulary["[CLS]"], *(vocabulary[piece] for piece in pieces[: _MAX_TOKENS - 2]), vocabulary["[SEP]"]]
    return np.array(rows, np.int64)


def _split(word: str, vocabulary: Mapping[str, int]) -> list[str]:
    pieces, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        end = next((k for k in range(len(word), start, -1) if prefix + word[start:k] in vocabulary), None)
        if end is None:
            return ["[UNK]"]
        pieces.append(prefix + word[start:end])
        start = end
    return pieces


def _is_cjk(char: str) -> bool:
    return any(low <= ord(char) <= high for low, high in _CJK)


def _embeddings(weights: Weights, sentences: Sequence[Int[np.ndarray, " _"]]) -> Float[np.ndarray, "n d"]:
    """All sentences in one go: their tokens stand below each other, and only attention looks at them one by one."""
    bounds = np.concatenate([[0], np.cumsum([len(rows) for rows in sentences])])
    spans = [slice(start, end) for start, end in itertools.pairwise(bounds.tolist())]
    places = np.concatenate([np.arange(len(rows)) for rows in sentences])
    state = weights["embeddings.word_embeddings.weight"][np.concatenate(sentences)]
    state = state + weights["embeddings.position_embeddings.weight"][places]
    state = _norm(weights, "embeddings", state + weights["embeddings.token_type_embeddings.weight"][0])
    layer = 0
    while f"encoder.layer.{layer}.output.dense.weight" in weights:
        name = f"encoder.layer.{layer}"
        mixed = _attention(weights, f"{name}.attention.self", state, spans)
        state = _norm(weights, f"{name}.attention.output", state + _dense(weights, f"{name}.attention.output", mixed))
        inner = _dense(weights, f"{name}.intermediate", state)
        inner = inner * np.float32(0.5) * (1 + erf(inner * np.float32(0.5**0.5)))
        state = _norm(weights, f"{name}.output", state + _dense(weights, f"{name}.output", inner))
        layer += 1
    means = np.stack([state[span].mean(0) for span in spans])
    return unit(means)


def _attention(
    weights: Weights, name: str, state: Float[np.ndarray, "t d"], spans: Sequence[slice]
) -> Float[np.ndarray, "t d"]:
    query, key, value = (
        _linear(state, weights[f"{name}.{part}.weight"], weights[f"{name}.{part}.bias"])
        .reshape(len(state), _HEADS, -1)
        .transpose(1, 0, 2)
        for part in ("query", "key", "value")
    )
    mixed = np.empty_like(value)
    for span in spans:
        scores = query[:, span] @ key[:, span].transpose(0, 2, 1) / np.float32(query.shape[-1] ** 0.5)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed[:, span] = (scores / scores.sum(-1, keepdims=True)) @ value[:, span]
    return mixed.transpose(1, 0, 2).reshape(len(state), -1)


def _dense(weights: Weights, name: str, state: Float[np.ndarray, "t d"]) -> Float[np.ndarray, "t e"]:
    return _linear(state, weights[f"{name}.dense.weight"], weights[f"{name}.dense.bias"])


def _linear(state: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    return state @ weight.T + bias


def _norm(weights: Weights, name: str, state: Float[np.ndarray, "t d"]) -> Float[np.ndarray, "t d"]:
    centred = state - state.mean(-1, keepdims=True)
    scale = np.sqrt((centred**2).mean(-1, keepdims=True) + np.float32(_EPSILON))
    return centred / scale * weights[f"{name}.LayerNorm.weight"] + weights[f"{name}.LayerNorm.bias"]
