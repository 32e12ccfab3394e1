"""Models on their way: out of a single file, from the hub where that is allowed, and what stops them."""

import pytest

from generation.actions.downloading import bring_model, cancel_download, try_again
from generation.actions.pipelines import pipeline_of
from generation.actions.registering import GeneratorError, Registration, register_generator
from generation.diffusion.errors import ModelError
from generation.models import Generator
from lungstudy.jobs.models import JobState
from tests.factories import ResearcherFactory

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
