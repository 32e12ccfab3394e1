"""The command line's rows: a reference study in a file gives the published numbers under the agreed names."""

import io
import json
import math

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from statsmodels.stats.contingency_tables import cochrans_q
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from reader.stats.analysis import analyse
from reader.stats.reading_file import ReadingFileError, readings_from
from reader.stats.readings import Readings
from reader.stats.verdicts import MISSING
from tests.reader.stats.reference_cases import reference_case

VERDICTS = ("fake", "unsure", "real")
KEYS = {
    "name", "weights", "group", "estimate", "se", "low", "high", "p", "df", "n_images", "n_readers", "population",
    "reason", "warning",
}  # fmt: skip


def file_of(case):
    """The case as somebody would send it."""
    lines = ["image,reader,verdict,truth"]
    for at, (fake, row) in enumerate(zip(case["data"]["truth_fake"], case["data"]["ratings"], strict=True)):
        for reader, said in enumerate(row, start=1):
            verdict = "" if said is None else VERDICTS[said]
            lines.append(f"i{at},R{reader},{verdict},{'fake' if fake else 'real'}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def command(tmp_path, capsys):
    """What the command prints for a text, as rows."""

    def run(text, *options):
        path = tmp_path / "readings.csv"
        path.write_text(text)
        call_command("analyse", str(path), "--json", *options)
        return json.loads(capsys.readouterr().out)

    return run


def find(rows, name, group="all", weights="identity"):
    [row] = [row for row in rows if (row["name"], row["group"], row["weights"]) == (name, group, weights)]
    return row


@pytest.mark.parametrize("weights", ["identity", "linear", "quadratic"])
def test_agreement_of_the_reference_study(command, weights):
    case = reference_case("real_fake_unsure_missing_A")
    rows = command(file_of(case), "--weights", weights)
    for name, expected in case["expected"]["agreement"][weights].items():
        row = find(rows, name, weights=weights)
        assert row["estimate"] == pytest.approx(expected["estimate"], abs=1e-5), name
        assert row["se"] == pytest.approx(expected["se"], abs=2e-3 if "alpha" in name else 2e-5), name


def test_readers_of_the_reference_study(command):
    case = reference_case("real_fake_unsure_missing_A")
    rows = command(file_of(case))
    for reader in case["expected"]["per_reader"]:
        mine = {row["name"]: row for row in rows if row["group"] == reader["reader"]}
        pairs = {
            "coverage": "coverage", "accuracy_decided": "accuracy_decided", "accuracy_worst": "worst",
            "accuracy_best": "best", "dprime": "dprime_loglinear", "criterion_c": "c_loglinear", "auc": "auc_3level",
        }  # fmt: skip
        for ours, theirs in pairs.items():
            assert mine[ours]["estimate"] == pytest.approx(reader[theirs], abs=1e-9), (reader["reader"], ours)
        assert mine["accuracy_decided"]["p"] == pytest.approx(reader["p_vs_half"], abs=1e-9)
        assert mine["auc"]["n_images"] == reader["n"]


def test_pairs_and_the_mean_of_the_reference_study(command):
    case = reference_case("real_fake_unsure_missing_A")
    rows, expected = command(file_of(case)), case["expected"]
    for first, second, kappa in expected["pairwise_cohen"]:
        assert find(rows, "cohen_kappa", f"R{first} x R{second}")["estimate"] == pytest.approx(kappa, abs=1e-9)
    assert find(rows, "light_kappa")["estimate"] == pytest.approx(expected["light_mean_pairwise_kappa"], abs=1e-9)
    exact = expected["mcnemar_R1_R2_decided"]["exact_p"]
    assert find(rows, "mcnemar", "R1 x R2")["p"] == pytest.approx(exact, abs=1e-12)
    primary = find(rows, "or_auc", "random readers, random images")
    assert primary["estimate"] == find(rows, "auc", "mean")["estimate"]
    assert primary["n_readers"] == 8


def test_every_row_has_the_agreed_keys_and_no_number_without_a_reason(command):
    rows = command(file_of(reference_case("real_fake_unsure_complete_A")))

    assert {frozenset(row) for row in rows} == {frozenset(KEYS)}
    assert all(row["reason"] for row in rows if row["estimate"] is None)
    assert {"percent_agreement", "icc", "or_accuracy", "sensitivity", "specificity"} <= {row["name"] for row in rows}


def test_identical_verdicts_are_undefined_with_a_reason(command):
    case = reference_case("trap_all_identical")
    lines = [f"i{at},R{reader},real" for at in range(len(case["data"]["ratings"])) for reader in range(3)]
    rows = command("\n".join(["image,reader,verdict", *lines]))

    assert find(rows, "fleiss_kappa")["estimate"] is None
    assert find(rows, "krippendorff_alpha")["reason"]
    assert find(rows, "gwet_ac")["estimate"] == case["expected"]["gwet_ac1_q3"]


def test_categories_keep_their_declared_order(command):
    case = reference_case("trap_category_order")
    pairs = zip(case["data"]["rater1"], case["data"]["rater2"], strict=True)
    lines = [f"i{at},{reader},{said}" for at, pair in enumerate(pairs) for reader, said in zip("AB", pair, strict=True)]
    rows = command("\n".join(["image,reader,verdict", *lines]))

    kappa = find(rows, "cohen_kappa", "A x B", "quadratic")["estimate"]
    assert kappa == pytest.approx(case["expected"]["cohen_quadratic"], abs=1e-12)


def test_ratings_as_categories_give_the_intraclass_correlations_of_shrout_and_fleiss(command):
    case = reference_case("icc_shrout_fleiss_1979")
    ratings = case["data"]["ratings"]
    lines = [f"i{at},R{reader},{said}" for at, row in enumerate(ratings) for reader, said in enumerate(row)]
    rows = command("\n".join(["image,reader,verdict", *lines]), "--categories", "1,2,3,4,5,6,7,8,9,10")

    assert find(rows, "icc", "ICC(2,1)")["estimate"] == pytest.approx(0.29, abs=5e-3)  # Shrout and Fleiss 1979, table 4
    assert find(rows, "icc", "ICC(3,k)")["estimate"] == pytest.approx(0.91, abs=5e-3)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("image,reader\n1,A\n", "no column verdict"),
        ("image,reader,verdict\n", "holds no readings"),
        ("image,reader,verdict\n1,A,fakee\n", "Line 2: “fakee” is none of fake, unsure, real"),
        ("image,reader,verdict\n,A,fake\n", "Line 2 names no image"),
        ("image,reader,verdict\n1,A,fake\n1,A,real\n", "Lines 2 and 3 both hold reader A on image 1"),
        ("image,reader,verdict,truth\n1,A,fake,maybe\n", "truth “maybe” is neither"),
        ("image,reader,verdict,truth\n1,A,fake,real\n1,B,fake,fake\n", "call image 1 fake and real"),
        ("image,reader,verdict,truth\n1,A,fake,real\n2,A,fake,\n", "1 images have no truth, 2 among them"),
        ("image,reader,verdict,time_s\n1,A,fake,-3\n", "time_s “-3” is no number that fits"),
        ("image,reader,verdict,group\n1,A,fake,x\n1,B,fake,y\n2,A,fake,y\n", "neither one for each reader nor"),
    ],
)
def test_a_file_that_cannot_be_read_says_which_line_and_what_to_do(command, text, sentence):
    with pytest.raises(CommandError) as refused:
        command(text)
    assert sentence in str(refused.value)


def test_a_file_that_is_not_there_or_no_text_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff\xfe")
    for name in ("nothing.csv", "picture.csv"):
        with pytest.raises(CommandError, match="cannot be read as text"):
            call_command("analyse", str(tmp_path / name))


def test_spelling_of_verdicts_and_columns_does_not_matter():
    data = readings_from(io.StringIO("\ufeffReader,Image,Verdict,Truth\nA,1,Fake,SYNTHETIC\nA,2, real ,Real\n"))

    assert data.codes.tolist() == [[0], [2]]
    assert data.is_fake.tolist() == [True, False]


def test_showings_are_repeats_and_the_first_one_counts():
    text = "image,reader,verdict,occasion\n1,A,fake,1\n1,A,real,2\n2,A,real,1\n2,A,real,2\n"
    data = readings_from(io.StringIO(text))

    assert data.codes.tolist() == [[0], [2]]
    names = {row.name for row in analyse(data)}
    assert "intra_cohen_kappa" in names


def test_groups_of_readers_are_compared_and_groups_of_images_give_fool_rates():
    def rows_by(group_of):
        lines = ["image,reader,verdict,truth,group"]
        for image in range(12):
            for reader in range(6):
                said = "real" if (image * 7 + reader * 5) % 3 else "fake"
                lines.append(f"{image},{reader},{said},{'fake' if image % 2 else 'real'},{group_of(image, reader)}")
        return {(row.name, row.group) for row in analyse(readings_from(lines))}

    by_reader = rows_by(lambda image, reader: "residents" if reader < 3 else "specialists")
    by_image = rows_by(lambda image, reader: "model A" if image < 6 else "model B")
    assert ("fool_rate", "readers: residents") in by_reader
    assert ("fool_rate", "group: model A") in by_image


def test_confidence_decides_between_equal_verdicts():
    lines = ["image,reader,verdict,truth,confidence", "1,A,fake,fake,5", "2,A,fake,real,1", "3,A,real,real,4"]
    with_confidence = next(row for row in analyse(readings_from(lines)) if row.name == "auc")
    without = next(
        row for row in analyse(readings_from([line.rsplit(",", 1)[0] for line in lines])) if row.name == "auc"
    )

    assert with_confidence.estimate.value == 1.0
    assert without.estimate.value == 0.75


def test_the_rows_of_one_reader_alone_are_words_where_two_are_needed():
    rows = analyse(readings_from(["image,reader,verdict,truth", "1,A,fake,fake", "2,A,unsure,real"]))

    kappa = next(row for row in rows if row.name == "fleiss_kappa")
    assert math.isnan(kappa.estimate.value)
    assert kappa.estimate.reason


def test_a_declared_category_twice_is_refused():
    with pytest.raises(ReadingFileError, match="declared twice"):
        readings_from(["image,reader,verdict", "1,A,fake"], ["fake", "real", "fake"])


def test_a_large_file_is_read_line_by_line():
    lines = (",".join(row) for row in [("image", "reader", "verdict"), *((str(i), "A", "fake") for i in range(3000))])

    assert len(readings_from(lines).images) == 3000


def kinds_of_fakes():
    """Four readers of 60 images: 20 real, 20 fakes of each of two generators, the second of which fools more often."""
    rng = np.random.default_rng(3)
    is_fake = np.repeat([False, True, True], 20)
    chance_of_real = np.repeat([0.7, 0.3, 0.5], 20)[:, None]
    codes = np.where(rng.random((60, 4)) < 0.1, 1, np.where(rng.random((60, 4)) < chance_of_real, 2, 0))
    made = np.repeat(["", "starter", "other"], 20).tolist()
    names = tuple(str(at) for at in range(60))
    return Readings(names, ("A", "B", "C", "D"), VERDICTS, codes, is_fake=is_fake), made


def by_name(rows):
    return {(row.name, row.group): row.estimate for row in rows}


def test_two_kinds_of_fakes_are_compared_with_the_difference_of_their_rates():
    data, made = kinds_of_fakes()
    found = by_name(analyse(data, facts={"generator": made}))
    gap = found["fool_rate_between: generator: other less starter", "random readers, random images"]
    rates = [found["fool_rate", f"generator: {name}"].value for name in ("other", "starter")]

    assert gap.value == pytest.approx(rates[0] - rates[1])
    assert found["fool_rate_test", "generator"].p == pytest.approx(gap.p)  # of two levels, F is t squared


def test_levels_of_one_fake_alone_are_not_compared():
    data, made = kinds_of_fakes()
    rows = analyse(data, facts={"prompt": [f"{made} {at}" if made else "" for at, made in enumerate(made)]})

    assert not [row for row in rows if row.name.startswith(("fool_rate_between", "fool_rate_test"))]


def test_cochrans_q_and_the_kappa_of_each_answer_are_those_of_statsmodels():
    data, _ = kinds_of_fakes()
    found = by_name(analyse(data))
    decided = (data.codes != 1).all(axis=1)
    right = (data.codes == 0) == data.is_fake[:, None]
    said_fake = aggregate_raters((data.codes == 0).astype(int), 2)[0]

    assert found["cochran_q", "all"].value == pytest.approx(cochrans_q(right[decided]).statistic)
    assert found["cochran_q", "all"].p == pytest.approx(cochrans_q(right[decided]).pvalue)
    assert found["category_kappa", "fake"].value == pytest.approx(fleiss_kappa(said_fake))


def test_where_everybody_read_all_the_u_statistic_is_the_mean_area():
    data, _ = kinds_of_fakes()
    found = by_name(analyse(data))
    group = "random readers, random images"

    assert found["u_auc", group].value == pytest.approx(found["or_auc", group].value)
    assert found["u_auc", group].se == pytest.approx(found["or_auc", group].se, rel=0.2)


def test_the_strength_of_one_kind_of_fakes_is_the_log_odds_of_being_taken_for_real():
    chosen = np.repeat([0, 1, 2], [24, 8, 8])[:, None]  # the right place, the wrong one, unsure
    data = Readings(
        tuple(map(str, range(40))), ("A",), ("1", "2", "unsure"), chosen, right=np.zeros(40, dtype=np.int64)
    )
    found = by_name(analyse(data, facts={"generator": ["starter"] * 40}))

    assert found["bradley_terry", "generator: starter"].value == pytest.approx(math.log(8 / 24))


def test_realism_is_the_mean_rating_of_each_kind_on_the_whole_scale():
    codes = np.array([[4, 4], [4, 2], [0, 1], [2, 1], [1, MISSING]])
    is_fake = np.array([False, False, True, True, True])
    data = Readings(tuple("abcde"), ("A", "B"), tuple("12345"), codes, is_fake=is_fake)
    found = by_name(analyse(data, facts={"generator": ["", "", "s", "s", "t"]}))

    assert found["realism", "origin: real"].value == pytest.approx((1 + 0.75) / 2)
    assert found["realism", "generator: s"].value == pytest.approx(0.25)
    assert found["realism", "generator: t"].n == 1
    assert ("fool_rate", "generator: s") not in found
