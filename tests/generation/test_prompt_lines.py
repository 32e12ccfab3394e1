"""Templates, choices, seeds and tables become lines, or one sentence says why not."""

import pytest

from generation.actions.orders import OrderLine
from generation.actions.prompt_csv import lines_from_csv
from generation.actions.prompt_lines import (
    LinesError,
    Seeds,
    Wording,
    choices_from,
    lines_of,
    seed_ranges,
    wordings_of,
)

SIDES = Wording(prompt="{finding} in the {side} lung")
CHOICES = "finding: nodule, effusion\nside: left, right"


def prompts(wordings):
    return [wording.prompt for wording in wordings]


def test_a_template_draws_every_combination_of_its_choices():
    wordings = wordings_of(SIDES, choices_from(CHOICES))
    assert prompts(wordings) == [
        "nodule in the left lung",
        "nodule in the right lung",
        "effusion in the left lung",
        "effusion in the right lung",
    ]
    assert [wording.finding for wording in wordings] == ["nodule", "nodule", "effusion", "effusion"]


def test_a_label_of_its_own_may_have_placeholders_too():
    template = Wording(prompt="{finding} on the {side}", finding="{side} {finding}")
    assert wordings_of(template, choices_from(CHOICES))[1].finding == "right nodule"


def test_a_prompt_without_placeholders_is_left_as_it_was_typed():
    plain = Wording(prompt="  a :0.5 AND b ", finding="both")
    assert wordings_of(plain, {}) == [plain]


@pytest.mark.parametrize(
    ("template", "choices", "sentence"),
    [
        ("{side} effusion", "", "Say what {side} stands for"),
        ("effusion", "side: left", "No prompt has {side}"),
        ("{side}", "side left", "not of the form"),
        ("{side}", "side:", "not of the form"),
        ("{side}", "side: left\nside: right", "two lines of choices"),
    ],
)
def test_choices_that_do_not_fit_the_prompt_are_refused(template, choices, sentence):
    with pytest.raises(LinesError, match=sentence) as caught:
        wordings_of(Wording(prompt=template), choices_from(choices))
    assert caught.value.field == "choices"


def test_each_image_has_a_seed_of_its_own_unless_pairs_are_wanted():
    two = [Wording(prompt="a"), Wording(prompt="b")]
    assert [line.first_seed for line in lines_of(two, Seeds(first=7, count=3))] == [7, 10]
    assert [line.first_seed for line in lines_of(two, Seeds(first=7, count=3, same=True))] == [7, 7]


def test_seed_ranges_become_runs_of_every_prompt():
    seeds = Seeds(ranges=seed_ranges("1-50, 100"))
    assert lines_of([Wording(prompt="a")], seeds) == (
        OrderLine(prompt="a", first_seed=1, count=50),
        OrderLine(prompt="a", first_seed=100, count=1),
    )


@pytest.mark.parametrize(
    ("text", "sentence"), [("1-", "no seed"), ("9-3", "ends before"), ("1-5, 3", "named twice"), ("-4", "no seed")]
)
def test_seeds_that_mean_nothing_are_refused(text, sentence):
    with pytest.raises(LinesError, match=sentence):
        seed_ranges(text)


def test_more_images_than_a_batch_draws_are_refused_with_their_number():
    with pytest.raises(LinesError, match="2,002 images"):
        lines_of([Wording(prompt="a"), Wording(prompt="b")], Seeds(count=1001))


def test_a_row_of_a_table_is_a_prompt_with_what_it_says_of_itself():
    table = b'\xef\xbb\xbfPrompt,finding,count,seed\nnormal,none,3,\n"effusion, left",effusion,,40\nnodule,,,\n'
    assert lines_from_csv(table, Seeds(first=5, count=2)) == (
        OrderLine(prompt="normal", finding="none", count=3, first_seed=5),
        OrderLine(prompt="effusion, left", finding="effusion", count=2, first_seed=40),
        OrderLine(prompt="nodule", count=2, first_seed=42),
    )


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("prompt,seed\na,1\n,2\n", "Row 3: the prompt is empty"),
        ("prompt,count\na,1\nb,none\nc,0", "Row 3: count must be .* Row 4: count must be"),
        ("prompt\na,b\n", "Row 2: there are 2 cells under 1 columns"),
        ("prompt,side\na,left\n", "no column “side”"),
        ("text\na\n", "one called prompt"),
        ("", "one called prompt"),
        ("prompt\n", "no rows"),
        ('prompt\n"a\n', "check the quotation marks"),
        ("prompt,count\na,3000\n", "from 1 to 2000"),
        ("prompt,count\n" + "a,2000\nb,2000\n", "4,000 images"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_by_its_rows(table, sentence):
    with pytest.raises(LinesError, match=sentence) as caught:
        lines_from_csv(table.encode(), Seeds())
    assert caught.value.field == "prompts_csv"


def test_a_table_in_another_encoding_says_how_to_save_it():
    with pytest.raises(LinesError, match="CSV UTF-8"):
        lines_from_csv("prompt\nErguß\n".encode("latin-1"), Seeds())
