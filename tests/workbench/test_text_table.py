from coopwatch.workbench.text_table import aligned


def test_words_begin_straight_and_numbers_end_straight() -> None:
    rows = [("hen", "eggs", ""), ("beauty", "12", "x"), ("psycho", "3", "")]
    assert list(aligned(rows, right={1})) == ["hen     eggs", "beauty    12  x", "psycho     3"]
