"""What is captured is the attention of the prompt's own half, and capturing changes no pixel."""

from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.models.attention_processor import Attention

from generation.diffusion.attention.capture import Capture
from generation.diffusion.attention.wanted import Wanted
from generation.diffusion.errors import DrawingError
from generation.diffusion.loading import load_pipeline
from generation.diffusion.material import NOTHING, Material
from generation.diffusion.recipe import Start, family
from generation.diffusion.sampling import sample
from tests.generation.diffusion.recipes import recipe
from tests.generation.diffusion.test_adapting import EMBEDDING, LORA, embedding_of, lora_of

STARTER = Path(__file__).resolve().parents[4] / "generation" / "starter"
GRID = 8
PROMPT = "chest radiograph, left pleural effusion, normal heart"
CLOSE = {"rtol": 2e-3, "atol": 1e-7}


def quietly(steps_done: int) -> None:
    """Nobody watches."""


def captured(pipeline, *recipes, given=NOTHING, **wanted):
    capture = Capture(Wanted(**{"phrases": ("heart",), **wanted}))
    images = sample(pipeline, recipes, quietly, given, capture)
    assert len(capture.images) == len(images) == len(recipes)
    return capture.images, images


def map_of(pipeline, one, phrase="heart", **wanted):
    kept, _ = captured(pipeline, one, phrases=(phrase,), **wanted)
    return kept[0].maps[phrase][GRID]


def changed_image():
    picture = np.tile(np.arange(64, dtype=np.uint8) * 3, (64, 1))
    mask = np.zeros((64, 64), dtype=bool)
    mask[16:48, 16:48] = True
    return Start("a", 0.5, "b", 2), Material(images={"a": picture}, masks={"b": mask})


VARIANTS = {
    "plain": {},
    "no guidance": {"guidance": 1.0},
    "negative": {"negative_prompt": "heart"},
    "terms": {"prompt": "left lung :0.4 AND normal heart"},
    "blend": {"prompt": '("left lung", "normal heart").blend(0.3, 0.7)'},
    "ancestral": {"scheduler": "euler_a"},
    "changed": {"start": changed_image()[0]},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_image_is_bit_for_bit_the_same(tiny, variant):
    recipes = family(recipe(**{"prompt": PROMPT, **VARIANTS[variant]}), 5)
    given = changed_image()[1]

    kept, images = captured(tiny, *recipes, given=given)

    assert all(map(np.array_equal, sample(tiny, recipes, quietly, given), images))
    assert all(one.maps["heart"][GRID].shape == (GRID, GRID) for one in kept)


def test_the_starters_images_are_bit_for_bit_the_same_too():
    starter = load_pipeline(str(STARTER))
    recipes = family(recipe(prompt="frontal chest radiograph, normal heart", width=128, height=128, batch_shape=2), 2)

    kept, images = captured(starter, *recipes)

    assert all(map(np.array_equal, sample(starter, recipes, quietly), images))
    assert all(plane.min() > 0 for planes in kept[0].maps.values() for plane in planes.values())


def test_it_is_the_attention_that_diffusers_itself_computes(tiny):
    """Through get_attention_scores, which diffusers' plain processor uses; heads and layers averaged."""
    seen = []

    class Recording:
        def __init__(self, own):
            self.own = own

        def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None):
            if hidden_states.shape[1] == GRID * GRID:
                queries, keys = (
                    attn.head_to_batch_dim(net(states))
                    for net, states in ((attn.to_q, hidden_states), (attn.to_k, encoder_hidden_states))
                )
                seen.append(attn.get_attention_scores(queries, keys).unflatten(0, (-1, attn.heads)).mean(1)[0])
            return self.own(attn, hidden_states, encoder_hidden_states, attention_mask)

    one = recipe(prompt="chest heart nodule", guidance=1.0, steps=2)
    layers = cross_attentions(tiny.unet)
    own = [layer.processor for layer in layers]
    for layer in layers:
        layer.set_processor(Recording(layer.processor))
    try:
        sample(tiny, [one], quietly)
    finally:
        for layer, processor in zip(layers, own, strict=True):
            layer.set_processor(processor)
    expected = torch.stack(seen).mean(0)

    ours = captured(tiny, one, phrases=("heart", "heart nodule"))[0][0].maps

    assert np.allclose(ours["heart"][GRID], expected[:, 2].reshape(GRID, GRID), rtol=1e-5)
    assert np.allclose(ours["heart nodule"][GRID], expected[:, 2:4].mean(1).reshape(GRID, GRID), rtol=1e-5)


def cross_attentions(unet):
    return [each for each in unet.modules() if isinstance(each, Attention) and each.is_cross_attention]


def test_guidance_and_the_negative_prompt_do_not_enter(tiny):
    """In the first step the picture is the same noise whatever guidance says."""
    alone = map_of(tiny, recipe(prompt=PROMPT, guidance=1.0), last_step=1)

    guided = map_of(tiny, recipe(prompt=PROMPT, guidance=7.0, negative_prompt="heart"), last_step=1)

    assert np.allclose(alone, guided, **CLOSE)


def test_of_joined_prompts_each_term_that_names_it_counts(tiny):
    left, heart = recipe(prompt="normal heart"), recipe(prompt="enlarged heart")
    both = recipe(prompt="normal heart AND enlarged heart AND left lung")
    one = recipe(prompt="normal heart AND left lung")

    maps = [map_of(tiny, each, last_step=1) for each in (left, heart, both, one)]

    assert not np.allclose(maps[0], maps[1], **CLOSE)
    assert np.allclose(maps[2], (maps[0] + maps[1]) / 2, **CLOSE)
    assert np.allclose(maps[3], maps[0], **CLOSE)


def test_neighbours_and_places_that_are_thrown_away_do_not_enter(tiny):
    recipes = [recipe(prompt=PROMPT, seed=5), recipe(prompt="normal heart", seed=6), recipe(prompt="nodule", seed=7)]
    together, _ = captured(tiny, *recipes)

    assert np.allclose(together[0].maps["heart"][GRID], map_of(tiny, recipes[0]), **CLOSE)
    assert np.allclose(together[1].maps["heart"][GRID], map_of(tiny, recipes[1]), **CLOSE)


def test_an_image_whose_prompt_lacks_the_phrase_says_so_and_the_others_have_it(tiny):
    kept, _ = captured(tiny, recipe(prompt="nodule"), recipe(prompt=PROMPT), phrases=("heart", "left"))

    assert kept[0].maps == {}
    assert "“heart” is not in the prompt “nodule”" in kept[0].missing["heart"]
    assert kept[1].maps.keys() == {"heart", "left"}
    assert kept[1].missing == {}


def test_the_mean_over_steps_is_the_mean_of_each_step(tiny):
    one = recipe(prompt=PROMPT, steps=3)
    steps = [map_of(tiny, one, first_step=step, last_step=step) for step in (1, 2, 3)]

    assert np.allclose(map_of(tiny, one), np.mean(steps, axis=0), rtol=1e-5)
    assert np.allclose(map_of(tiny, one, first_step=2), np.mean(steps[1:], axis=0), rtol=1e-5)
    assert not np.allclose(steps[0], steps[2], **CLOSE)


def test_steps_are_those_that_are_taken_where_an_image_is_changed(tiny):
    start, given = changed_image()
    one = recipe(prompt=PROMPT, steps=6, start=start)  # half of them

    kept, _ = captured(tiny, one, given=given, first_step=2, last_step=50)

    assert (kept[0].first_step, kept[0].last_step) == (2, 3)
    with pytest.raises(DrawingError, match="from step 4 on and this drawing takes 3"):
        captured(tiny, one, given=given, first_step=4)


def test_chosen_resolutions_are_kept_alone_and_unknown_ones_refused(tiny):
    one = recipe(prompt=PROMPT)
    every = captured(tiny, one)[0][0].maps["heart"]
    some = captured(tiny, one, resolutions=(2, 4))[0][0].maps["heart"]

    assert sorted(every) == [1, 2, 4, 8]
    assert sorted(some) == [2, 4]
    assert all(np.array_equal(some[rows], every[rows]) for rows in some)
    with pytest.raises(DrawingError, match="attends at 1, 2, 4, 8 rows, not at 16"):
        captured(tiny, one, resolutions=(8, 16))


def test_pictures_that_are_not_square_have_maps_of_their_shape(tiny):
    kept, _ = captured(tiny, recipe(prompt=PROMPT, height=64, width=128))

    assert {rows: plane.shape for rows, plane in kept[0].maps["heart"].items()} == {
        1: (1, 2), 2: (2, 4), 4: (4, 8), 8: (8, 16),
    }  # fmt: skip


@pytest.mark.parametrize("stopped", [False, True])
def test_the_models_own_processors_are_put_back(tiny, stopped):
    own = [layer.processor for layer in cross_attentions(tiny.unet)]

    def perhaps_stop(steps_done):
        if stopped:
            raise InterruptedError

    try:
        sample(tiny, [recipe(prompt=PROMPT)], perhaps_stop, NOTHING, Capture(Wanted(("heart",))))
    except InterruptedError:
        assert stopped
    assert [layer.processor for layer in cross_attentions(tiny.unet)] == own


def test_a_lora_is_on_the_net_that_is_watched(tiny, tmp_path):
    given = lora_of(tmp_path / "a.safetensors")
    one = recipe(prompt=PROMPT, adapters=LORA)

    kept, images = captured(tiny, one, given=given)

    assert np.array_equal(images[0], sample(tiny, [one], quietly, given)[0])
    assert not np.allclose(kept[0].maps["heart"][GRID], map_of(tiny, recipe(prompt=PROMPT)), **CLOSE)


def test_an_embeddings_own_tokens_are_found(tiny, tmp_path):
    given = embedding_of(tmp_path / "a.safetensors")
    one = recipe(prompt="chest radiograph, <large-heart>", adapters=EMBEDDING)

    kept, images = captured(tiny, one, given=given, phrases=("<large-heart>", "heart"))

    assert np.array_equal(images[0], sample(tiny, [one], quietly, given)[0])
    assert kept[0].maps["<large-heart>"][GRID].shape == (GRID, GRID)
    assert "heart" in kept[0].missing


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"phrases": ("heart", "heart")}, "different phrases"),
        ({"resolutions": (0,)}, "1 or more"),
        ({"first_step": 3, "last_step": 2}, "not from 3 to 2"),
        ({"first_step": 0}, "not from 0"),
    ],
)
def test_what_nobody_could_keep_is_refused(fields, sentence):
    with pytest.raises(ValueError, match=sentence):
        Wanted(**{"phrases": ("heart",), **fields})
