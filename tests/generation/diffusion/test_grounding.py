"""Grounding: attention to a structure's words is taught to cover it, and the words are found in captions."""

import math

import pytest
import torch
from diffusers.models.attention_processor import AttnProcessor
from transformers import CLIPTokenizer

from generation.diffusion.training.captions import caption_words
from generation.diffusion.training.grounding import divergence, ground, grounding_loss, word_shares
from generation.diffusion.training.networks import new_unet
from generation.diffusion.training.phantom_set import RADIOGRAPHS, phantom_of, phantom_set
from generation.diffusion.training.places import STRUCTURES, structure_shares
from generation.diffusion.training.plan import small_plan
from generation.diffusion.training.vocabulary import write_tokenizer

LEFT, RIGHT, HEART = range(3)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizer")
    write_tokenizer(folder, caption_words(), 77)
    return CLIPTokenizer.from_pretrained(folder)


def quarter() -> torch.Tensor:
    """One picture whose structure covers the upper left quarter of a 4 x 4 grid."""
    places = torch.zeros(1, 1, 4, 4)
    places[..., :2, :2] = 1
    return places


def test_attention_that_covers_just_the_structure_is_no_loss_whatever_its_strength():
    for strength in (1.0, 0.01):
        attention = strength * quarter().flatten(2).transpose(1, 2)
        assert float(divergence(attention, quarter())) == pytest.approx(0, abs=1e-6)


def test_attention_spread_over_the_whole_picture_loses_the_logarithm_of_the_structures_share():
    assert float(divergence(torch.full((1, 16, 1), 0.3), quarter())) == pytest.approx(math.log(4))


def test_attention_to_half_of_the_structure_loses_more_than_attention_to_all_of_it():
    half = quarter()
    half[..., 0, :] = 1e-4
    assert float(divergence(half.flatten(2).transpose(1, 2), quarter())) > 1


def test_a_coarser_layer_is_held_against_the_coarser_place():
    assert float(divergence(torch.full((1, 4, 1), 0.3), quarter())) == pytest.approx(math.log(4))


def test_what_is_not_named_or_not_in_the_picture_teaches_nothing():
    assert float(divergence(torch.zeros(1, 16, 1), quarter())) == 0
    assert float(divergence(torch.full((1, 16, 1), 0.3), torch.zeros(1, 1, 4, 4))) == 0


def test_words_are_found_wherever_they_stand_and_share_evenly(tokenizer):
    shares = word_shares(tokenizer, ["nodule in the left lung, right lung clear", "clear lungs"])
    # <start> nodule in the left lung , right lung clear
    assert shares.shape == (2, 77, 3)
    assert shares[0, :, LEFT].nonzero().flatten().tolist() == [4, 5]
    assert shares[0, :, RIGHT].nonzero().flatten().tolist() == [7, 8]
    assert shares[0, 4, LEFT] == 0.5
    assert not shares[0, :, HEART].any()
    assert not shares[1].any()


def test_the_grounded_layers_predict_what_diffusers_own_do():
    unet = new_unet(small_plan()).eval()
    asked = (torch.randn(2, 4, 8, 8), torch.tensor([10, 900]), torch.randn(2, 77, 16))
    with torch.no_grad():
        unet.set_attn_processor(AttnProcessor())
        expected = unet(*asked).sample
        ground(unet)
        assert torch.allclose(unet(*asked).sample, expected, atol=1e-5)


def test_learning_moves_the_attention_to_the_structure():
    unet = new_unet(small_plan()).train()
    ground(unet)
    places = torch.zeros(2, 1, 8, 8)
    places[0, ..., :4], places[1, ..., 4:] = 1, 1
    words = torch.zeros(2, 77, 1)
    words[:, 3] = 1
    asked = (torch.randn(2, 4, 8, 8), torch.tensor([10, 900]), torch.randn(2, 77, 16))
    optimizer = torch.optim.AdamW(unet.parameters(), lr=3e-3)
    losses = []
    for _ in range(25):
        unet(*asked)
        loss = grounding_loss(unet, words, places)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[0] > 0.3
    assert losses[-1] < 0.5 * losses[0]


def test_structures_lie_on_their_sides_and_the_heart_between(tmp_path):
    plan = small_plan()
    shares = structure_shares(plan, phantom_set(plan, tmp_path), tmp_path)
    assert shares.shape == (19, len(STRUCTURES), 8, 8)
    columns = torch.arange(8.0)
    for number in range(19):
        left, right, heart = (float((one.sum(0) * columns).sum() / one.sum()) for one in shares[number])
        assert left > 4.5, number
        assert right < 2.5, number
        if number < len(RADIOGRAPHS):
            assert right < heart < left, number
        else:
            assert math.isnan(heart), number  # slices have no words for the heart


def test_a_large_hearts_place_is_larger_than_the_same_bodys_normal_one():
    plan = small_plan()
    number = RADIOGRAPHS.index("cardiomegaly")
    ill, well = (phantom_of(plan, number, well=well).structures["heart"].sum() for well in (False, True))
    assert ill > 1.2 * well
