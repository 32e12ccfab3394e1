"""Models on their way: out of a single file, from the hub where that is allowed, and what stops them."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from safetensors import SafetensorError

from generation.actions.downloading import bring_from_file, bring_model, cancel_download, try_again
from generation.actions.pipelines import pipeline_of
from generation.actions.registering import GeneratorError, Registration, register_generator
from generation.diffusion.errors import ModelError
from generation.diffusion.inspecting import inspect_model
from generation.models import Download, Generator
from lungstudy.jobs.models import JobState
from tests.factories import ResearcherFactory
from tests.generation.diffusion.small_hub import COMMIT, small_hub

pytestmark = pytest.mark.django_db


@pytest.fixture
def single_file(tmp_path):
    """A file of another model's weights, and a folder of its shape, registered as "shape"."""
    from generation.diffusion.loading import load_pipeline
    from tests.generation.diffusion.original_names import save_single_file
    from tests.generation.diffusion.tiny_models import save_tiny

    folder = save_tiny(tmp_path / "shape", version="1.5", channels=3)
    register_generator(wanted=Registration(name="shape", source=str(folder)), by=None)
    return save_single_file(load_pipeline(str(folder)), tmp_path / "one.safetensors")


@pytest.fixture(autouse=True)
def own_var(settings, tmp_path):
    settings.VAR = tmp_path / "var"


def wanted(single_file, shape="shape"):
    return Registration(name="one", source=str(single_file), config_source=shape, trained_on="Nobody knows.")


def test_a_single_file_is_registered_as_on_its_way_and_draws_when_it_is_converted(single_file):
    generator = register_generator(wanted=wanted(single_file), by=None)
    with pytest.raises(ModelError, match="still on its way"):
        pipeline_of(generator)
    bring_model(generator.download.pk)
    generator = Generator.objects.get(name="one")

    assert (generator.download.state, generator.native_size) == (JobState.DONE, 64)
    assert sorted(generator.weights_files) == [
        "text_encoder/model.safetensors",
        "unet/diffusion_pytorch_model.safetensors",
        "vae/diffusion_pytorch_model.safetensors",
    ]
    assert pipeline_of(generator).vae.config.in_channels == 3


@pytest.mark.parametrize(("shape", "sentence"), [("", "Say which model"), ("/nowhere", "no model folder at /nowhere")])
def test_a_single_file_needs_a_model_of_its_shape(single_file, shape, sentence):
    with pytest.raises((GeneratorError, ModelError), match=sentence):
        register_generator(wanted=wanted(single_file, shape), by=None)
    assert not Generator.objects.filter(name="one").exists()


def test_what_cannot_be_converted_says_why_on_the_models_page_and_can_be_tried_again(single_file, client):
    whole = single_file.read_bytes()
    single_file.write_bytes(whole[:500])
    generator = register_generator(wanted=wanted(single_file), by=None)
    bring_model(generator.download.pk)
    client.force_login(ResearcherFactory())
    page = client.get(f"/generation/generators/{generator.token}/").text
    assert "one.safetensors cannot be read as safetensors; copy it again." in page
    assert "Try again" in page
    single_file.write_bytes(whole)
    client.post(f"/generation/generators/{generator.token}/download/again/")
    bring_model(generator.download.pk)

    assert Generator.objects.get(name="one").is_here


def test_a_worker_that_died_when_all_was_converted_leaves_a_model_that_the_next_one_registers(single_file, settings):
    generator = register_generator(wanted=wanted(single_file), by=None)
    folder = settings.VAR / "models" / generator.token.hex
    job = Download.objects.claim(generator.download.pk)
    bring_from_file(job, job.generator)
    Download.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    died_before_its_facts = Generator.objects.get(name="one")
    assert (died_before_its_facts.source, died_before_its_facts.is_here) == (str(folder), False)
    single_file.unlink()
    bring_model(generator.download.pk)
    generator = Generator.objects.get(name="one")

    assert (generator.download.state, generator.is_here) == (JobState.DONE, True)
    assert pipeline_of(generator).vae.config.in_channels == 3


@pytest.mark.django_db(transaction=True)  # the worker opens its connection anew after an error nobody foresaw
def test_a_full_disk_is_said_in_the_usual_sentence_and_the_next_try_is_whole(single_file, settings, monkeypatch):
    generator = register_generator(wanted=wanted(single_file), by=None)

    def full_disk(*_args, **_options):
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    with monkeypatch.context() as until_then:
        until_then.setattr("safetensors.torch.save_file", full_disk)  # the library's, which diffusers calls
        bring_model(generator.download.pk)
    generator.download.refresh_from_db()
    assert generator.download.state == JobState.FAILED
    assert generator.download.reason.startswith("The disk of the worker's machine is full; free some space")
    assert list((settings.VAR / "models").iterdir()) == []

    try_again(download=generator.download, by=ResearcherFactory())
    bring_model(generator.download.pk)
    assert Generator.objects.get(name="one").is_here


@pytest.mark.parametrize("name", ["old.ckpt", "old.pt", "old.bin", "OLD.CKPT", "old.zip"])
@pytest.mark.parametrize("is_there", [True, False])
def test_a_file_that_is_no_safetensors_is_refused_on_the_page_with_how_to_convert_it(tmp_path, client, name, is_there):
    if is_there:
        (tmp_path / name).write_bytes(b"\x80\x02rubbish")
    client.force_login(ResearcherFactory())
    page = client.post("/generation/generators/", {"name": "old", "source": str(tmp_path / name)})

    [sentence] = page.context["form"].errors["source"]
    if is_there or not name.endswith("zip"):
        assert sentence.startswith(f"{name} is no .safetensors file, and other weights can run code when opened")
        assert "from_single_file(old).save_pretrained(new)" in sentence
    assert not Generator.objects.exists()


@pytest.fixture
def hub(settings, tmp_path, monkeypatch, model_folder):
    """A hub on this machine that has the tiny model, known to the hub's library in this process."""
    settings.ALLOW_DOWNLOADS = True
    with small_hub({"somebody/tiny": model_folder}) as address:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        template = f"{address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
        yield


def test_a_hub_model_is_brought_with_its_commit_and_every_block_counted(hub, monkeypatch, model_folder):
    monkeypatch.setattr("generation.actions.leasing.SECONDS_BETWEEN_REPORTS", 0)
    generator = register_generator(wanted=Registration(name="far", source="somebody/tiny", revision="main"), by=None)
    with CaptureQueriesContext(connection) as asked:
        bring_model(generator.download.pk)
    generator = Generator.objects.get(name="far")
    told = [int(found[1]) for one in asked if (found := re.search(r'SET .*"done" = (\d+)', one["sql"]))]
    size = sum(file.stat().st_size for file in model_folder.rglob("*") if file.is_file()) // 1024

    assert (generator.download.state, generator.download.reason) == (JobState.DONE, "")
    assert (generator.revision, generator.is_here) == (COMMIT, True)
    assert generator.weights_sha256 == inspect_model(model_folder).weights_sha256
    assert told == sorted(told)
    assert len(set(told)) > 3
    assert generator.download.total == generator.download.done == told[-1] == size
    assert pipeline_of(generator).vae.config.in_channels == 1


def test_a_download_is_refused_where_nothing_is_downloaded_any_more(settings):
    settings.ALLOW_DOWNLOADS = True
    generator = register_generator(wanted=Registration(name="far", source="some/where"), by=None)
    settings.ALLOW_DOWNLOADS = False
    bring_model(generator.download.pk)
    generator.download.refresh_from_db()

    assert generator.download.state == JobState.FAILED
    assert "LUNGSTUDY_ALLOW_DOWNLOADS=1" in generator.download.reason


def test_a_waiting_download_is_cancelled_at_once_and_not_begun(settings):
    settings.ALLOW_DOWNLOADS = True
    somebody = ResearcherFactory()
    generator = register_generator(wanted=Registration(name="far", source="some/where"), by=somebody)
    cancel_download(download=generator.download, by=somebody)
    bring_model(generator.download.pk)
    generator.download.refresh_from_db()

    assert generator.download.state == JobState.CANCELLED
    assert try_again(download=generator.download, by=somebody)
    assert not try_again(download=generator.download, by=somebody)
