"""The prompt of a training's samples is one that the model reads, however long captions are."""

import pytest

from generation.actions import training_journal
from generation.actions.training_queueing import resume_training
from generation.actions.training_running import train_run
from generation.actions.training_samples import as_one_text
from generation.diffusion.composing import texts_of
from generation.diffusion.errors import PromptError
from generation.diffusion.prompts import ids_in
from generation.models import TrainingRun
from lungstudy.jobs.models import JobState
from tests.generation.training_scenes import WORD, hearts, queued

pytestmark = pytest.mark.django_db
WORDS, REPEATED = "enlarged heart", 45
LONG = " ".join([WORDS] * REPEATED)


@pytest.fixture(autouse=True)
def small(monkeypatch, settings, tmp_path):
    """One image drawn in one step, and the nets of a model from scratch narrow."""
    from generation.diffusion.learning import denoising, scratch
    from generation.diffusion.training.plan import TrainingPlan

    settings.VAR = tmp_path / "var"
    nets = {"vae_channels": (8, 8, 8, 8), "latent_channels": 4, "unet_channels": (16, 32), "text_width": 16}
    monkeypatch.setattr(scratch, "shape_of", lambda plan: TrainingPlan(image_size=plan.size, text_layers=1, **nets))
    monkeypatch.setattr(denoising, "DRAWING_STEPS", 1)
    monkeypatch.setattr(training_journal, "IN_A_GRID", 1)


def queued_with(generator, kind, sample_prompt="", template="{view}, {finding}", **facts) -> TrainingRun:
    """A training under captions made of `facts`."""
    plan = {"kind": kind, "width": 16, "autoencoder_steps": 2 * (kind == "scratch"), "steps": 1}
    model = None if kind == "scratch" else generator
    return queued(model, hearts(4, **facts), plan=plan, template=template, sample_prompt=sample_prompt)


def trained(run: TrainingRun) -> TrainingRun:
    train_run(run.pk)
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("kind", ["lora", "fine_tune", "scratch"])
def test_a_training_under_captions_that_are_cut_draws_what_is_read_of_the_first(generator, kind):
    template = " ".join(["{view},", *["{finding}"] * REPEATED])
    run = trained(queued_with(generator, kind, template=template, finding=WORDS))
    assert (run.state, run.reason) == (JobState.DONE, "")
    [prompt] = set(run.samples.values_list("prompt", flat=True))
    assert prompt.startswith("PA, enlarged heart enlarged")
    assert f"PA, {LONG}".startswith(prompt)
    if kind == "lora":
        assert run.options["sample_prompt"] == prompt
        assert len(ids_in(generator.local_folder(), prompt)) == 22


def test_an_embedding_draws_its_first_caption_whole(generator):
    run = queued_with(generator, "embedding", template="{view}, {word}")
    assert run.options["sample_prompt"] == f"PA, {WORD}"


@pytest.mark.parametrize("kind", ["embedding", "lora"])
def test_a_typed_prompt_that_the_model_cannot_read_is_refused_with_what_would_be_lost(generator, kind):
    prompt = f"{WORD} {'effusion ' * 21}kidney"  # with the two vectors of the word 24 tokens, of which it reads 22
    with pytest.raises(PromptError, match="would be cut off"):
        queued_with(generator, kind, prompt, template="{view}, {word}")
    assert not TrainingRun.objects.exists()


@pytest.mark.parametrize("kind", ["lora", "scratch"])
@pytest.mark.parametrize(("prompt", "sentence"), [
    ("(heart, lung).blend(1)", "A blend is written"), ("heart AND ", "nothing on one side of AND"),
])  # fmt: skip
def test_a_typed_prompt_that_says_nothing_is_refused(generator, kind, prompt, sentence):
    with pytest.raises(PromptError, match=sentence):
        queued_with(generator, kind, prompt)


def test_a_model_from_scratch_draws_what_it_reads_of_a_typed_prompt(generator):
    run = trained(queued_with(generator, "scratch", f'("{LONG}", "heart").blend(1, 1)'))
    assert (run.state, run.reason) == (JobState.DONE, "")
    cut, short = texts_of(run.samples.first().prompt)
    assert short == "heart"
    assert 0 < len(cut) < len(LONG)


def test_a_run_that_was_stored_with_too_long_a_prompt_goes_on(generator, researcher):
    run = queued_with(generator, "lora")
    options = {**run.options, "sample_prompt": LONG}
    TrainingRun.objects.filter(pk=run.pk).update(options=options, state=JobState.FAILED)
    run.refresh_from_db()
    resume_training(run=run, by=researcher)
    assert trained(run).state == JobState.DONE


def test_words_of_a_finding_join_and_blend_nothing(generator):
    finding = 'effusion AND nodule ("a").blend(2'
    run = queued_with(generator, "lora", finding=finding)
    assert texts_of(run.options["sample_prompt"]) == [run.options["sample_prompt"]]
    folder = generator.local_folder()
    assert ids_in(folder, as_one_text(finding)) == ids_in(folder, finding)
