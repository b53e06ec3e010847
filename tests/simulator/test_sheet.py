from coopwatch.simulator.sheet import draw_sheet


def test_the_sheet_shows_four_rows_of_nine() -> None:
    assert draw_sheet(7).shape == (4 * 152, 9 * 128, 3)
