"""The table of requirements is what the tests' marks say."""

from tests.house.requirements import BEGIN, END, PAGE, TITLES, marks, table


def test_marks_name_known_requirements() -> None:
    unknown = {(identifier, file) for identifier, file in marks() if identifier not in TITLES}
    assert not unknown


def test_the_table_is_up_to_date() -> None:
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    shown, _, _ = rest.partition(END)
    assert shown.strip() == table().strip(), "run: python -m tests.house.requirements"


def test_every_part_of_the_guarantee_is_proven() -> None:
    assert {identifier for identifier, _ in marks()} >= {"G1", "G2", "G3", "G4", "G5"}
