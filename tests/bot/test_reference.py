"""The documentation lists the commands that there are."""

from pathlib import Path

from coopwatch.bot.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "write it anew: python -m coopwatch.bot.reference > PAGE"
