"""What may be trained: zero images are refused and five are warned about, words and captions are checked."""

from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest
from django.utils import timezone

from generation.actions.training_orders import TrainingError, cautions, chosen_images
from generation.actions.training_queueing import cancel_training, queue_training, resume_training
from generation.diffusion.errors import DiffusionError
from generation.diffusion.learning.captions import CaptionError, caption_of, check_template
from generation.diffusion.learning.splitting import held_out
from generation.models import Adapter, TrainingRun
from lungstudy.audit.models import Event
from lungstudy.jobs.models import JobState
from lungstudy.library.models import Image
from tests.factories import DatasetFactory
from tests.generation.training_scenes import WORD, hearts, order_for, queued

pytestmark = pytest.mark.django_db


def test_exactly_the_images_and_captions_of_a_run_are_stored(generator, researcher):
    dataset = hearts(5)
    Image.objects.filter(source_name="film4.png").update(excluded_at=timezone.now(), exclusion_reason="blurred")
    run = queued(generator, dataset, by=researcher)
    assert {row.image.source_name for row in run.images.all()} == {f"film{n}.png" for n in range(4)}
    assert {row.caption for row in run.images.all()} == {f"PA chest radiograph, {WORD}, cardiomegaly"}
    assert list(run.datasets.all()) == [dataset]
    assert run.total == 3
    assert run.options["phantoms"] is False  # the model has seen patients, as far as is known
    event = Event.objects.get(verb="queued a training")
    assert (event.actor_id, event.detail["images"]) == (researcher.pk, 4)


def test_no_image_is_refused_and_five_are_taken_with_a_warning(generator):
    with pytest.raises(TrainingError, match="There is no image in use"):
        queued(generator, DatasetFactory(phantoms=True))
    run = queued(generator, hearts(5), held_out_share=0.0)
    assert "Only 5 images to learn from: expect" in run.options["cautions"][0]
    order = order_for(generator, hearts(12), held_out_share=0.0)
    assert not cautions(order, chosen_images(order))


def test_only_images_with_the_finding_are_taken_and_no_more_than_wanted(generator):
    dataset = hearts(6)
    Image.objects.filter(source_name__in=("film0.png", "film1.png")).update(finding="normal")
    order = order_for(generator, dataset, finding="normal")
    assert {one.image.finding for one in chosen_images(order)} == {"normal"}
    few = order_for(generator, dataset, most_images=3)
    assert len(chosen_images(few)) == 3
    assert chosen_images(few) == chosen_images(few)


def test_all_images_of_a_patient_stand_on_one_side(generator):
    chosen = chosen_images(order_for(generator, hearts(12, patients=4), held_out_share=0.3))
    sides = {(one.image.patient_key, one.held_out) for one in chosen}
    assert len(sides) == 4
    assert sum(one.held_out for one in chosen) == 3


def test_films_that_name_no_patient_are_counted_where_some_are_held_out(generator):
    dataset = hearts(20, patient_key="")
    Image.objects.filter(source_name__in=("film0.png", "film1.png")).update(patient_key="P1")

    def said(**changes):
        order = order_for(generator, dataset, **changes)
        return [sentence for sentence in cautions(order, chosen_images(order)) if "name no patient" in sentence]

    assert not said()  # phantoms are of nobody
    dataset.phantoms = False
    assert "18 of 20 images name no patient and count as a patient each" in said()[0]
    assert not said(held_out_share=0.0)


def test_a_caution_says_which_captions_are_too_long_and_what_they_lose(generator):
    dataset = hearts(6)
    for number, words in enumerate(("enlarged", "shrunken", "rotated", "clear")):
        Image.objects.filter(source_name=f"film{number}.png").update(finding=f"{'lung ' * 22}{words}")
    order = order_for(generator, dataset, plan={"kind": "lora"}, template="{view}, {finding}")
    found = next(sentence for sentence in cautions(order, chosen_images(order)) if "are cut" in sentence)
    assert found.startswith("4 of 6 captions are longer than the 22 tokens of this model and are cut: “PA, lung lung")
    assert "loses “lung lung enlarged”; “PA, " in found
    assert "; and 1 other captions lose their ends" in found
    assert "cardiomegaly" not in found  # what fits is not listed
    short = order_for(generator, dataset, plan={"kind": "lora"}, template="{view}")
    assert not [sentence for sentence in cautions(short, chosen_images(short)) if "are cut" in sentence]


@pytest.mark.parametrize(("patients", "share", "expected"), [
    (["a"] * 10, 0.5, 0), (["a", "b"], 0.5, 1), ([""] * 10, 0.2, 2), (["a", "b"], 0.0, 0),
])  # fmt: skip
def test_some_patient_always_stays_to_learn_from(patients, share, expected):
    assert sum(held_out(patients, share, seed=1)) == expected


@pytest.mark.parametrize("seed", range(5))
def test_whole_patients_are_taken_in_an_order_of_the_seed_while_they_bring_the_share_nearer(seed):
    rng = np.random.default_rng(seed)
    patients = [f"P{number}" if number else "" for number in rng.integers(0, 40, size=200)]
    keys = [key or f"\0{at}" for at, key in enumerate(patients)]
    unique, expected = sorted(set(keys)), set()
    for at in np.random.default_rng(seed).permutation(len(unique))[:-1]:
        so_far = sum(key in expected for key in keys)
        if so_far + keys.count(unique[at]) / 2 <= 0.3 * len(keys):
            expected.add(unique[at])
    assert held_out(patients, 0.3, seed) == [key in expected for key in keys]


def test_each_patient_key_is_looked_at_a_few_times_only():
    """Counting a patient's images among all of them took minutes where there are many patients."""
    compared = []

    class Key(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other):
            compared.append(other)
            return str.__eq__(self, other)

    held_out([Key(f"P{number}") for number in range(500)], 0.2, seed=1)
    assert len(compared) < 500 * 10


@pytest.mark.parametrize(("template", "facts", "caption"), [
    ("{view} chest radiograph, {finding}", {"view": "PA", "finding": "nodule"}, "PA chest radiograph, nodule"),
    ("{view} chest radiograph, {finding}", {}, "chest radiograph"),
    ("{sex} aged {age}, {finding}", {"sex": "F", "age": "63"}, "F aged 63"),
])  # fmt: skip
def test_captions_leave_out_what_is_not_known(template, facts, caption):
    assert caption_of(template, facts) == caption


@pytest.mark.parametrize(("template", "word", "sentence"), [
    ("{disease}", "", "knows no {disease}"),
    ("{finding", "", "without its partner"),
    ("chest radiograph", WORD, "must hold its word"),
])  # fmt: skip
def test_a_template_that_cannot_be_used_is_a_sentence(template, word, sentence):
    with pytest.raises(CaptionError, match=sentence):
        check_template(template, word=word)


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"plan": {"word": "heart"}}, "cannot be an embedding's word"),
    ({"plan": {"word": "<Large Heart>"}}, "cannot be an embedding's word"),
    ({"plan": {"vectors": 21}}, "with 21 vectors and this model reads 22: “<large-heart>, cardiomegaly” would"),
    ({"template": "{word} {nothing}"}, "knows no {nothing}"),
    ({"datasets": []}, "Choose at least one data set"),
    ({"generator": None}, "starts from a|everything else from a registered one"),
])  # fmt: skip
def test_an_order_that_cannot_be_trained_is_refused_in_a_sentence(generator, changes, sentence):
    with pytest.raises(DiffusionError, match=sentence):
        queued(**{"generator": generator, **changes})
    assert not TrainingRun.objects.exists()


def test_a_word_that_the_tokenizer_knows_is_refused(generator, tmp_path, model_folder):
    import json
    import shutil

    folder = tmp_path / "words"
    shutil.copytree(model_folder, folder)
    tokens = json.loads((folder / "tokenizer" / "tokenizer.json").read_text())
    taken = {"id": 1, "content": WORD, "single_word": False, "lstrip": False, "rstrip": False}
    tokens["added_tokens"].append({**taken, "normalized": False, "special": False})
    (folder / "tokenizer" / "tokenizer.json").write_text(json.dumps(tokens))
    generator.source = str(folder)
    generator.save()
    with pytest.raises(TrainingError, match="is a token of this model already"):
        queued(generator)


def test_a_name_that_exists_or_is_being_trained_is_refused(generator):
    run = queued(generator)
    with pytest.raises(TrainingError, match="exists already, or is being trained"):
        queued(generator)
    TrainingRun.objects.filter(pk=run.pk).update(state=JobState.CANCELLED)
    Adapter.objects.create(kind="embedding", name=WORD, generator=generator, sha256="3" * 64)
    with pytest.raises(TrainingError, match="exists already"):
        queued(generator)


def test_phantoms_and_patients_are_not_mixed(generator):
    with pytest.raises(TrainingError, match="may not be mixed"):
        queued(generator, datasets=[hearts(1), DatasetFactory()])


def test_a_double_click_queues_one_run(generator):
    order, key = order_for(generator), uuid4()
    first = queue_training(order=order, request_key=key, by=None)
    assert queue_training(order=replace(order), request_key=key, by=None) == first
    assert TrainingRun.objects.count() == 1


def test_what_waits_is_cancelled_at_once_and_may_go_on(generator, researcher):
    run = queued(generator)
    cancel_training(run=run, by=researcher)
    run.refresh_from_db()
    assert run.state == JobState.CANCELLED
    resume_training(run=run, by=researcher)
    run.refresh_from_db()
    assert (run.state, run.cancel_requested) == (JobState.QUEUED, False)
    with pytest.raises(TrainingError, match="neither failed nor was cancelled"):
        resume_training(run=run, by=researcher)
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "cancelled a training", "resumed a training",
    ]  # fmt: skip
