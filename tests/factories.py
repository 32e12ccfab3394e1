"""Factories of the tables, with small fixed values; tests name what matters to them."""

import io
import uuid
from datetime import timedelta

import factory
import numpy as np
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as PillowImage

from generation.models import Batch, BatchLine, GeneratedImage, Generator, Job
from lungstudy.accounts.models import Invitation, Role, User, hash_token
from lungstudy.library.models import Dataset, Definition, Image, MaskSet, MaskSource, Origin
from reader.models import Assignment, Case, Pool, Presentation, Reading, Slot, Study, Trial, Verdict

PASSWORD = "a plain passphrase"


def grey_png(seed: int = 0, size: int = 64) -> bytes:
    """A small noisy grey PNG, the same for the same seed."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size), dtype=np.uint8)
    buffer = io.BytesIO()
    PillowImage.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    role = Role.READER
    password = factory.django.Password(PASSWORD)


class ResearcherFactory(UserFactory):
    role = Role.RESEARCHER


class AdminFactory(UserFactory):
    role = Role.ADMIN


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    class Params:
        token = factory.Sequence(lambda n: f"invitation-token-{n}")

    token_hash = factory.LazyAttribute(lambda o: hash_token(o.token))
    role = Role.READER
    created_by = factory.SubFactory(ResearcherFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))


class DatasetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Dataset

    name = factory.Sequence(lambda n: f"Data set {n}")
    origin = Origin.REAL
    licence = "CC BY 4.0"
    citation = "A. Author, 2026."


class ImageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Image
        skip_postgeneration_save = True

    class Params:
        seed = factory.Sequence(lambda n: n)

    dataset = factory.SubFactory(DatasetFactory)
    width = 64
    height = 64
    bits = 8
    source_sha256 = factory.LazyAttribute(lambda o: f"{o.seed:064x}")
    pixel_sha256 = factory.LazyAttribute(lambda o: f"{o.seed:064x}")
    perceptual_hash = factory.LazyAttribute(lambda o: f"{o.seed:016x}")
    source_name = factory.LazyAttribute(lambda o: f"film{o.seed}.png")
    patient_key = factory.LazyAttribute(lambda o: f"P{o.seed}")

    @factory.lazy_attribute
    def file(self):
        return ContentFile(grey_png(self.seed), name="image.png")

    @factory.lazy_attribute
    def thumbnail(self):
        return ContentFile(grey_png(self.seed), name="image.png")


class MaskSetFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = MaskSet

    name = factory.Sequence(lambda n: f"Mask set {n}")
    structure = "lungs"
    definition = Definition.HEART_OUTSIDE
    source = MaskSource.PEOPLE


class StudyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Study
        skip_postgeneration_save = True

    class Params:
        sealed = factory.Trait(protocol={"title": "sealed"}, protocol_sha256="0" * 64)

    title = factory.Sequence(lambda n: f"Study {n}")
    seed = 7
    image_size = 128
    created_by = factory.SubFactory(ResearcherFactory)

    @factory.post_generation
    def researchers(self, create, extracted):
        if create:
            self.researchers.set(extracted if extracted is not None else [self.created_by])


class OpenStudyFactory(StudyFactory):
    state = Study.State.OPEN
    sealed = True


class PoolFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Pool

    study = factory.SubFactory(StudyFactory)
    dataset = factory.SubFactory(DatasetFactory)
    origin = factory.SelfAttribute("dataset.origin")
    count = 4


class TrialFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Trial

    study = factory.SubFactory(OpenStudyFactory)
    number = factory.Sequence(lambda n: n + 1)


class CaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Case

    study = factory.SubFactory(OpenStudyFactory)
    image = factory.SubFactory(ImageFactory)
    pool = factory.SubFactory(
        PoolFactory, study=factory.SelfAttribute("..study"), dataset=factory.SelfAttribute("..image.dataset")
    )
    trial = factory.SubFactory(TrialFactory, study=factory.SelfAttribute("..study"))
    number = factory.Sequence(lambda n: n + 1)


class PresentationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Presentation

    case = factory.SubFactory(CaseFactory)
    sha256 = "0" * 64

    @factory.lazy_attribute
    def file(self):
        return ContentFile(grey_png(self.case.number), name="presentation.png")

    @factory.lazy_attribute
    def byte_length(self):
        return len(grey_png(self.case.number))


class AssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assignment

    study = factory.SubFactory(OpenStudyFactory)
    number = factory.Sequence(lambda n: n + 1)
    reader = factory.SubFactory(UserFactory)
    joined_at = factory.LazyFunction(timezone.now)


class SlotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Slot

    class Params:
        case = factory.SubFactory(CaseFactory, study=factory.SelfAttribute("..assignment.study"))

    assignment = factory.SubFactory(AssignmentFactory)
    trial = factory.SelfAttribute("case.trial")
    position = factory.Sequence(lambda n: n + 1)
    arrangement = factory.LazyFunction(lambda: [1])


class ReadingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Reading

    slot = factory.SubFactory(SlotFactory)
    client_key = factory.LazyFunction(uuid.uuid4)
    sequence = factory.Sequence(lambda n: n + 1)
    verdict = Verdict.REAL
    seconds_open = 3.5


class GeneratorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Generator

    name = factory.Sequence(lambda n: f"generator{n}")
    source = "/nowhere"
    weights_sha256 = "1" * 64
    native_size = 64


class BatchFactory(factory.django.DjangoModelFactory):
    """A batch of one line."""

    class Meta:
        model = Batch
        skip_postgeneration_save = True

    generator = factory.SubFactory(GeneratorFactory)
    dataset = factory.SubFactory(DatasetFactory, origin=Origin.SYNTHETIC)
    count = 4
    steps = 2
    guidance = 3.0
    scheduler = "ddim"
    width = 64
    height = 64
    batch_shape = 4

    @factory.post_generation
    def line(self, create, extracted, **facts):
        if create:
            BatchLineFactory(batch=self, **facts)


class BatchLineFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BatchLine

    batch = factory.SubFactory(BatchFactory)
    first_index = 0
    count = factory.SelfAttribute("batch.count")
    first_seed = 100
    prompt = "chest radiograph, normal"


class JobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Job

    batch = factory.SubFactory(BatchFactory)
    first_index = 0
    images_wanted = 4
    total = 4


class GeneratedImageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = GeneratedImage

    job = factory.SubFactory(JobFactory)
    index = factory.Sequence(lambda n: n)
    image = factory.SubFactory(ImageFactory, dataset=factory.SelfAttribute("..job.batch.dataset"))
    recipe = factory.LazyFunction(dict)
    recipe_sha256 = "2" * 64
    seconds = 0.5
