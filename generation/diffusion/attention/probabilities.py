"""How each place of the picture shares its attention among the prompt's tokens in one layer."""

import torch
from diffusers.models.attention_processor import Attention


def probabilities(attention: Attention, hidden: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
    """Softmax of q k / sqrt(d), averaged over heads.

    Parameters
    ----------
    hidden : Tensor, shape (n, n_places, width)
        The picture's features as the layer is given them.
    text : Tensor, shape (n, n_tokens, text_width)

    Returns
    -------
    Tensor of float32, shape (n, n_places, n_tokens)
        Rows sum to 1.

    References
    ----------
    Vaswani et al. (2017), arXiv:1706.03762, eq. 1; averaged over heads as in Tang et al. (2023), DAAM,
    arXiv:2210.04885.
    """
    queries = attention.to_q(hidden).unflatten(-1, (attention.heads, -1)).transpose(1, 2)
    keys = attention.to_k(text).unflatten(-1, (attention.heads, -1)).transpose(1, 2)
    scores = torch.matmul(queries * queries.shape[-1] ** -0.5, keys.transpose(-1, -2))
    return scores.float().softmax(-1).mean(1)
