"""AND, weights and blends: what is written, and what they do to the image."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from generation.diffusion.composing import Part, Term, blended, joined, terms_of, texts_of
from generation.diffusion.conditioning import conditions_of
from generation.diffusion.errors import PromptError
from generation.diffusion.material import Material
from generation.diffusion.reading import read, tokens_of
from generation.diffusion.recipe import Adapter
from generation.diffusion.sampling import sample
from tests.generation.diffusion.recipes import recipe

CLEAR, LARGE = "chest radiograph, clear lungs", "chest radiograph, cardiomegaly"


def drawn(pipeline, prompt, **changes):
    return sample(pipeline, [recipe(prompt=prompt, **changes)], lambda _: None)[0].astype(int)


def apart(one, other):
    return np.abs(one - other).max()


def test_a_plain_prompt_is_one_term_with_its_very_text():
    for prompt in ("", "heart 1:2", "sand and ANDES", " spaced "):
        assert terms_of(prompt) == (Term((Part(prompt),)),)


def test_terms_carry_their_weights():
    assert terms_of("a chest :0.3 AND cardiomegaly:.7 AND nodule : -1") == (
        Term((Part("a chest"),), 0.3),
        Term((Part("cardiomegaly"),), 0.7),
        Term((Part("nodule"),), -1.0),
    )
    assert [term.weight for term in terms_of("a AND b")] == [1.0, 1.0]


def test_shares_of_a_blend_sum_to_one():
    [term] = terms_of('("a", "b, c").blend(1, 3)')
    assert term.parts == (Part("a", 0.25), Part("b, c", 0.75))


def test_what_is_put_together_is_read_back():
    assert [term.weight for term in terms_of(joined([CLEAR, LARGE], [0.25, 0.75]))] == [0.25, 0.75]
    assert texts_of(joined([CLEAR, blended([CLEAR, LARGE], [0.5, 0.5])], [1, 1])) == [CLEAR, CLEAR, LARGE]


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("left AND  AND right", "nothing on one side of AND"),
        ("left AND", "nothing on one side of AND"),
        (" AND ".join("abcdefghi"), "at most 8"),
        ('("a", "b").blend(1)', "2 prompts and 1 shares"),
        ('("a").blend(x)', "numbers with commas"),
        ('("a").blend(inf)', "finite"),
        ('("a", "b").blend(0, 0)', "more than 0"),
        ('before ("a", "b").blend(1, 1)', "nothing beside it"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(prompt, sentence):
    with pytest.raises(PromptError, match=sentence):
        terms_of(prompt)


def test_a_term_of_no_weight_changes_nothing_and_one_of_some_weight_does(tiny):
    alone = drawn(tiny, CLEAR)

    assert apart(drawn(tiny, joined([CLEAR, LARGE], [1, 0])), alone) <= 1  # other shapes of the same sums
    assert apart(drawn(tiny, joined([CLEAR, LARGE], [0.5, 0.5])), alone) > 1


def test_terms_may_stand_in_any_order_and_be_split(tiny):
    mixed = drawn(tiny, joined([CLEAR, LARGE], [0.3, 0.7]))

    assert apart(drawn(tiny, joined([LARGE, CLEAR], [0.7, 0.3])), mixed) <= 1
    assert apart(drawn(tiny, joined([CLEAR, LARGE, LARGE], [0.3, 0.4, 0.3])), mixed) <= 1


def test_the_ends_of_a_blend_are_its_prompts(tiny):
    assert apart(drawn(tiny, blended([CLEAR, LARGE], [1, 0])), drawn(tiny, CLEAR)) <= 1
    assert apart(drawn(tiny, blended([CLEAR, LARGE], [0, 1])), drawn(tiny, LARGE)) <= 1
    assert apart(drawn(tiny, blended([CLEAR, LARGE], [1, 1])), drawn(tiny, CLEAR)) > 1


def test_neighbours_change_nothing_of_a_composed_image(tiny):
    first, second = recipe(prompt=joined([CLEAR, LARGE], [0.3, 0.7])), recipe(prompt=joined([LARGE, CLEAR], [1, 1]))
    together = sample(tiny, [second, first], lambda _: None)

    assert np.array_equal(together[1], sample(tiny, [first], lambda _: None)[0])


NEIGHBOURS = {
    "a blend": blended([CLEAR, LARGE], [0.3, 0.7]),
    "an embedding": "chest radiograph, <large-heart>",
    "both": blended([CLEAR, "<large-heart>"], [1, 1]),
}


@pytest.fixture
def with_embedding(tmp_path):
    vectors = torch.randn(2, 16, generator=torch.Generator().manual_seed(1))
    save_file({"<large-heart>": vectors}, tmp_path / "a.safetensors")
    return Material(files={"a": tmp_path / "a.safetensors"})


@pytest.mark.parametrize("neighbour", NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_an_image_drawn_beside_a_blend_or_an_embedding_is_the_one_drawn_beside_plain_prompts(
    tiny, with_embedding, neighbour
):
    one = recipe(prompt=LARGE, adapters=(Adapter("embedding", "<large-heart>", "a"),))
    beside = replace(one, prompt=neighbour, seed=5)

    def embedded(*group):
        return conditions_of(tiny, group, {"<large-heart>": load_file(with_embedding.files["a"])["<large-heart>"]})

    # The embeddings themselves: of most differences in their last bits the grey levels would show nothing.
    plain, beside_it = embedded(one, one, one, one).embeddings, embedded(one, beside, one, beside).embeddings
    assert torch.equal(beside_it[[4, 6]], plain[[4, 6]])
    assert torch.equal(beside_it[5], embedded(*[beside] * 4).embeddings[5])
    drawn = sample(tiny, [one, beside, one], lambda _: None, with_embedding)
    assert np.array_equal(drawn[0], sample(tiny, [one] * 3, lambda _: None, with_embedding)[0])
    assert np.array_equal(drawn[1], sample(tiny, [beside], lambda _: None, with_embedding)[0])


def test_a_text_is_read_among_as_many_rows_whatever_stands_beside_it(tiny):
    """So small a model has the same bits in any shape; a large one has not, so the shape itself is looked at."""

    def rows_of_plain(*prompts):
        shapes = []
        ids = tokens_of(tiny, [LARGE], {})[0][0]
        hook = tiny.text_encoder.get_input_embeddings().register_forward_pre_hook(
            lambda _, inputs: shapes.append(len(inputs[0])) if (inputs[0] == ids).all(dim=1).any() else None
        )
        try:
            conditions_of(tiny, [recipe(prompt=prompt) for prompt in prompts], {})
        finally:
            hook.remove()
        return shapes

    assert rows_of_plain(LARGE, CLEAR, CLEAR) == [3]
    assert rows_of_plain(LARGE, CLEAR, blended(["nodule", CLEAR], [1, 1])) == [3]


def test_a_plain_prompt_is_read_as_diffusers_reads_it_bit_for_bit(tiny):
    texts = [CLEAR, LARGE, "", "Frontal  chest x-ray!!"]
    theirs = tiny.encode_prompt(texts, "cpu", 1, do_classifier_free_guidance=False)[0]

    assert torch.equal(read(tiny, texts, {}), theirs)


def test_prompts_of_different_shape_are_not_drawn_together(tiny):
    with pytest.raises(ValueError, match="same number of terms"):
        sample(tiny, [recipe(), recipe(prompt=joined([CLEAR, LARGE], [1, 1]))], lambda _: None)


def test_each_term_may_fill_the_model_by_itself(tiny):
    long = "left " * 20  # 22 of 24 tokens

    assert drawn(tiny, joined([long.strip(), long.strip()], [0.5, 0.5])).shape == (64, 64)
    with pytest.raises(PromptError, match="reads 24"):
        drawn(tiny, joined([CLEAR, "left " * 40], [0.5, 0.5]))
