"""How each place of the picture shares its attention among the prompt's tokens in one layer."""

import torch
from diffusers.models.attention_processor import Attention


def keys_of(attention: Attention, text: torch.Tensor) -> torch.Tensor:
    """The text as the layer compares places with it, scaled; (n, heads, width, n_tokens), the same in every step."""
    keys = attention.to_k(text).unflatten(-1, (attention.heads, -1))
    scaled: torch.Tensor = keys.permute(0, 2, 3, 1) * keys.shape[-1] ** -0.5
    return scaled.contiguous()


def queries_of(attention: Attention, hidden: torch.Tensor) -> torch.Tensor:
    """The picture's places as the layer compares them with the text; (n, heads, n_places, width)."""
    queries: torch.Tensor = attention.to_q(hidden).unflatten(-1, (attention.heads, -1)).transpose(1, 2)
    return queries


def probabilities(queries: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
    """How one image's places share their attention among the tokens: softmax of q k / sqrt(d), averaged over heads.

    Parameters
    ----------
    queries : Tensor, shape (heads, n_places, width)
    keys : Tensor, shape (heads, width, n_tokens)

    Returns
    -------
    Tensor of float32, shape (n_places, n_tokens)
        Rows sum to 1.

    References
    ----------
    Vaswani et al. (2017), arXiv:1706.03762, eq. 1; averaged over heads as in Tang et al. (2023), DAAM,
    arXiv:2210.04885.
    """
    return torch.matmul(queries, keys).softmax(-1, dtype=torch.float32).mean(0)
