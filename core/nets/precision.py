"""What number formats a processor is quick in."""

import torch


def has_bfloat16() -> bool:
    """Whether this processor multiplies in bfloat16; others are slower with it than without."""
    return torch.backends.mkldnn.is_available() and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
