"""From a batch's attention to probabilities, one function a method; each learns from nothing but the batch itself.

The two variants that combine CRF and affinity are OUR definitions: of Pi and Shan (2025, arXiv:2503.07209) only the
abstract could be read, which names them without formulas.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from generation.masks.affinity_net import affinities_of, train_affinity
from generation.masks.batch_unet import held_out_probabilities
from generation.masks.cleaning import cleaned
from generation.masks.dense_crf import refine_by_crf
from generation.masks.errors import MaskError, UnusableAttentionError
from generation.masks.planes import Grey, Plane, enlarged, shrunk
from generation.masks.random_walk import PSA_POWER, SIDE, transition, walk, walk_with_restart
from generation.masks.thresholds import cut_at, otsu, probability, valley

NET_SHARE = 1 / 3
"""What the U-Net says beside the attention: of 0.1 to 0.6 what helped in batches of 16 as in large ones."""

Tell = Callable[[float], None]
"""Called with the share of the work done; may raise to stop."""


@dataclass(frozen=True)
class Material:
    """A batch as methods see it: for each picture its fused attention and its patient; the structure's parts."""

    pictures: Sequence[Grey]
    attention: Sequence[Plane]
    groups: Sequence[str]
    parts: int
    seed: int


@dataclass(frozen=True)
class Found:
    """For each picture the probability of the structure, or why there is none, and, where a net learned, what it said
    unseen.
    """

    probabilities: Sequence[Plane | MaskError]
    held_out: list[Plane] | None = None


def by_otsu(material: Material, tell: Tell) -> Found:
    """Otsu's threshold of each map."""
    found = Found(_cut(material))
    tell(1.0)
    return found


def by_valley(material: Material, tell: Tell) -> Found:
    """The emptiest place of each map's histogram."""
    return Found(_each(material, tell, lambda _, plane: probability(plane, valley(plane))))


def by_half(material: Material, tell: Tell) -> Found:
    """One half of each map's maximum."""
    return Found(_each(material, tell, lambda _, plane: probability(plane, cut_at(plane, 0.5))))


def by_crf(material: Material, tell: Tell) -> Found:
    """Otsu's probability, then the CRF with published constants."""
    return Found(_smoothed(material, tell))


def by_walk(material: Material, tell: Tell) -> Found:
    """A random walk over learned affinities, as PSA's."""
    return Found([_cut_again(plane) for plane in _walked(material, tell, walk)])


def by_restart(material: Material, tell: Tell) -> Found:
    """A random walk over learned affinities that keeps going back to the attention."""
    return Found([_cut_again(plane) for plane in _walked(material, tell, walk_with_restart)])


def by_affinity_then_crf(material: Material, tell: Tell) -> Found:
    """Our “affinity then CRF”: PSA's walk, cut by Otsu, is what the CRF starts from."""
    walked = by_walk(material, tell).probabilities
    pairs = zip(material.pictures, walked, strict=True)
    return Found([one if isinstance(one, MaskError) else refine_by_crf(picture, one) for picture, one in pairs])


def by_cross_fusion(material: Material, tell: Tell) -> Found:
    """Our “cross-fusion”: the mean of the CRF's probability and the walk's, each found from the attention alone."""
    walked = by_walk(material, _part(tell, 0, 0.8)).probabilities
    smoothed = _smoothed(material, _part(tell, 0.8, 1))
    pairs = zip(walked, smoothed, strict=True)
    return Found([one if isinstance(one, MaskError) else _mixed(one, other, 0.5) for one, other in pairs])


def by_batch_net(material: Material, tell: Tell) -> Found:
    """Two thirds of the attention's probability and a third of that of a U-Net of the other fold."""
    first = _cut(material)
    masks = [cleaned(plane >= 0.5, material.parts) for plane in first]
    held_out = held_out_probabilities(material.pictures, masks, material.groups, material.seed, tell)
    both = zip(first, held_out, strict=True)
    return Found([_mixed(one, other, NET_SHARE) for one, other in both], held_out)


def _cut(material: Material) -> list[Plane]:
    """Each picture's attention as a probability, by Otsu's threshold."""
    return [probability(plane, otsu(plane)) for plane in material.attention]


def _cut_again(walked: Plane) -> Plane | MaskError:
    """A walked map as a probability; where the walk has levelled it, the error, which is this picture's alone."""
    try:
        return probability(walked, otsu(walked))
    except UnusableAttentionError:
        return UnusableAttentionError("the walk levelled its attention, so nothing stands out; choose another method.")


def _smoothed(material: Material, tell: Tell) -> list[Plane]:
    """Otsu's probability after the CRF."""
    return _each(material, tell, lambda picture, plane: refine_by_crf(picture, probability(plane, otsu(plane))))


def _part(tell: Tell, start: float, end: float) -> Tell:
    """Progress of one step among several."""
    return lambda share: tell(start + (end - start) * share)


def _mixed(one: Plane, other: Plane, share: float) -> Plane:
    """The mean of two probabilities, the other's weight being `share`."""
    return np.asarray((1 - share) * one + share * other, dtype=np.float32)


def _walked(material: Material, tell: Tell, spread: Callable[..., Plane]) -> list[Plane]:
    """Maps after a walk of this kind, at the pictures' sizes."""
    first = _cut(material)
    net = train_affinity(material.pictures, first, material.seed, _part(tell, 0, 0.5))

    def one(picture: Grey, plane: Plane) -> Plane:
        matrix = transition(affinities_of(net, picture), PSA_POWER)
        return enlarged(spread(matrix, shrunk(plane, (SIDE, SIDE))), (picture.shape[0], picture.shape[1]))

    return _each(material, _part(tell, 0.5, 1), one)


def _each(material: Material, tell: Tell, one: Callable[[Grey, Plane], Plane]) -> list[Plane]:
    done = []
    for picture, plane in zip(material.pictures, material.attention, strict=True):
        done.append(one(picture, plane))
        tell(len(done) / len(material.pictures))
    return done


Finder = Callable[[Material, Tell], Found]

FINDERS: MappingProxyType[str, Finder] = MappingProxyType(
    {
        "otsu": by_otsu,
        "valley": by_valley,
        "half": by_half,
        "crf": by_crf,
        "walk": by_walk,
        "restart": by_restart,
        "affinity_then_crf": by_affinity_then_crf,
        "cross_fusion": by_cross_fusion,
        "batch_net": by_batch_net,
    }
)
"""By the keys of `methods.METHODS`."""
