"""What fools whom: the share of fakes that were called real, by how they were made and by who read."""

from reader.reports.figures.canvas import THEMES, sentence
from reader.reports.figures.forest import Line, forest, shortened
from reader.reports.results import Results
from reader.stats.rows import Row

HEADINGS = {
    "generator": "generator", "finding": "finding", "prompt": "prompt", "steps": "steps", "guidance": "guidance",
    "readers": "group of readers", "group": "group of images",
}  # fmt: skip
NO_FAKES = "No fake image has been read, or readers did not say real or fake."


def by_fact(results: Results) -> dict[str, list[tuple[str, Row]]]:
    """Fool rates by fact: each level with its row, in the rows' order; facts that are never stated are left out."""
    found: dict[str, list[tuple[str, Row]]] = {}
    for row in results.named("fool_rate"):
        fact, level = row.group.split(": ", 1)
        found.setdefault(fact, []).append((level, row))
    return {fact: levels for fact, levels in found.items() if [level for level, _ in levels] != ["not stated"]}


def fooled(results: Results, theme: str) -> bytes:
    """Share of fakes called real, mean over readers, by what is known of how they were made."""
    lines = []
    for fact, levels in by_fact(results).items():
        lines.append(Line(HEADINGS.get(fact, fact)))
        lines += [Line(f"{shortened(level)} ({row.n_images})", row.estimate) for level, row in levels]
    if not lines:
        return sentence(NO_FAKES, THEMES[theme])
    return forest(lines, THEMES[theme], "share of fakes called real; in brackets: fakes", is_share=True)
