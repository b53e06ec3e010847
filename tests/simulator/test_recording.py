import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coopwatch.core.event_json import event_from_json
from coopwatch.errors import UserMustActError
from coopwatch.simulator.coop import Coop
from coopwatch.simulator.hens import HENS, ROLES
from coopwatch.simulator.light import is_infra_red
from coopwatch.simulator.out_folder import prepare_folder
from coopwatch.simulator.recording import Order, choose_crops, picture_name, record
from coopwatch.vision.picture import read_picture
from coopwatch.vision.picture_time import time_of_picture

START = datetime(2026, 5, 1, tzinfo=UTC)
ORDER = Order(seed=7, start=START, days=1, every=timedelta(minutes=30))


def quiet(done: int, of: int) -> None:
    pass


def truth(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]


def test_pictures_carry_their_time_in_their_name(tmp_path: Path) -> None:
    recorded = record(ORDER, tmp_path, quiet)
    times = sorted(time_of_picture(path) for path in tmp_path.glob("*.jpg"))
    assert times == ORDER.moments
    assert recorded.pictures == 48
    assert read_picture(tmp_path / "2026-05-01T05-30-00Z.jpg").shape == (320, 640, 3)


def test_the_truth_holds_a_state_for_each_nest_and_picture_and_every_event(tmp_path: Path) -> None:
    record(ORDER, tmp_path, quiet)
    lines = truth(tmp_path)
    states = [line for line in lines if line["kind"] == "state"]
    assert Counter(state["at"] for state in states) == {f"{at:%Y-%m-%dT%H:%M:%SZ}": 2 for at in ORDER.moments}
    coop = Coop(seed=7)
    for state in states:
        expected = coop.state(state["nest"], datetime.fromisoformat(state["at"]))
        assert (state["label"], tuple(state["hens"])) == (expected.label, expected.hens)
    events = [event_from_json(line) for line in lines if line["kind"] != "state"]
    assert tuple(replace(event, photo=None) for event in events) == coop.events(ORDER.start, ORDER.end)
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)


def test_the_photo_of_an_event_is_the_first_picture_that_can_show_it(tmp_path: Path) -> None:
    record(ORDER, tmp_path, quiet)
    for event in (line for line in truth(tmp_path) if line["kind"] != "state" and line["photo"]):
        late = time_of_picture(tmp_path / event["photo"]) - datetime.fromisoformat(event["at"])
        assert timedelta(0) <= late < ORDER.every
        assert (tmp_path / event["photo"]).is_file()


def test_crops_lie_under_their_true_label(tmp_path: Path) -> None:
    order = replace(ORDER, crops=True, pictures=False)
    recorded = record(order, tmp_path, quiet)
    crops = list((tmp_path / "crops").rglob("*.jpg"))
    assert len(crops) == sum(recorded.crops.values()) == 96
    assert not list(tmp_path.glob("*.jpg"))
    coop = Coop(seed=7)
    for path in crops:
        assert coop.state(path.stem.rsplit("_", 1)[1], time_of_picture(path)).label == path.parent.name


def test_chosen_crops_are_limited_and_spread_over_days_and_light() -> None:
    order = Order(seed=1001, start=START, days=4, every=timedelta(minutes=2), crops=True, crops_per_label=8)
    chosen = choose_crops(order, Coop(seed=1001))
    assert chosen == choose_crops(order, Coop(seed=1001))
    found = Counter(label for wanted in chosen.values() for _, label in wanted)
    assert set(found) <= set(ROLES)
    assert max(found.values()) == 8
    days = Counter(at.date() for at, wanted in chosen.items() for _, label in wanted if label == "empty")
    assert set(days.values()) == {2}
    nights = sum(is_infra_red(at) for at, wanted in chosen.items() for _, label in wanted if label == "empty")
    assert nights == 4


def test_half_of_the_chosen_crops_are_by_night_where_there_are_so_many() -> None:
    order = Order(seed=1001, start=START, days=40, every=timedelta(minutes=5), crops=True)
    there, chosen = (by_night(replace(order, crops_per_label=most)) for most in (None, 30))
    assert len(there) > len(HENS) / 2
    assert chosen == {label: min(count, 15) for label, count in there.items()}


def by_night(order: Order) -> Counter[str]:
    crops = choose_crops(order, Coop(seed=order.seed))
    return Counter(label for at, wanted in crops.items() for _, label in wanted if is_infra_red(at))


def test_a_fraction_of_a_second_stays_in_the_name() -> None:
    at = START + timedelta(milliseconds=500)
    assert time_of_picture(Path(picture_name(at))) == at


def test_the_same_order_may_be_written_again_and_no_other(tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    prepare_folder(out, ORDER)
    (out / picture_name(START)).write_bytes(b"half a pict")
    prepare_folder(out, ORDER)
    with pytest.raises(UserMustActError, match="earlier output of the same command"):
        prepare_folder(out, replace(ORDER, seed=8))


@pytest.mark.parametrize("name", ["notes.txt", "holiday.jpg"])
def test_a_folder_with_other_files_is_refused(tmp_path: Path, name: str) -> None:
    prepare_folder(tmp_path, ORDER)
    (tmp_path / name).write_text("mine")
    with pytest.raises(UserMustActError, match=r"expected an empty one"):
        prepare_folder(tmp_path, ORDER)


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(UserMustActError, match="name another"):
        prepare_folder(file, ORDER)
