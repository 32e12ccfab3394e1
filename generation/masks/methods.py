"""The named methods that make masks of attention: what pages offer and what a stored mask names. No torch here."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Method:
    """One way from attention to masks; its key is stored with them and never changes its meaning.

    Attributes
    ----------
    title : what pages call it.
    source : who described it, or that the definition is ours.
    learns : from the whole batch, so that more pictures give better masks.
    """

    key: str
    title: str
    source: str
    learns: bool


_OURS = "our definition after Pi and Shan 2025"

METHODS = MappingProxyType(
    {
        method.key: method
        for method in (
            Method("otsu", "Otsu's threshold", "Otsu 1979", learns=False),
            Method("valley", "Adaptive threshold: emptiest place of the histogram", _OURS, learns=False),
            Method("half", "Fixed threshold: 0.5", "none", learns=False),
            Method("crf", "DenseCRF", "Krähenbühl and Koltun 2011, constants of DiffuMask 2023", learns=False),
            Method("walk", "Affinity net, random walk", "Ahn and Kwak 2018", learns=True),
            Method("restart", "Affinity net, walk with restart", "Ahn and Kwak 2018; Tong et al. 2006", learns=True),
            Method("affinity_then_crf", "Affinity, then DenseCRF", _OURS, learns=True),
            Method("cross_fusion", "Cross-fusion of DenseCRF and affinity", _OURS, learns=True),
            Method(
                "batch_net", "Attention with a U-Net of the batch", "our definition after DiffuMask 2023", learns=True
            ),
        )
    }
)

DEFAULT_METHOD = "batch_net"
