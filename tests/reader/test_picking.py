"""Picking: whatever the library holds, no picture twice, no patient twice, and practice apart from the study."""

from hypothesis import given
from hypothesis import strategies as st

from reader.actions.picking import Candidate, Picker
from reader.models import Study

candidates = st.lists(
    st.builds(
        Candidate,
        pk=st.integers(1, 99),
        patient_key=st.sampled_from(["", "P1", "P2", "P3", "P4"]),
        pixel_sha256=st.sampled_from("abcdefgh"),
        finding=st.just(""),
    ),
    max_size=20,
)


def use(picker, found):
    """What a pool does with what it draws."""
    picker.patients |= {one.patient_key for one in found}
    picker.pictures |= {one.pixel_sha256 for one in found}
    return found


def patients(found):
    return [one.patient_key for one in found if one.patient_key]


@given(study=candidates, practice=candidates, once=st.booleans())
def test_pictures_come_once_patients_once_where_asked_and_practice_shares_none_with_the_study(study, practice, once):
    picker = Picker(Study(seed=1, one_per_patient=once))
    own = use(picker, picker.unused(study, practice=False))
    practised = use(picker, picker.unused(practice, practice=True))
    pictures = [one.pixel_sha256 for one in [*own, *practised]]

    assert len(set(pictures)) == len(pictures)
    assert not set(patients(own)) & set(patients(practised))
    assert len(set(patients(practised))) == len(patients(practised))
    if once:
        assert len(set(patients(own))) == len(patients(own))


@given(found=candidates)
def test_nothing_is_left_that_could_still_be_drawn(found):
    picker = Picker(Study(seed=1))
    use(picker, picker.unused(found, practice=False))

    assert picker.unused(found, practice=False) == []


@given(found=candidates)
def test_images_without_a_patient_key_are_left_out_for_their_pixels_alone(found):
    keyless = [Candidate(one.pk, "", one.pixel_sha256, "") for one in found]

    assert len(Picker(Study(seed=1)).unused(keyless, practice=True)) == len({one.pixel_sha256 for one in found})
