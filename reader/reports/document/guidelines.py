"""GRRAS (Kottner et al. 2011): what the database can say of each item, and what only the authors can."""

from reader.models import Background, Study
from reader.reports.document.blocks import Block, Gap, Heading, Paragraph
from reader.reports.results import Results

FOR_AUTHORS = {
    1: "Say in title or abstract that agreement was investigated.",
    2: "Name and describe the generator under test and what it was trained on.",
    3: "Describe the patients whose images stand for real.",
    4: "Describe the readers for whom this should hold.",
    5: "Say what is known on agreement already, and why this study was made.",
    12: "Describe the readers: the study did not ask about training and experience, or nobody answered.",
    14: "Say what the results mean in practice.",
}
FILLED = "see the tables and figures of this report"


def guideline_blocks(results: Results, study: Study | None) -> list[Block]:
    """The items in order; gaps are marked for the author."""
    said = {**dict.fromkeys(FOR_AUTHORS), **(of_study(study, results) if study else of_file(results))}
    blocks: list[Block] = [Heading("Guidelines for reporting reliability and agreement (GRRAS)")]
    for number in range(1, 16):
        text = said.get(number)
        gap = FOR_AUTHORS.get(number, "Not known from a file of readings: write it.")
        blocks.append(Paragraph(f"{number}. {text}") if text else Gap(f"{number}. {gap}"))
    return blocks


def of_file(results: Results) -> dict[int, str | None]:
    """What readings alone tell."""
    counts = f"{len(results.data.images)} images, {len(results.data.readers)} readers"
    return {6: counts, 10: "Analysis: see Methods.", 11: counts, 13: f"Estimates with intervals: {FILLED}.", 15: FILLED}


def of_study(study: Study, results: Results) -> dict[int, str | None]:
    """What a study of this site tells."""
    repeats = f"{study.repeats} hidden repeats a session, {study.sessions} session(s)"
    plan = study.analysis_plan.strip() or "no reasons for the sample size were written into the plan"
    return {
        6: f"Planned: {study.trials.filter(practice=False).count()} trials, {repeats}. Plan: {plan}.",
        7: f"Images were drawn at random from pools by seed {study.seed}; readers were invited by link.",
        8: f"Readers read blind, alone and in orders of their own; asked: “{study.question}”",
        9: "Readings were independent: no reader saw another's answers or any truth before unblinding.",
        10: "Analysis: see Methods; the primary endpoint was fixed when the protocol was sealed.",
        11: f"{len(results.data.images)} images or trials, {len(results.data.readers)} readers; {FILLED}.",
        12: characteristics(study),
        13: f"Estimates with 95 % intervals and their population: {FILLED}.",
        15: f"Detailed results: {FILLED}, the appendix, and the export, which has every version of every answer.",
    }


def characteristics(study: Study) -> str | None:
    """Years and specialties of the readers, where they were asked."""
    known = Background.objects.filter(assignment__study=study)
    if not known:
        return None
    years = sorted(one.years_reading for one in known)
    specialties = ", ".join(sorted({one.specialty for one in known}))
    return f"{len(years)} readers described themselves: {years[0]} to {years[-1]} years of reading; {specialties}."
