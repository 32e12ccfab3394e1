"""Models laid out as published ones load with every weight, read prompts with their own padding, and draw."""

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import CLIPTokenizer

from generation.diffusion.inspecting import inspect_model
from generation.diffusion.loading import load_pipeline
from generation.diffusion.prompts import ids_in
from generation.diffusion.reading import read, tokens_of
from generation.diffusion.sampling import sample
from tests.generation.diffusion.published_layouts import TOKENS, save_version_1, save_version_2
from tests.generation.diffusion.recipes import recipe

SAVED = {"Stable Diffusion 1.5": save_version_1, "RoentGen-v2": save_version_2}


@pytest.fixture(scope="module", params=SAVED.values(), ids=SAVED)
def layout(request, tmp_path_factory):
    """The folder, the weights that were written, and the pipeline."""
    folder: Path = tmp_path_factory.mktemp("published") / "model"
    written = request.param(folder)
    return folder, written, load_pipeline(str(folder))


def test_every_weight_of_the_files_is_in_the_loaded_model(layout):
    _, written, pipeline = layout
    for part, weights in written.items():
        loaded = getattr(pipeline, part).state_dict()
        assert loaded.keys() == weights.keys()
        assert [name for name, one in weights.items() if not torch.equal(loaded[name], one)] == []
    assert pipeline.safety_checker is pipeline.feature_extractor is None
    assert pipeline.scheduler.config.prediction_type == "epsilon"


def test_its_facts_are_read_and_it_draws(layout):
    folder, _, pipeline = layout
    facts = inspect_model(folder)

    assert (facts.native_size, facts.size_multiple, facts.channels, facts.max_prompt_tokens) == (64, 8, 3, TOKENS)
    [image] = sample(pipeline, [recipe()], lambda _: None)
    assert image.shape == (64, 64)
    assert len(np.unique(image)) > 1


def test_prompts_are_padded_with_the_models_own_token_and_read_as_diffusers_reads_them(layout):
    folder, _, pipeline = layout
    ids, _ = tokens_of(pipeline, ["left pleural effusion"], {})
    theirs = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    pads = {"!": 0}.get(theirs.pad_token, theirs.eos_token_id)

    assert ids.shape == (1, TOKENS)
    assert set(ids[0, 5:].tolist()) == {pads}
    texts = ["left pleural effusion", "", "chest x-ray!"]
    pipeline.tokenizer.model_max_length = TOKENS  # which no file says where there are two alone; we read it elsewhere
    own = pipeline.encode_prompt(texts, "cpu", 1, do_classifier_free_guidance=False)[0]
    assert torch.equal(read(pipeline, texts, {}), own)


@pytest.mark.parametrize("prompt", ["left pleural effusion", "chest x-ray!!", "!", "nodule!left !! ?!"])
def test_pages_read_the_tokens_that_the_model_reads(layout, prompt):
    folder, _, pipeline = layout
    assert ids_in(folder, prompt) == pipeline.tokenizer(prompt, add_special_tokens=False).input_ids


def test_the_second_version_pads_with_an_exclamation_mark(tmp_path):
    save_version_2(tmp_path / "model")
    assert load_pipeline(str(tmp_path / "model")).tokenizer.pad_token == "!"
