"""A phrase is found wherever its very tokens stand in a prompt, and a reason is given where they do not."""

from functools import partial
from pathlib import Path

import pytest

from generation.diffusion.attention.phrases import places_of
from generation.diffusion.attention.wanted import AttentionError
from generation.diffusion.prompts import ids_in

STARTER = Path(__file__).resolve().parents[4] / "generation" / "starter"
PROMPT = "chest radiograph, left heart clear, right heart clear"
encode = partial(ids_in, STARTER)


def places(phrase, prompt=PROMPT, vectors=None, most=77):
    return places_of(phrase, prompt, encode, vectors or {}, most)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("chest", (1,)),
        ("left heart", (4, 5)),
        ("  Left   HEART ", (4, 5)),
        ("right heart clear", (8, 9, 10)),
        ("heart", (5, 9)),
        ("heart clear", (5, 6, 9, 10)),
    ],
)
def test_places_count_from_the_start_mark_and_all_occurrences_are_found(phrase, expected):
    assert places(phrase) == (expected,)


def test_a_word_of_several_pieces_is_found_whole():
    pieces = len(encode("zygomatic"))
    assert pieces > 1
    assert places("zygomatic", "left zygomatic heart") == (tuple(range(2, 2 + pieces)),)


@pytest.mark.parametrize("phrase", ["hear", "hearts", "radio", "left clear", "left, heart", "kidney"])
def test_what_is_not_there_word_by_word_is_refused_with_both_named(phrase):
    with pytest.raises(AttentionError, match=f"“{phrase}” is not in the prompt “{PROMPT}”"):
        places(phrase)


@pytest.mark.parametrize("phrase", ["", "   "])
def test_a_phrase_without_a_word_is_refused(phrase):
    with pytest.raises(AttentionError, match="has no word"):
        places(phrase)


def test_it_is_looked_for_in_every_term():
    assert places("lungs", "left lungs :0.5 AND heart AND right lungs") == ((2,), (), (2,))


def test_a_blend_is_searched_in_the_parts_that_have_a_share():
    assert places("heart", '("heart", "left heart", "left lungs heart").blend(1, 1, 0)') == ((1, 2),)


def test_the_word_of_an_embedding_takes_as_many_places_as_it_has_vectors():
    prompt, vectors = "left <large-heart> lungs", {"<large-heart>": 3}
    assert places("<large-heart>", prompt, vectors) == ((2, 3, 4),)
    assert places("lungs", prompt, vectors) == ((5,),)
    assert places("left <large-heart>", prompt, vectors) == ((1, 2, 3, 4),)


def test_a_phrase_behind_the_last_token_that_is_read_is_refused():
    prompt = "left lungs clear, right lungs clear, heart"
    assert places("heart", prompt, most=11) == ((9,),)
    with pytest.raises(AttentionError, match=r"“heart” stands in .* only behind the 8 tokens that this model reads"):
        places("heart", prompt, most=10)


def test_of_a_phrase_that_stands_twice_the_place_that_is_read_counts():
    assert places("heart", most=8) == ((5,),)
