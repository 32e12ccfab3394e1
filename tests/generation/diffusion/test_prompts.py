"""Tokens are counted exactly as the text encoder's own tokenizer counts them."""

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from transformers import CLIPTokenizer

from generation.diffusion.errors import ModelError, PromptError
from generation.diffusion.prompts import check_prompt, cut_from, fitting, prompt_length
from generation.diffusion.training.captions import caption_words
from generation.diffusion.training.vocabulary import write_tokenizer

PROMPTS = [
    "",
    "chest radiograph, left pleural effusion",
    "Frontal  chest x-ray!!  PA view;\nit's 12.5 cm",
    "Röntgenbild, Lungenödem — ärztlich 胸部 🫁",
    "<|endoftext|> left",
]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_saved_tokenizer_counts_as_transformers_does(tiny_folder, prompt):
    own = CLIPTokenizer.from_pretrained(tiny_folder / "tokenizer")
    assert prompt_length(tiny_folder, prompt) == len(own(prompt).input_ids)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A tokenizer as CLIP first came: vocab.json and merges.txt."""
    folder = tmp_path_factory.mktemp("original")
    write_tokenizer(folder / "tokenizer", caption_words(), 24)
    return folder


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_original_two_files_count_as_transformers_does(original, prompt):
    own = CLIPTokenizer.from_pretrained(original / "tokenizer")
    assert prompt_length(original, prompt) == len(own(prompt).input_ids)


@given(st.text(max_size=40))
def test_any_text_counts_as_transformers_does(original, tokenizer, text):
    assert prompt_length(original, text) == len(tokenizer(text).input_ids)


@pytest.fixture(scope="module")
def tokenizer(original):
    return CLIPTokenizer.from_pretrained(original / "tokenizer")


def test_every_caption_word_is_one_token(original):
    for word in caption_words():
        assert prompt_length(original, word) == 3, word


def test_a_prompt_that_just_fits_passes(tiny_folder):
    check_prompt(tiny_folder, "left " * 22, 24)


def test_a_prompt_one_word_too_long_says_what_would_be_cut(tiny_folder):
    with pytest.raises(PromptError, match="23 tokens long and this model reads 22: “effusion” would be cut off"):
        check_prompt(tiny_folder, "left " * 22 + "effusion", 24)


@pytest.mark.parametrize(("prompt", "kept"), [
    ("left " * 22, "left " * 22),
    ("left " * 22 + "effusion, right", "left " * 22),
    ("left " * 20 + "right, effusion, right", "left " * 20 + "right"),
    ("left " * 21 + "cardiomegalies", "left " * 21),
    ("x" * 400, ""),
])  # fmt: skip
def test_a_prompt_is_cut_after_the_last_whole_word_that_fits(tiny_folder, prompt, kept):
    assert fitting(tiny_folder, prompt, 24) == kept.strip()
    check_prompt(tiny_folder, kept, 24)


@given(st.text(alphabet="ab ,\n", max_size=120))
def test_what_is_left_is_a_beginning_that_fits_and_all_of_a_prompt_that_does(original, prompt):
    kept = fitting(original, prompt, 12)
    assert prompt.startswith(kept)
    assert not cut_from(original, kept, 12)
    if not cut_from(original, prompt, 12):
        assert kept == prompt.rstrip(", \n")


def test_a_long_cut_is_shown_in_short(tiny_folder):
    with pytest.raises(PromptError) as raised:
        check_prompt(tiny_folder, "left " * 22 + "right " * 50, 24)
    assert "right right" in str(raised.value)
    assert len(str(raised.value)) < 200


def test_cutting_and_padding_that_were_saved_with_a_tokenizer_are_not_counted(tiny_folder, tmp_path):
    copy = shutil.copytree(tiny_folder, tmp_path / "copy")
    file = copy / "tokenizer" / "tokenizer.json"
    saved = Tokenizer.from_file(str(file))
    saved.enable_truncation(24)
    saved.enable_padding(length=24)
    saved.save(str(file))
    assert prompt_length(copy, "left") == 3
    assert prompt_length(copy, "left " * 40) == 42


def test_a_damaged_tokenizer_is_named(tiny_folder, tmp_path):
    copy = shutil.copytree(tiny_folder, tmp_path / "copy")
    (copy / "tokenizer" / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelError, match=r"tokenizer in .* cannot be read"):
        prompt_length(copy, "left")
