import pytest

from rag.documents import list_folder, read_document
from rag.errors import DocumentError


def write(path, data):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_text_is_what_python_reads_in_text_mode(tmp_path):
    path = write(tmp_path / "a.txt", "\ufeffFirst line.\r\nSecond “line”.\rThird.\n")
    assert read_document(path, "a.txt").text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "empty"), (b" \n\t\n", "empty"), (b"\x00\x01\x02PNG", "not text"), ("Köln".encode("latin-1"), "not UTF-8")],
)
def test_a_file_that_is_not_a_text_gives_one_line_that_names_it(tmp_path, data, says):
    path = write(tmp_path / "bad.txt", data)
    with pytest.raises(DocumentError) as error:
        read_document(path, "bad.txt")
    assert str(path) in str(error.value)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_that_does_not_exist_or_holds_nothing_is_an_error(tmp_path):
    with pytest.raises(DocumentError, match="no such folder"):
        list_folder(tmp_path / "missing")
    with pytest.raises(DocumentError, match="holds no documents"):
        list_folder(tmp_path)


def test_files_come_sorted_with_hidden_ones_left_out_and_other_types_listed(tmp_path):
    for name in ("b.md", "a.txt", ".hidden.txt", "picture.png", "sub/c.TXT", ".git/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        write(tmp_path / name, "Text.")
    listing = list_folder(tmp_path)
    assert [p.relative_to(tmp_path).as_posix() for p in listing.files] == ["a.txt", "b.md", "sub/c.TXT"]
    assert [p.name for p in listing.skipped] == ["picture.png"]


@pytest.mark.parametrize(
    ("text", "title", "published"),
    [
        ("---\ntitle: 'Notes on tides'\ndate: 2024-03-05\n---\n# Other\n\nText.", "Notes on tides", "2024-03-05"),
        ("# Tides\n\nThe sea rises twice a day.", "Tides", None),
        ("# Tides in C# #\n\nThe sea rises twice a day.", "Tides in C#", None),
        (" = Tides = \n\n The sea rises twice a day.\n\n = = Use of it = = ", "Tides", None),
        ("The sea rises twice a day.\n\n== How to read it ==\n\nFrom left to right.", "file", None),
        ("Loading Now\n\nHow the moon moves the sea\n\nThe sea rises twice a day.", "How the moon moves the sea", None),
        ("The sea rises twice a day. It falls twice a day.", "file", None),
        ("From: Ada\nDate: Mon, 3 Jun 2024 09:12\nSubject: The ferry\n\nIt leaves at six.", "The ferry", "2024-06-03"),
        ("From: Ada Byron of Harbour Street\n\nIt leaves at six.", "file", None),
        ("---\ndate: yesterday\n---\nThe sea rises twice a day.", "file", None),
        ("<p align='center'><img src='x.png'></p>\n\n## Tides\n\nThe sea rises.", "Tides", None),
        ("The sea rises twice a day.\n\n## How to read it\n\nFrom left to right.", "file", None),
        ("[![b](c.svg)](d)\n\ntides\n=====\n\nA table of the tides\n\nIt rises.", "tides", None),
        ("Tides of the sea\n****************\n\nScope\n=====\n\nIt rises.", "Tides of the sea", None),
        (
            "How the moon moves the sea and the rivers that\n    run into it\n\nIt rises.",
            "How the moon moves the sea and the rivers that run into it",
            None,
        ),
        ("The sea rises.\n\n```sh\n# for the impatient\npip install tides\n```\n\n# The *moon*\n\nText.", "The moon", None),
    ],
)
def test_title_and_date_are_those_that_the_text_states(tmp_path, text, title, published):
    document = read_document(write(tmp_path / "file.md", text), "file.md")
    assert (document.title, document.published) == (title, published)
