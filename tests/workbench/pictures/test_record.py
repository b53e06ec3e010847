from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.errors import DatasetError
from coopwatch.workbench.pictures.record import Row, printable, read_rows, rows_bytes

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(lambda s: s == s.strip())
ROWS = st.builds(
    Row,
    file=TEXT,
    label=TEXT,
    part=st.sampled_from(["train", None]),
    taken_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    origin=st.sampled_from(["human", "pseudo"]),
    probability=st.none() | st.floats(0, 1),
    sha256=st.none() | st.just("ab" * 32),
)


@given(st.lists(ROWS, min_size=1, max_size=5))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> None:
    table = tmp_path_factory.mktemp("record") / "labels.csv"
    table.write_bytes(rows_bytes(rows))
    assert read_rows(table) == rows


@pytest.mark.parametrize(
    "text",
    [
        "file,label\na.jpg,egg\n",
        "label;file\r\negg;a.jpg\r\n",
        "\ufefffile,label,notes\na.jpg, egg ,laid early\n",
    ],
)
def test_tables_written_by_hand_or_by_a_spreadsheet_are_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8", newline="")
    assert read_rows(tmp_path / "mine.csv") == [Row(file="a.jpg", label="egg")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"received the columns \(none\), expected at least file and label"),
        ("id,breed\n1,pug\n", "received the columns id, breed"),
        ("file,label\n", "received no rows"),
        ("file,label\na.jpg,egg\nb.jpg,\n", r"labels.csv:3: label: received nothing"),
        ("file,label,part\na.jpg,egg,tset\n", r"labels.csv:2: part: received 'tset', expected: input should be"),
        ("file,label,taken_at\na.jpg,egg,noon\n", r"labels.csv:2: taken_at: received 'noon'"),
        ("file,label,probability\na.jpg,egg,90\n", r"labels.csv:2: probability: received '90'"),
        ("file,label,sha256\na.jpg,egg,123\n", r"labels.csv:2: sha256: received '123'"),
        ("file,label,part,origin\na.jpg,egg,test,pseudo\n", r"labels.csv:2: received a label given by a model in the"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "labels.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=said):
        read_rows(tmp_path / "labels.csv")


def test_a_time_is_read_with_its_offset(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("file,label,taken_at\na.jpg,egg,2026-05-01T07:00:00+02:00\n")
    (row,) = read_rows(tmp_path / "labels.csv")
    assert row.taken_at == datetime(2026, 5, 1, 5, tzinfo=UTC)


def test_a_name_is_shown_on_one_line_whatever_it_holds() -> None:
    assert printable("egg/a\nb\x1b[2J.jpg") == "egg/a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[2J.jpg"
    assert printable("h\udcfchner 卵.jpg") == "h\N{REPLACEMENT CHARACTER}hner 卵.jpg"
