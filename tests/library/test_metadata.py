"""The metadata CSV: tolerant of headers and paths, strict about what it cannot understand."""

import pytest

from lungstudy.library.actions.metadata import MetadataError, read_metadata


@pytest.fixture
def csv(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "metadata.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_rows_are_found_by_path_by_tail_and_by_base_name(csv):
    metadata = read_metadata(csv("file,finding\nimages/a/1.png,one\nimages/b/1.png,two\nimages/c/3.png,three\n"))
    found = {name: metadata.row_for(name) for name in ("images/a/1.png", "b/1.png", "x/images/b/1.png", "3.png")}

    assert [row.facts["finding"] for row in found.values()] == ["one", "two", "two", "three"]


def test_a_base_name_that_two_rows_share_fits_neither(csv):
    metadata = read_metadata(csv("file,finding\na/1.png,one\nb/1.png,two\n"))
    assert metadata.row_for("1.png") is None
    assert metadata.row_for("c/1.png") is None


def test_rows_that_met_no_file_are_listed_in_order(csv):
    metadata = read_metadata(csv("file,finding\nz.png,one\na.png,two\nm.png,three\n"))
    metadata.row_for("a.png")
    assert metadata.rows_without_file() == ["z.png", "m.png"]


@pytest.mark.parametrize(
    "header",
    [
        "file,finding,view,sex,age,patient_key",
        "File Name;Findings;View Position;Gender;Age;Patient ID",
        "Image Index\tFinding Labels\tView Position\tPatient Gender\tPatient Age\tPatient ID",
        "\ufefffile,finding,view,sex,age,patient key",
    ],
)
def test_headers_of_public_collections_are_understood(csv, header):
    separator = next(each for each in "\t;," if each in header)
    metadata = read_metadata(csv(f"{header}\n{separator.join(['1.png', 'mass', 'PA', 'F', '61', 'P7'])}\n"))

    assert metadata.row_for("1.png").facts == {
        "finding": "mass", "view": "PA", "sex": "F", "age": "61", "patient_key": "P7",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name of picture,finding\n1.png,mass\n", "no column “file”. Found: name of picture, finding."),
        ("file,fidning\n1.png,mass\n", "has a column “fidning”; rename it to “finding”. Found: file, fidning."),
        ("file,colour\n1.png,red\n", "says nothing but file names. Found: file, colour. Known columns: finding"),
        ("", "no column “file”. Found: none."),
    ],
)
def test_a_wrong_column_gets_one_sentence_that_names_what_was_found(csv, text, sentence):
    with pytest.raises(MetadataError) as refused:
        read_metadata(csv(text))
    assert sentence in str(refused.value)


def test_a_workbook_is_no_csv(csv):
    with pytest.raises(MetadataError, match="Save the table as CSV"):
        read_metadata(csv("PK\x03\x04\x00\x00file,finding"))


def test_a_csv_of_an_older_office_program_is_read(csv):
    metadata = read_metadata(csv("file;finding\n1.png;Ödem\n", encoding="cp1252"))
    assert metadata.row_for("1.png").facts["finding"] == "Ödem"


def test_backslashes_and_a_leading_dot_do_not_matter(csv):
    metadata = read_metadata(csv("file,finding\n.\\images\\1.png,mass\n"))
    assert metadata.row_for("images/1.png").facts["finding"] == "mass"


def test_files_with_two_rows_are_named_and_the_first_row_counts(csv):
    metadata = read_metadata(csv("file,finding\n1.png,first\n./1.png,second\n"))
    assert metadata.row_for("1.png").facts["finding"] == "first"
    assert metadata.repeated == ["1.png"]


def test_a_row_with_too_few_or_too_many_cells_is_taken_for_what_it_says(csv):
    metadata = read_metadata(csv("file,finding,view\n1.png\n2.png,mass,PA,more,and more\n"))
    assert metadata.row_for("1.png").facts["finding"] == ""
    assert metadata.row_for("2.png").facts["view"] == "PA"
