"""The protocol: every field of its five parts changes the hash, and nothing after the seal changes what was sealed."""

import datetime
import hashlib
import json

import pytest
from django.urls import reverse
from django.utils import timezone

from lungstudy.library.models import Dataset, Image
from reader.actions.drawing import draw_cases
from reader.actions.errors import StudyError
from reader.actions.protocol import canonical, protocol_of, protocol_sha256
from reader.forms.parts import PARTS
from reader.forms.reading_out import protocol_by_part
from reader.models import AskedMixin, BriefingMixin, Pool, Presentation, ScheduleMixin, ShownMixin, Study
from reader.models import PlanMixin as Planned
from tests.reader.builder import sealed_study

pytestmark = pytest.mark.django_db
MIXINS = [AskedMixin, ShownMixin, ScheduleMixin, BriefingMixin, Planned]
FIELDS = [field.name for mixin in MIXINS for field in mixin._meta.get_fields()]
NOT_TYPED = {"fixed_masks", "order_seed"}
"""Drawn on a page of its own, and drawn by the site."""


def changed(study, name):
    """Another value of the field's own kind."""
    field, value = Study._meta.get_field(name), getattr(study, name)
    if field.choices:
        return next(choice for choice, _ in field.choices if choice != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [*value, "another"]
    if field.get_internal_type() == "DateField":
        return datetime.date(2030, 1, 1)
    return f"{value} more" if isinstance(value, str) else (value or 0) + 1


def test_the_five_parts_are_the_whole_form_and_the_whole_page():
    assert sorted(FIELDS) == sorted({*(name for part in PARTS for name in part.names)} | NOT_TYPED)


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_of_the_protocol_changes_its_hash(name):
    study = Study(seed=1, title="A study")
    Study.objects.bulk_create([study])
    before = protocol_sha256(protocol_of(study))
    setattr(study, name, changed(study, name))

    assert protocol_sha256(protocol_of(study)) != before


@pytest.mark.parametrize("name", [field.name for field in Pool._meta.fields if field.name not in ("id", "study")])
def test_every_field_of_a_pool_changes_the_hash(name):
    study = Study.objects.create(seed=1, title="A study")
    pool = Pool.objects.create(study=study, origin="real", count=3)
    before = protocol_sha256(protocol_of(study))
    another = {"dataset": Dataset.objects.create(name="One", origin="real"), "origin": "synthetic"}
    setattr(pool, name, another.get(name, changed_in_pool(pool, name)))
    pool.save()

    assert protocol_sha256(protocol_of(study)) != before


def changed_in_pool(pool, name):
    value = getattr(pool, name)
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else "another"


def test_trials_cases_masks_and_rendered_pictures_are_hashed():
    study = sealed_study()
    hashes = {protocol_sha256(protocol_of(study))}
    study.cases.filter(number=1).update(marker_masks=[[0, 0, 0.1, 0.1]])
    hashes.add(protocol_sha256(protocol_of(study)))
    Presentation.objects.filter(case__study=study, case__number=2).update(sha256="f" * 64)
    hashes.add(protocol_sha256(protocol_of(study)))
    study.trials.filter(number=3).update(block=2)
    hashes.add(protocol_sha256(protocol_of(study)))
    Image.objects.filter(cases__study=study, cases__number=4).update(pixel_sha256="e" * 64)
    hashes.add(protocol_sha256(protocol_of(study)))

    assert len(hashes) == 5


def test_canonical_json_is_what_any_other_tool_hashes():
    study = sealed_study()
    again = json.dumps(json.loads(canonical(study.protocol)), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert hashlib.sha256(again.encode()).hexdigest() == study.protocol_sha256


def test_nothing_that_happens_in_the_library_changes_what_was_sealed():
    study = sealed_study()
    Image.objects.update(
        finding="changed", view="LL", patient_key="one", excluded_at=timezone.now(), exclusion_reason="x"
    )
    Dataset.objects.update(phantoms=True)
    found = Study.objects.get(pk=study.pk)

    assert (found.protocol, found.protocol_sha256) == (study.protocol, study.protocol_sha256)
    assert protocol_sha256(protocol_of(found)) == study.protocol_sha256


def test_no_page_of_the_builder_changes_a_sealed_study(client):
    study = sealed_study()
    client.force_login(study.created_by)
    everything = {field.name: field.value_from_object(study) for field in Study._meta.fields}
    rows = list(study.pools.values()), list(study.trials.values()), list(study.cases.values())
    typed = {"title": "Another", "seed": 9, "dataset": "any-real", "count": 2, "design": "pair", "boxes": "[]"}
    for name, more in (
        ("edit_study", []), ("check_study", []), ("pool_add", []), ("pool_remove", [study.pools.first().pk]),
        ("draw", []), ("mask_all", []), ("mask_case", [1]),
    ):  # fmt: skip
        client.post(reverse(f"reader:{name}", args=[study.token, *more]), typed)
    with pytest.raises(StudyError, match="sealed"):
        draw_cases(study=study)
    found = Study.objects.get(pk=study.pk)

    assert {field.name: field.value_from_object(found) for field in Study._meta.fields} == everything
    assert (list(found.pools.values()), list(found.trials.values()), list(found.cases.values())) == rows


def test_a_sealed_study_reads_out_every_setting_that_means_something():
    study = Study(design="tuple", tuple_size=3, marking="box", mark_reasons=["Texture", "Ribs"], exposure_ms=250)
    read_out = {line.label: line.value for _, lines in protocol_by_part(study) for line in lines}

    assert read_out["Images of each trial"] == "3"
    assert read_out["Reasons to choose from, one per line"] == "Texture, Ribs"
    assert read_out["Exposure, ms"] == "250"
    assert "Points of the scale" not in read_out
    assert "Order of the buttons" not in read_out
