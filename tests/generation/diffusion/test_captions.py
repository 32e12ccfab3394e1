"""The wordings that phantoms are trained with: true, varied, and with words for the parts of the body."""

import re

import numpy as np
import pytest

from generation.diffusion.training.captions import CaptionParts, caption_words, ct_parts, radiograph_parts, reworded
from lungstudy.library.pixels.phantom import Finding, draw_phantom
from lungstudy.library.pixels.phantom.ct import CtFinding, draw_ct_phantom


def parts_of(finding: Finding | CtFinding, seed: int = 3) -> CaptionParts:
    if isinstance(finding, CtFinding):
        return ct_parts(draw_ct_phantom(seed, finding, 64))
    return radiograph_parts(draw_phantom(seed, finding, 64))


FINDINGS = [*Finding, *CtFinding]


@pytest.mark.parametrize("finding", FINDINGS)
def test_every_wording_names_the_finding(finding):
    rng, parts = np.random.default_rng(0), parts_of(finding)
    for _ in range(50):
        caption = reworded(parts, rng)
        assert any(words in caption for words in parts.findings)


@pytest.mark.parametrize("finding", FINDINGS)
def test_no_wording_of_a_sided_finding_says_the_other_side_is_ill(finding):
    for seed in range(6):
        parts = parts_of(finding, seed)
        sides = {side for side in ("left", "right") for words in parts.findings if side in words}
        well = {region.split()[0] for region in parts.regions if region.endswith("lung clear")}
        assert len(sides) <= 1
        assert sides.isdisjoint(well)
        assert sides | well == {"left", "right"}


def test_each_part_of_the_body_is_named_in_about_half_of_the_captions_and_not_always_together():
    rng, parts = np.random.default_rng(0), parts_of(Finding.NORMAL)
    captions = [reworded(parts, rng) for _ in range(400)]
    for region in ("left lung clear", "right lung clear"):
        assert 0.4 < np.mean([region in caption for caption in captions]) < 0.6
    both = [caption for caption in captions if "left lung clear" in caption and "right lung clear" in caption]
    first = [caption.index("left lung") < caption.index("right lung") for caption in both]
    assert 0.3 < np.mean(first) < 0.7


@pytest.mark.parametrize("finding", FINDINGS)
def test_every_word_of_every_wording_is_in_the_vocabulary(finding):
    rng, words = np.random.default_rng(0), set(caption_words())
    for seed in range(20):
        caption = reworded(parts_of(finding, seed), rng).lower()
        assert set(re.findall(r"[a-z]+|[^a-z\s]", caption)) <= words


def test_the_caption_of_a_phantom_is_one_of_its_wordings():
    film, cut = draw_phantom(3, "nodule", 64), draw_ct_phantom(3, "nodule", 64)
    for phantom, parts in ((film, radiograph_parts(film)), (cut, ct_parts(cut))):
        assert phantom.caption == ", ".join([parts.openings[0], *parts.details, parts.findings[0]])


def test_captions_have_words_for_anatomy_and_findings():
    anatomy = {"left", "right", "lung", "heart", "zone"}
    findings = {"cardiomegaly", "effusion", "pneumonia", "pneumothorax", "nodule", "ground", "glass", "opacity"}
    assert anatomy | findings <= set(caption_words())
