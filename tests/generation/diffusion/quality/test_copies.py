"""The search for images learned by heart: a planted copy is found, and nothing else."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from generation.diffusion.quality.copies import copies_among
from generation.diffusion.quality.describing import describe
from generation.diffusion.quality.features import Described, clouds, default_net, low_pass_of
from generation.diffusion.quality.kernel import kernel_distance
from generation.diffusion.quality.measure import compare, halves

SIZE = 64
# Of the default net's weights, and of its features of one picture.
NET = "af61203c35287fc032ce27b400a79646118a79a187ec780b12ad6ccfe7730822"
FIRST = [3.32338377, 2.914309, -1.7825973]


def pictures(n: int, seed: int) -> np.ndarray:
    """Smooth clouds, each its own."""
    noise = np.random.default_rng(seed).standard_normal((n, SIZE, SIZE))
    clouds = gaussian_filter(noise, (0, 6, 6))
    return np.clip(128 + 60 * clouds / clouds.std(), 0, 255).astype(np.uint8)


def described(stack: np.ndarray) -> Described:
    return describe(default_net(), len(stack), 0, lambda at: stack[at])[0]


@pytest.fixture(scope="module")
def real() -> np.ndarray:
    return pictures(150, 1)


@pytest.fixture(scope="module")
def reference(real) -> Described:
    return described(real)


def test_a_planted_copy_is_found_and_nothing_else(real, reference):
    drawn = pictures(100, 2)
    drawn[17] = np.clip(real[60] * 0.9 + 12 + np.random.default_rng(0).normal(0, 2, (SIZE, SIZE)), 0, 255)
    found = copies_among(described(drawn), reference, np.arange(len(real)))
    assert np.flatnonzero(found.suspects).tolist() == [17]
    assert found.by["features"].index[17] == found.by["low_pass"].index[17] == 60


def test_images_of_one_patient_do_not_calibrate_each_other(real, reference):
    twins = np.concatenate([real, real[:5]])  # the same films twice, of the same five patients
    groups = np.concatenate([np.arange(150), np.arange(5)])
    drawn = described(pictures(30, 3))
    once = copies_among(drawn, reference, np.arange(150))
    twice = copies_among(drawn, described(twins), groups)
    assert min(once.thresholds.values()) > 0
    assert twice.thresholds["low_pass"] == pytest.approx(once.thresholds["low_pass"], rel=0.05)


def test_real_images_among_themselves_raise_at_most_the_stated_share_of_alarms(real, reference):
    found = copies_among(reference.rows(np.arange(40)), reference, np.arange(150))
    assert found.real_suspects.mean() <= 0.02
    assert found.suspects.all()  # every one of these is a copy


@pytest.mark.parametrize(("n", "groups"), [(19, np.arange(19)), (30, np.zeros(30, dtype=int))])
def test_too_few_reference_images_are_refused_with_a_sentence(reference, n, groups):
    with pytest.raises(ValueError, match="reference images are"):
        copies_among(reference.rows(np.arange(30)), reference.rows(np.arange(n)), groups)


def test_the_net_is_the_same_on_every_machine():
    assert default_net().sha256 == NET
    features = default_net()(pictures(2, 9))
    assert features[0, :3] == pytest.approx(FIRST, rel=1e-4)


def test_low_pass_is_a_correlation():
    stack = pictures(2, 4)
    one = low_pass_of(np.stack([stack[0], stack[0] // 2, stack[1]]))
    assert one[0] @ one[1] == pytest.approx(1, abs=1e-3)
    assert abs(one[0] @ one[2]) < 0.9


def test_everything_is_undefined_with_a_reason_where_images_are_too_few(real, reference):
    few, many = reference.rows(np.arange(19)), reference
    values = {"synthetic": np.full(9, 0.5), "reference": np.linspace(0.4, 0.6, 75)}
    found = compare(few, many, np.arange(150), 0, values).as_json()
    assert found["rows"]["kid"]["value"] is None
    assert found["rows"]["kid"]["reason"] == "Each set needs at least 20 images; there are 19 and 150."
    assert "at least 20 images; there are 19" in found["rows"]["ms_ssim"]["reason"]
    assert found["copies"]["suspects"]["n_synthetic"] == 19
    middling = compare(reference.rows(np.arange(60)), many, np.arange(150), 0, values).as_json()
    assert middling["rows"]["fid"]["reason"] == "64 features need at least 70 images in each set; there are 60 and 150."
    assert middling["rows"]["kid"]["value"] is not None
    assert middling["floor"]["fid"]["value"] is not None


def test_the_same_seed_gives_the_same_numbers_and_pairs(real, reference):
    values = {"synthetic": np.linspace(0, 1, 20), "reference": np.linspace(0, 1, 75)}
    sets = described(pictures(40, 5)), reference
    first, second = (compare(*sets, np.arange(150), 3, values).as_json() for _ in range(2))
    assert first == second
    assert sum(first["copies"]["histograms"]["features"]["synthetic"]) == 40
    assert len(first["copies"]["pairs"]) == 40


def test_every_image_is_kept_with_what_both_measures_find_nearest_to_it(real, reference):
    drawn = described(pictures(40, 5))
    values = {"synthetic": np.linspace(0, 1, 20), "reference": np.linspace(0, 1, 75)}
    pairs = compare(drawn, reference, np.arange(150), 3, values).as_json()["copies"]["pairs"]
    assert sorted(pair["synthetic"] for pair in pairs) == list(range(40))
    apart = {
        "features": np.linalg.norm(drawn.features[:, None] - reference.features[None], axis=2),
        "low_pass": 1 - drawn.low_pass @ reference.low_pass.T,
    }
    for pair in pairs:
        for name, one in pair["nearest"].items():
            row = {each: apart[each][pair["synthetic"]] for each in apart}
            assert one["reference"] == row[name].argmin()
            assert [one[each] for each in apart] == pytest.approx([row[each][one["reference"]] for each in apart])
        assert pair["reference"] in {one["reference"] for one in pair["nearest"].values()}


def test_the_halves_share_no_patient():
    groups = np.repeat(np.arange(10), 3)
    one, other = halves(groups, np.random.default_rng(0))
    assert not set(groups[one]) & set(groups[other])
    assert len(one) + len(other) == 30


def test_the_net_sees_blur_and_grain_that_hardly_show():
    """What the standardising over clouds is for: without it neither tells the sets apart."""
    drawn = clouds(120, 128)
    one, other = drawn[:60], drawn[60:]
    blurred = np.stack([gaussian_filter(picture, 0.7) for picture in one])
    grain = np.random.default_rng(0).normal(0, 12, one.shape)
    grainy = np.clip(one + grain, 0, 255).astype(np.uint8)
    net = default_net()
    reference = net(other)
    assert kernel_distance(net(one), reference).whole < 0.2
    for damaged in (blurred, grainy):
        found = kernel_distance(net(damaged), reference)
        assert found.around(found.whole, 60, 60).low > 0
