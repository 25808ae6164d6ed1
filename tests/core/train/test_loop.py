import copy
import csv
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from core.errors import InvalidRequest
from core.train.loop import LoopConfig, ahead, train

SIX = LoopConfig(steps=6, log_every=1, warm_up=1, save_every_s=0.0)
MINUTES = 1000.0


def line() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(2, 1)


def loss(network: nn.Module, progress: float) -> dict[str, Tensor]:
    x = torch.linspace(-1, 1, 16).view(8, 2)
    return {"square": (network(x) - 3).square().mean(), "calm": 0.01 * network(x).abs().mean()}


def failing_after(steps: int) -> Callable[[nn.Module, float], dict[str, Tensor]]:
    count = itertools.count()

    def failing(network: nn.Module, progress: float) -> dict[str, Tensor]:
        if next(count) == steps:
            raise KeyboardInterrupt
        return loss(network, progress)

    return failing


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "log.csv").open() as file:
        return list(csv.DictReader(file))


def same_weights(one: nn.Module, other: nn.Module) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_an_interrupted_run_goes_on_as_if_nothing_had_been(tmp_path: Path) -> None:
    whole = train(line(), loss, tmp_path / "whole", MINUTES, lambda network: None, SIX)
    with pytest.raises(KeyboardInterrupt):
        train(line(), failing_after(3), tmp_path / "two", MINUTES, lambda network: None, SIX)
    assert (tmp_path / "two" / "state.pt").is_file() and len(rows(tmp_path / "two")) == 6
    resumed = train(line(), loss, tmp_path / "two", MINUTES, lambda network: None, SIX)
    assert same_weights(resumed.network, whole.network)
    assert (resumed.steps, whole.steps) == (6, 6) and resumed.minutes > 0
    for name in ("whole", "two"):
        log = rows(tmp_path / name)
        assert [(row["step"], row["term"]) for row in log] == [
            (str(step), term) for step in range(1, 7) for term in ("square", "calm")
        ]
        assert not (tmp_path / name / "state.pt").exists(), "it is finished"
    assert [row["value"] for row in rows(tmp_path / "two")] == [row["value"] for row in rows(tmp_path / "whole")]


def test_the_averaged_weights_lag_behind(tmp_path: Path) -> None:
    network = line()
    start = copy.deepcopy(network)
    saved = []
    config = LoopConfig(rate=0.05, steps=20, warm_up=1, log_every=5)
    averaged = train(network, loss, tmp_path, MINUTES, lambda network: saved.append(network), config).network
    assert not averaged.training and saved == [averaged]
    begun, mean, end = (net.bias.item() for net in (start, averaged, network))
    assert begun < mean < end
    before, after = (loss(net, 1.0)["square"].item() for net in (start, averaged))
    assert after < 0.9 * before


def test_the_log_holds_means(tmp_path: Path) -> None:
    train(line(), loss, tmp_path / "each", MINUTES, lambda network: None, SIX)
    pairs = LoopConfig(steps=6, log_every=2, warm_up=1)
    train(line(), loss, tmp_path / "pairs", MINUTES, lambda network: None, pairs)
    each = [float(row["value"]) for row in rows(tmp_path / "each") if row["term"] == "square"]
    means = [float(row["value"]) for row in rows(tmp_path / "pairs") if row["term"] == "square"]
    assert means == pytest.approx([(each[k] + each[k + 1]) / 2 for k in (0, 2, 4)], abs=2e-6)


def test_a_term_counts_only_where_it_is(tmp_path: Path) -> None:
    def changing(network: nn.Module, progress: float) -> dict[str, Tensor]:
        return {"late" if progress > 0.8 else "early": 0 * loss(network, progress)["square"] + 2}

    train(line(), changing, tmp_path, MINUTES, lambda network: None, LoopConfig(steps=6, log_every=3, warm_up=1))
    assert [(row["step"], row["term"], float(row["value"])) for row in rows(tmp_path)] == [
        ("3", "early", 2),
        ("6", "early", 2),
        ("6", "late", 2),
    ]


def test_progress_and_rate_run_their_course(tmp_path: Path) -> None:
    seen: list[float] = []

    def watched(network: nn.Module, progress: float) -> dict[str, Tensor]:
        seen.append(progress)
        return loss(network, progress)

    train(line(), watched, tmp_path, MINUTES, lambda network: None, SIX)
    assert seen == pytest.approx([k / 6 for k in range(1, 7)])


def test_no_time_is_no_more_than_one_step(tmp_path: Path) -> None:
    train(line(), loss, tmp_path, 1e-9, lambda network: None, LoopConfig(log_every=1))
    assert len(rows(tmp_path)) == 2


def test_the_state_of_another_training_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(line(), failing_after(2), tmp_path, MINUTES, lambda network: None, SIX)
    with pytest.raises(InvalidRequest, match=r"state\.pt is not the state of this training"):
        train(nn.Linear(3, 1), loss, tmp_path, MINUTES, lambda network: None, SIX)
    (tmp_path / "state.pt").write_bytes(b"nothing of the kind")
    with pytest.raises(InvalidRequest, match="remove it to start afresh"):
        train(line(), loss, tmp_path, MINUTES, lambda network: None, SIX)


def test_items_come_in_order_and_one_ahead() -> None:
    asked: list[int] = []

    def numbers():
        for k in itertools.count():
            asked.append(k)
            yield k

    items = ahead(numbers())
    assert [next(items) for _ in range(5)] == [0, 1, 2, 3, 4]
    items.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert asked in ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5])
