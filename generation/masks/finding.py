"""From a batch's attention to probabilities, one function a method; each learns from nothing but the batch itself.

Whatever has a picture's size is worked out when it is asked for, so that a batch of thousands fits in memory.

The two variants that combine CRF and affinity are OUR definitions: of Pi and Shan (2025, arXiv:2503.07209) only the
abstract could be read, which names them without formulas.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from generation.masks.affinity_net import affinities_of, train_affinity
from generation.masks.batch_unet import held_out_probabilities
from generation.masks.cleaning import cleaned
from generation.masks.dense_crf import refine_by_crf
from generation.masks.errors import MaskError, UnusableAttentionError
from generation.masks.one_by_one import OneByOne
from generation.masks.planes import Grey, Plane, enlarged, shrunk
from generation.masks.random_walk import PSA_POWER, SIDE, transition, walk, walk_with_restart
from generation.masks.thresholds import cut_at, otsu, probability, valley

HALF = 0.5
"""The fixed threshold, in the fused map's own units."""
NET_SHARE = 1 / 3
"""What the U-Net says beside the attention: of 0.1 to 0.6 what helped in batches of 16 as in large ones."""

Result = TypeVar("Result")
Tell = Callable[[float], None]
"""Called with the share of the learning done; may raise to stop."""


@dataclass(frozen=True)
class Material:
    """A batch as methods see it: for each picture its fused attention and its patient; the structure's parts.

    Pictures and attention may be `OneByOne`.
    """

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
    held_out: Sequence[Plane] | None = None


def by_otsu(material: Material, _: Tell) -> Found:
    """Otsu's threshold of each map."""
    return Found(_cut(material))


def by_valley(material: Material, _: Tell) -> Found:
    """The emptiest place of each map's histogram."""
    return Found(_each(material, lambda _, plane: probability(plane, valley(plane))))


def by_half(material: Material, _: Tell) -> Found:
    """0.5 of the fused map, whose maximum is below 1 where its resolutions do not peak together."""
    return Found(_each(material, lambda _, plane: probability(plane, cut_at(plane, HALF))))


def by_crf(material: Material, _: Tell) -> Found:
    """Otsu's probability, then the CRF with published constants."""
    return Found(_smoothed(material))


def by_walk(material: Material, tell: Tell) -> Found:
    """A random walk over learned affinities, as PSA's."""
    return Found(_walked(material, tell, walk))


def by_restart(material: Material, tell: Tell) -> Found:
    """A random walk over learned affinities that keeps going back to the attention."""
    return Found(_walked(material, tell, walk_with_restart))


def by_affinity_then_crf(material: Material, tell: Tell) -> Found:
    """Our “affinity then CRF”: PSA's walk, cut by Otsu, is what the CRF starts from."""
    walked = _walked(material, tell, walk)
    return Found(_then(walked, lambda place, start: refine_by_crf(material.pictures[place], start)))


def by_cross_fusion(material: Material, tell: Tell) -> Found:
    """Our “cross-fusion”: the mean of the CRF's probability and the walk's, each found from the attention alone."""
    walked, smoothed = _walked(material, tell, walk), _smoothed(material)
    return Found(_then(walked, lambda place, one: _mixed(one, smoothed[place], 0.5)))


def by_batch_net(material: Material, tell: Tell) -> Found:
    """Two thirds of the attention's probability and a third of that of a U-Net of the other fold."""
    first = _cut(material)
    masks = OneByOne(len(first), lambda place: cleaned(first[place] >= 0.5, material.parts))
    held_out = held_out_probabilities(material.pictures, masks, material.groups, material.seed, tell)
    return Found(_then(first, lambda place, one: _mixed(one, held_out[place], NET_SHARE)), held_out)


def _cut(material: Material) -> Sequence[Plane]:
    """Each picture's attention as a probability, by Otsu's threshold."""
    return _each(material, lambda _, plane: probability(plane, otsu(plane)))


def _cut_again(walked: Plane) -> Plane | MaskError:
    """A walked map as a probability; where the walk has levelled it, the error, which is this picture's alone."""
    try:
        return probability(walked, otsu(walked))
    except UnusableAttentionError:
        return UnusableAttentionError("the walk levelled its attention, so nothing stands out; choose another method.")


def _smoothed(material: Material) -> Sequence[Plane]:
    """Otsu's probability after the CRF."""
    return _each(material, lambda picture, plane: refine_by_crf(picture, probability(plane, otsu(plane))))


def _mixed(one: Plane, other: Plane, share: float) -> Plane:
    """The mean of two probabilities, the other's weight being `share`."""
    return np.asarray((1 - share) * one + share * other, dtype=np.float32)


def _walked(material: Material, tell: Tell, spread: Callable[..., Plane]) -> Sequence[Plane | MaskError]:
    """Probabilities after a walk of this kind, at the pictures' sizes."""
    first = _cut(material)
    net = train_affinity(material.pictures, first, material.seed, tell)

    def one(picture: Grey, plane: Plane) -> Plane | MaskError:
        matrix = transition(affinities_of(net, picture), PSA_POWER)
        walked = spread(matrix, shrunk(plane, (SIDE, SIDE)))
        return _cut_again(enlarged(walked, (picture.shape[0], picture.shape[1])))

    return _each(material, one)


def _each(material: Material, one: Callable[[Grey, Plane], Result]) -> Sequence[Result]:
    """What comes of each picture and its attention."""
    pictures, attention = material.pictures, material.attention
    return OneByOne(len(pictures), lambda place: one(pictures[place], attention[place]))


def _then(
    found: Sequence[Plane | MaskError] | Sequence[Plane], step: Callable[[int, Plane], Plane]
) -> Sequence[Plane | MaskError]:
    """A further step with what was found of each picture; an error stays what it is."""

    def one(place: int) -> Plane | MaskError:
        before = found[place]
        return before if isinstance(before, MaskError) else step(place, before)

    return OneByOne(len(found), one)


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
