"""Textual inversion: small files, an untouched model, and words that drawing reads as training did."""

import pytest
import torch
from safetensors.torch import load_file

from generation.diffusion.adapting import embedding_of
from generation.diffusion.learning import denoising
from generation.diffusion.learning.errors import LearningError
from generation.diffusion.recipe import Adapter
from tests.generation.diffusion.learning_scenes import WORD, begin, images_for, plan_with, steps


def weights_of(pipeline):
    nets = (pipeline.unet, pipeline.vae, pipeline.text_encoder)
    return [value.clone() for net in nets for value in net.state_dict().values()]


@pytest.mark.parametrize("folder", ["tiny_folder", "rgb_folder"])
def test_only_the_vectors_move_and_not_a_weight_of_the_model(request, folder):
    learner = begin(request.getfixturevalue(folder), plan_with())
    before, vectors = weights_of(learner.subject.pipeline), learner.subject.vectors.detach().clone()
    steps(learner, 3)
    assert all(torch.equal(*pair) for pair in zip(before, weights_of(learner.subject.pipeline), strict=True))
    assert not torch.equal(learner.subject.vectors, vectors)


def test_the_file_is_one_small_tensor_that_drawing_reads(tiny_folder, tmp_path):
    learner = begin(tiny_folder, plan_with(vectors=5))
    steps(learner, 1)
    path = tmp_path / "word.safetensors"
    learner.subject.export(path, {"steps": "1"})
    assert {name: tuple(tensor.shape) for name, tensor in load_file(path).items()} == {WORD: (5, 16)}
    assert path.stat().st_size < 1_000_000
    read_back = embedding_of(learner.subject.pipeline, Adapter("embedding", WORD, "a"), {"a": path})
    assert torch.equal(read_back, learner.subject.vectors.detach())


def test_sixty_four_vectors_of_the_widest_model_stay_under_a_megabyte(tmp_path):
    from safetensors.torch import save_file

    save_file({WORD: torch.zeros(64, 1024)}, tmp_path / "word.safetensors")
    assert (tmp_path / "word.safetensors").stat().st_size < 1_000_000


def test_it_begins_as_its_initial_words_in_turn(tiny_folder):
    subject = begin(tiny_folder, plan_with(vectors=3, initial_words="enlarged heart")).subject
    table, tokenizer = subject.pipeline.text_encoder.get_input_embeddings().weight, subject.pipeline.tokenizer
    ids = tokenizer("enlarged heart", add_special_tokens=False).input_ids
    assert torch.equal(subject.vectors.detach(), table[[ids[0], ids[1], ids[0]]].detach())


def test_steps_lower_the_loss_on_images_that_were_held_out(tiny_folder):
    learner = begin(tiny_folder, plan_with(steps=10, rate=0.05))
    before = learner.subject.held_out_loss(0)
    steps(learner, 10)
    assert learner.subject.held_out_loss(10) < before


def test_a_caption_that_would_be_cut_with_its_vectors_is_refused(tiny_folder):
    with pytest.raises(LearningError, match="tokens long with 30 vectors, and this model reads 22"):
        begin(tiny_folder, plan_with(vectors=30))


def test_gradient_checkpointing_gives_the_same_steps(tiny_folder):
    plain, spared = (begin(tiny_folder, plan_with(spare_memory=spare)) for spare in (False, True))
    assert steps(spared, 2) == pytest.approx(steps(plain, 2), rel=1e-5)


def test_samples_are_drawn_by_the_word_and_the_same_each_time(tiny_folder, monkeypatch):
    learner = begin(tiny_folder, plan_with(), images_for())
    monkeypatch.setattr(denoising, "DRAWING_STEPS", 1)
    first, again = (learner.subject.drawn(f"chest radiograph, {WORD}", 1)[0] for _ in range(2))
    assert first.shape == (64, 64)
    assert (first == again).all()
