"""Registering models: what is refused, in which words, and that weights never change under a name."""

import hashlib
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from generation.actions.registering import Registration, register_generator, register_starter
from generation.models import Batch, Generator
from lungstudy.jobs.models import JobState
from tests.factories import BatchFactory, ResearcherFactory

pytestmark = pytest.mark.django_db
PAGE = "/generation/generators/"


@pytest.fixture
def page(client):
    client.force_login(ResearcherFactory())
    return client


@pytest.fixture
def own_folder(model_folder, tmp_path):
    """A copy that a test may spoil."""
    return shutil.copytree(model_folder, tmp_path / "own")


def said(answer) -> str:
    assert answer.status_code == 200, "the model was registered"
    assert not Generator.objects.exists()
    return " ".join(answer.context["form"].errors["source"])


def test_a_folder_is_inspected_and_hashed(page, model_folder):
    page.post(PAGE, {"name": "tiny", "source": str(model_folder), "licence": "CC0"})
    generator = Generator.objects.get()
    assert (generator.native_size, generator.size_multiple, generator.max_prompt_tokens) == (64, 8, 24)
    assert (len(generator.weights_sha256), generator.licence) == (64, "CC0")
    file, sha256 = "unet/diffusion_pytorch_model.safetensors", hashlib.sha256
    assert generator.weights_files[file] == sha256((model_folder / file).read_bytes()).hexdigest()
    assert generator.weights_files[file] in page.get(f"{PAGE}{generator.token}/").text
    assert not generator.phantoms


def test_an_unknown_folder_is_refused(page):
    sentence = said(page.post(PAGE, {"name": "tiny", "source": "/nowhere/at/all"}))
    assert "There is no model folder at /nowhere/at/all" in sentence


def test_a_pickle_checkpoint_is_refused_with_how_to_convert_it(page, own_folder):
    (own_folder / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"")
    sentence = said(page.post(PAGE, {"name": "tiny", "source": str(own_folder)}))
    assert "holds the pickle unet/diffusion_pytorch_model.bin" in sentence
    assert "safe_serialization=True" in sentence


def test_a_folder_without_its_weights_is_refused(page, own_folder):
    next((own_folder / "vae").glob("*.safetensors")).unlink()
    assert "lacks the weights vae" in said(page.post(PAGE, {"name": "tiny", "source": str(own_folder)}))


def test_a_hub_id_is_refused_where_downloads_are_not_allowed(page, settings):
    settings.ALLOW_DOWNLOADS = False
    sentence = said(page.post(PAGE, {"name": "tiny", "source": "somebody/some-model"}))
    assert "downloads nothing" in sentence
    assert "LUNGSTUDY_ALLOW_DOWNLOADS=1" in sentence


def test_a_hub_id_is_taken_down_where_downloads_are_allowed_and_nothing_is_fetched_yet(page, settings):
    settings.ALLOW_DOWNLOADS = True
    page.post(PAGE, {"name": "hub", "source": "somebody/some-model"})
    generator = Generator.objects.get()
    assert (generator.from_hub, generator.weights_sha256) == (True, "")
    assert generator.download.state == JobState.QUEUED
    assert "begins with it as soon as one is free" in page.get(f"{PAGE}{generator.token}/").text


def test_a_taken_name_is_refused(page, generator, model_folder):
    answer = page.post(PAGE, {"name": "tiny", "source": str(model_folder)})
    assert "registered already; choose another name" in answer.content.decode()
    assert Generator.objects.count() == 1


def test_retiring_hides_a_generator_and_keeps_its_batches(page, generator):
    batch = BatchFactory(generator=generator)
    page.post(f"/generation/generators/{generator.token}/retire/")
    assert "No generator yet" in page.get(PAGE).content.decode()
    assert Batch.objects.get() == batch


def test_the_command_registers_too_and_refuses_in_the_same_words(model_folder):
    out = StringIO()
    call_command("add_generator", "tiny", str(model_folder), stdout=out)
    assert "tiny is registered (weights: " in out.getvalue()
    with pytest.raises(CommandError, match="no model folder"):
        call_command("add_generator", "other", "/nowhere/at/all")


def test_the_starter_registers_itself_once_as_drawing_phantoms(page, settings, model_folder):
    settings.STARTER_MODEL = model_folder
    page.get(PAGE)
    page.get(PAGE)
    starter = Generator.objects.get()
    assert starter == register_starter()
    assert (starter.name, starter.phantoms) == ("starter", True)


def test_a_starter_with_other_weights_is_another_generator(settings, own_folder):
    settings.STARTER_MODEL = own_folder
    first = register_starter()
    weights = next((own_folder / "vae").glob("*.safetensors"))
    weights.rename(weights.with_name("renamed.safetensors"))
    second = register_starter()
    first.refresh_from_db()
    assert first.weights_sha256 != second.weights_sha256
    assert first.retired_at is not None
    assert (first.name, second.name) == (f"starter ({first.weights_sha256[:8]})", "starter")


def test_a_step_back_to_an_earlier_starter_finds_its_own_row_again(settings, own_folder):
    settings.STARTER_MODEL = own_folder
    first = register_starter()
    weights = next((own_folder / "vae").glob("*.safetensors"))
    other = weights.rename(weights.with_name("renamed.safetensors"))
    register_starter()
    other.rename(weights)
    assert register_starter() == first
    assert list(Generator.objects.available()) == [first]
    assert Generator.objects.get(pk=first.pk).name == "starter"


def test_a_retired_starter_stays_retired(page, settings, model_folder):
    settings.STARTER_MODEL = model_folder
    page.post(f"/generation/generators/{register_starter().token}/retire/")
    assert register_starter() is None
    assert not Generator.objects.available().exists()


def test_a_missing_starter_is_no_error(settings, tmp_path):
    settings.STARTER_MODEL = tmp_path / "none"
    assert register_starter() is None


def test_a_path_in_the_home_folder_is_understood(model_folder, monkeypatch):
    monkeypatch.setenv("HOME", str(model_folder.parent))
    assert register_generator(wanted=Registration(name="tiny", source="~/tiny"), by=None).source == str(
        model_folder.resolve()
    )
