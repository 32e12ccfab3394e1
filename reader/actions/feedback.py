"""What practice tells: the right answer of each practice trial, written at the seal where the protocol says so."""

from reader.actions.grouping import SEVERAL
from reader.models import Study, Trial


def note_feedback(study: Study) -> None:
    """Store what readers are told after each practice answer, or nothing."""
    practice = list(study.trials.filter(practice=True).prefetch_related("cases__pool"))
    for trial in practice:
        trial.feedback = right_answer(study, trial) if study.practice_feedback else ""
    Trial.objects.bulk_update(practice, ["feedback"])


def right_answer(study: Study, trial: Trial) -> str:
    """Real or fake, or the place of the case to be found; of an image that is rated, what it is."""
    cases = list(trial.cases.all())
    if study.design not in SEVERAL:
        return "real" if cases[0].pool.origin == "real" else "fake"
    return next(str(case.place) for case in cases if (case.pool.origin == "real") == (study.target == "real"))
