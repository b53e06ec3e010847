from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from coopwatch.values import Pixels, Role
from coopwatch.vision.card import Label
from coopwatch.vision.light_mode import LightMode
from coopwatch.workbench.pictures.dataset import Picture, read_dataset
from coopwatch.workbench.pictures.lint import Finding, Inspection, lint
from coopwatch.workbench.pictures.looks import Glance, Look, look_at
from coopwatch.workbench.pictures.near_copies import near_copies
from coopwatch.workbench.progress import Silent

Draw = Callable[..., Path]

FIRST = datetime(2026, 5, 1, 6, tzinfo=UTC)
ROLES = {"egg": Role.EGG, "empty": Role.EMPTY, "hand": Role.OTHER}
GOOD = {"red_twin": 24, "egg": 24, "empty": 24, "hand": 24}


def pictures(counts: dict[str, int]) -> list[Picture]:
    """Of each label so many, six a day, all different."""
    made = []
    for label, count in counts.items():
        for number in range(count):
            at = FIRST + timedelta(days=number // 6, hours=number % 6)
            path = Path(f"{label}/{number}.jpg")
            sha256 = f"{len(made):064x}"
            made.append(Picture(path=path, label=label, sha256=sha256, taken_at=at, day=at.date()))
    return made


def looks(given: list[Picture]) -> list[Look]:
    """Each picture unlike all others, 200 pixels large, in colour."""
    rng = np.random.default_rng(5)
    return [
        Look(picture=one, width=200, height=200, light=LightMode.COLOUR, bits=rng.random(256) < 0.5) for one in given
    ]


def find(given: list[Picture], seen: list[Look], unreadable: tuple[Path, ...] = ()) -> list[Finding]:
    names = sorted({picture.label for picture in given})
    labels = tuple(Label(name=name, role=ROLES.get(name, Role.HEN)) for name in names)
    return lint(
        Inspection(labels=labels, pictures=tuple(given), glance=Glance(looks=tuple(seen), unreadable=unreadable))
    )


def checks(found: list[Finding]) -> list[str]:
    return [finding.check for finding in found]


def test_a_good_data_set_is_left_in_peace() -> None:
    given = pictures(GOOD)
    assert find(given, looks(given)) == []


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({**GOOD, "red_twin": 19}, [("few pictures", "fewer than 20 pictures: red_twin (19)")]),
        ({**GOOD, "egg": 73}, [("imbalance", "egg has 73 pictures, more than 3 times as many as empty (24)")]),
        ({**GOOD, "egg": 72}, []),
        ({"egg": 24}, [("lone label", "egg is the only label")]),
        ({"red_twin": 24, "empty": 24}, [("background", "no label with the role other")]),
        ({"red_twin": 24, "hand": 24}, [("background", "no label with the role empty")]),
    ],
)
def test_counts_of_labels_are_judged(counts: dict[str, int], said: list[tuple[str, str]]) -> None:
    given = pictures(counts)
    found = find(given, looks(given))
    assert checks(found) == [check for check, _ in said]
    assert all(words in finding.seen for finding, (_, words) in zip(found, said, strict=True))


def test_days_count_where_times_are_known() -> None:
    given = [replace(one, day=FIRST.date()) if one.label == "egg" else one for one in pictures(GOOD)]
    (finding,) = find(given, looks(given))
    assert finding.check == "few days"
    assert "egg (1)" in finding.seen


def test_one_picture_under_two_labels_is_an_error_that_names_both_files() -> None:
    given = pictures(GOOD)
    given[0] = replace(given[0], sha256=given[-1].sha256)
    (finding,) = find(given, looks(given))
    assert (finding.check, finding.grade) == ("contradiction", "error")
    assert "hand and red_twin" in finding.seen
    assert set(finding.files) == {given[0].path, given[-1].path}


def test_a_copy_in_another_part_is_an_error_and_a_copy_in_the_same_part_is_none() -> None:
    given = [replace(one, part="test" if one.day == FIRST.date() else "train") for one in pictures(GOOD)]
    seen = looks(given)
    of_test = next(place for place, one in enumerate(given) if one.part == "test")
    of_train = [place for place, one in enumerate(given) if one.part == "train"]
    seen[of_train[0]] = replace(seen[of_train[0]], bits=seen[of_train[1]].bits)
    assert find(given, seen) == []
    seen[of_test] = replace(seen[of_test], bits=seen[of_train[0]].bits)
    (finding,) = find(given, seen)
    assert (finding.check, finding.grade) == ("copies across the split", "error")
    assert finding.files == (given[of_test].path, given[of_train[0]].path)


def test_undivided_pictures_are_divided_as_training_would_and_copies_are_a_warning() -> None:
    given = pictures(GOOD)
    seen = [
        replace(look, bits=look.bits if number % 6 else looks(given)[0].bits)
        for number, look in enumerate(looks(given))
    ]
    found = find(given, seen)
    assert {(finding.check, finding.grade) for finding in found} == {("copies across the split", "warning")}
    assert "that `coopwatch train` would test on" in found[0].seen


def test_a_label_that_a_part_lacks_is_named() -> None:
    given = pictures(GOOD)
    given = [replace(one, part="test" if one.label != "egg" and one.day == FIRST.date() else "train") for one in given]
    (finding,) = find(given, looks(given))
    assert finding.check == "label missing in a part"
    assert "the test part has no egg" in finding.seen


def test_tiny_and_unreadable_pictures_are_named() -> None:
    given = pictures(GOOD)
    seen = looks(given)
    seen[3] = replace(seen[3], height=63)
    found = find(given, seen[:-1], unreadable=(given[-1].path,))
    assert {finding.check: finding.files for finding in found} == {
        "unreadable": (given[-1].path,),
        "tiny pictures": (given[3].path,),
    }


def test_a_label_seen_by_one_light_alone_is_named_where_the_camera_sees_by_both() -> None:
    given = pictures(GOOD)
    both = [replace(look, light=list(LightMode)[number % 2]) for number, look in enumerate(looks(given))]
    assert find(given, both) == []
    one = [replace(look, light=LightMode.INFRA_RED) if look.picture.label == "egg" else look for look in both]
    (finding,) = find(given, one)
    assert finding.check == "one light"
    assert finding.seen.startswith("infra-red (grey) pictures only")
    assert finding.seen.endswith("egg (24)")


def test_a_picture_saved_anew_is_a_near_copy_and_another_is_not(draw: Draw) -> None:
    rng = np.random.default_rng(3)

    def scene() -> Pixels:
        """Blots of all sizes, the large ones strongest, as in a photo."""
        octaves = [
            np.asarray(Image.fromarray(rng.normal(0, 160 / side, (side, side)).astype(np.float32)).resize((160, 120)))
            for side in (4, 8, 16, 32, 64)
        ]
        return np.repeat((128 + sum(octaves)).clip(0, 255).astype(np.uint8)[:, :, np.newaxis], 3, axis=2)

    folder = draw(days=1, pictures=1, labels=("egg", "empty"))
    first, second = scene(), scene()
    Image.fromarray(first).save(folder / "egg" / "2026-05-01_0600.jpg")
    Image.fromarray(first).resize((80, 60)).save(folder / "egg" / "small.jpg", quality=50)
    Image.fromarray(second).save(folder / "empty" / "2026-05-01_0600.jpg")
    (folder / "empty" / "bad.jpg").write_bytes(b"no picture")
    glance = look_at(read_dataset([folder]).pictures, Silent())
    assert [path.name for path in glance.unreadable] == ["bad.jpg"]
    one, small, other = glance.looks
    assert (one.width, one.height) == (160, 120)
    assert list(near_copies([one, other], [small])) == [(one, small)]
    assert list(near_copies([], [small])) == []


@pytest.mark.real
def test_of_real_pictures_those_saved_anew_are_near_copies_and_those_of_other_labels_are_not(
    real_data: Path, tmp_path: Path
) -> None:
    given = read_dataset([real_data / "nestbox" / "crops"]).pictures[::5]
    for picture in given:
        folder = tmp_path / picture.label
        folder.mkdir(exist_ok=True)
        with Image.open(picture.path) as image:
            half = image.resize((image.width // 2, image.height // 2)).point(lambda value: min(255, value + 12))
            half.save(folder / picture.path.name, quality=60)
    first, anew = (
        look_at(pictures, Silent()).looks for pictures in (given, read_dataset([tmp_path], fewest=1).pictures)
    )
    found = {one.picture.path.name: other.picture.path.name for one, other in near_copies(first, anew)}
    assert found == {picture.path.name: picture.path.name for picture in given}
    for label in {picture.label for picture in given}:
        others = [look for look in anew if look.picture.label != label]
        assert list(near_copies([look for look in first if look.picture.label == label], others)) == []
