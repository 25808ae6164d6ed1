from pathlib import Path

import numpy as np
import pytest

from core.errors import MissingWeights
from core.stylize.minilm import load_minilm, tokens
from tests.conftest import CHECKPOINTS
from tests.core.stylize.tiny_minilm import INNER, LAYERS, SIZE, WORDS, write_tiny_minilm

VOCABULARY = {word: row for row, word in enumerate(WORDS)}


@pytest.fixture
def checkpoints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SNAPMOJI_WEIGHTS", raising=False)
    write_tiny_minilm(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("sentence", "pieces"),
    [
        ("a golden robot!", ["a", "gold", "##en", "robot", "!"]),
        ("Robots' ÉYES", ["robot", "##s", "'", "eye", "##s"]),
        ("a zebra", ["a", "[UNK]"]),
        ("a moonlight éye", ["a", "moon", "##light", "eye"]),
        ("", []),
    ],
)
def test_words_are_split_into_the_longest_pieces(sentence: str, pieces: list[str]):
    assert [WORDS[row] for row in tokens(sentence, VOCABULARY)] == ["[CLS]", *pieces, "[SEP]"]


def test_a_very_long_prompt_is_cut():
    assert len(tokens("robot " * 500, VOCABULARY)) == 128


def test_it_is_the_network_that_torch_computes(checkpoints: Path):
    torch = pytest.importorskip("torch")
    model = load_minilm(checkpoints)
    tensors = {name: torch.from_numpy(array) for name, array in model.weights.items()}
    rows = torch.from_numpy(tokens("a golden robot", VOCABULARY))

    def linear(name: str, state):
        return torch.nn.functional.linear(state, tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    def norm(name: str, state):
        weight, bias = tensors[f"{name}.LayerNorm.weight"], tensors[f"{name}.LayerNorm.bias"]
        return torch.nn.functional.layer_norm(state, (SIZE,), weight, bias, 1e-12)

    state = tensors["embeddings.word_embeddings.weight"][rows]
    state = state + tensors["embeddings.position_embeddings.weight"][: len(rows)]
    state = norm("embeddings", state + tensors["embeddings.token_type_embeddings.weight"][0])
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        heads = [
            linear(f"{name}.attention.self.{part}", state).view(len(rows), 12, -1).transpose(0, 1)
            for part in ("query", "key", "value")
        ]
        mixed = torch.nn.functional.scaled_dot_product_attention(*heads).transpose(0, 1).reshape(len(rows), SIZE)
        state = norm(f"{name}.attention.output", state + linear(f"{name}.attention.output.dense", mixed))
        inner = torch.nn.functional.gelu(linear(f"{name}.intermediate.dense", state))
        assert inner.shape[1] == INNER
        state = norm(f"{name}.output", state + linear(f"{name}.output.dense", inner))
    expected = torch.nn.functional.normalize(state.mean(0), dim=0).numpy()
    assert model.embed(["a golden robot"])[0] == pytest.approx(expected, abs=1e-5)


def test_sentences_do_not_see_each_other(checkpoints: Path):
    model = load_minilm(checkpoints)
    sentences = ["a golden robot", "moonlight", "", "eye eye eye!"]
    alone = np.concatenate([model.embed([sentence]) for sentence in sentences])
    assert model.embed(sentences) == pytest.approx(alone, abs=1e-5)
    assert np.linalg.norm(alone, axis=1) == pytest.approx(1, abs=1e-5)


def test_missing_weights_say_what_gets_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SNAPMOJI_WEIGHTS", raising=False)
    monkeypatch.setattr("core.weights.store.installed_file", lambda member: None)
    with pytest.raises(MissingWeights, match="weights fetch minilm"):
        load_minilm(tmp_path)


def test_damaged_weights_are_one_sentence(checkpoints: Path):
    (checkpoints / "minilm" / "tokenizer.json").write_text("{")
    with pytest.raises(MissingWeights, match="cannot be read"):
        load_minilm(checkpoints)


def test_the_real_network_knows_what_is_alike():
    try:
        model = load_minilm(CHECKPOINTS)
    except MissingWeights:
        pytest.skip("its weights are not here: launch.py weights fetch minilm")
    near, far, other = model.embed(["a count who drinks blood", "a pale vampire", "a bowl of breakfast cereal"])
    assert near @ far > near @ other + 0.15
