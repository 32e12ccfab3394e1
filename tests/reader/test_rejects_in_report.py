"""A study's report says how many generated images were rejected by hand before it was sealed, and why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lungstudy.library.models import Image, Origin
from reader.reports.document.flow import rejections
from tests.factories import CaseFactory, ImageFactory, OpenStudyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def study():
    """Of one synthetic and one real image, sealed an hour ago."""
    study = OpenStudyFactory(sealed_at=timezone.now() - timedelta(hours=1))
    for origin in Origin:
        CaseFactory(study=study, image__dataset__origin=origin)
    Image.objects.update(created_at=study.sealed_at - timedelta(days=1))
    return study


def add(study, origin, *, rejected_hours_ago=None, reason="looks drawn: too smooth") -> None:
    dataset = study.cases.get(image__dataset__origin=origin).image.dataset
    image = ImageFactory(dataset=dataset)
    Image.objects.filter(pk=image.pk).update(created_at=study.sealed_at - timedelta(days=1))
    if rejected_hours_ago is not None:
        when = timezone.now() - timedelta(hours=rejected_hours_ago)
        Image.objects.filter(pk=image.pk).update(triaged_at=when, excluded_at=when, exclusion_reason=reason)


def test_only_generated_images_rejected_before_sealing_are_counted(study):
    add(study, Origin.SYNTHETIC)
    add(study, Origin.SYNTHETIC, rejected_hours_ago=2)
    add(study, Origin.SYNTHETIC, rejected_hours_ago=3, reason="looks drawn")
    add(study, Origin.SYNTHETIC, rejected_hours_ago=0.5)  # after sealing: it changed nothing that readers saw
    add(study, Origin.REAL, rejected_hours_ago=2)
    (paragraph,) = rejections(study)
    assert paragraph.text == (
        "2 of 5 generated images of the study's data sets were rejected by hand before sealing (looks drawn: 2). "
        "What readers saw is a selection."
    )


def test_where_nothing_was_rejected_the_report_says_so(study):
    (paragraph,) = rejections(study)
    assert paragraph.text == "0 of 1 generated images of the study's data sets were rejected by hand before sealing."


def test_a_study_of_films_alone_says_nothing():
    study = CaseFactory(image__dataset__origin=Origin.REAL).study
    assert rejections(study) == []
