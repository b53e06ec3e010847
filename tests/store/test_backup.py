"""A coop saved while it runs and restored elsewhere is the same coop; an archive that someone made up is refused."""

import asyncio
import json
import os
import random
import shutil
import sqlite3
import stat
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from store.samples import START, keeper, memory, nesting

from coopwatch.errors import UnusableStoreError, UserMustActError
from coopwatch.store.backup import Archived, write_backup
from coopwatch.store.database import Database
from coopwatch.store.restore import restore_backup

CONFIG = "timezone: Europe/Berlin\ndata_dir: data\nmodel: models/nest\n"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "machine" / "nest"
    (folder / "1").mkdir(parents=True)
    (folder / "1" / "card.json").write_text("{}")
    (folder / "active").write_text("1")
    return folder


def back_up(archive: Path, data_dir: Path, model: Path) -> Archived:
    return write_backup(archive, data_dir=data_dir, model=model, config=CONFIG, made_at=START, told=lambda _: None)


def make_coop(data_dir: Path) -> Path:
    """The smallest data that can be saved."""
    data_dir.mkdir(exist_ok=True)
    connection = sqlite3.connect(data_dir / "coopwatch.db")
    connection.executescript(
        "CREATE TABLE events (id); CREATE TABLE outbox (number);"
        "CREATE TABLE alembic_version (version_num); INSERT INTO alembic_version VALUES ('0001')"
    )
    connection.close()
    return data_dir


async def test_a_restored_coop_is_the_one_that_was_saved(tmp_path: Path, model: Path) -> None:
    async with Database(tmp_path / "data") as database:
        await database.subscribe(keeper())
        photo = await database.save_photo(b"a picture")
        await database.save(memory(state="red_twin"), [nesting()])
        await asyncio.to_thread(back_up, tmp_path / "coop.zip", tmp_path / "data", model)
        await database.save(memory(state="too late"), [nesting(60)])
    (tmp_path / "new").mkdir()
    restore_backup(tmp_path / "coop.zip", tmp_path / "new")
    assert (tmp_path / "new" / "coopwatch.yaml").read_text() == CONFIG
    assert (tmp_path / "new" / "models" / "nest" / "1" / "card.json").read_text() == "{}"
    async with Database(tmp_path / "new" / "data") as restored:
        assert await restored.load_memory("left") == memory(state="red_twin")
        assert [message.event for message in await restored.unsent(START, 10)] == [nesting()]
        assert (tmp_path / "new" / "data" / photo).read_bytes() == b"a picture"


async def test_a_backup_amid_writing_is_whole(tmp_path: Path, model: Path) -> None:
    async with Database(tmp_path / "data") as database:
        await database.subscribe(keeper())
        saving = asyncio.create_task(save_for_ever(database))
        for number in range(3):
            archive = tmp_path / f"{number}.zip"
            await asyncio.to_thread(back_up, archive, tmp_path / "data", model)
            restore_backup(archive, tmp_path / f"new{number}")
        saving.cancel()
    for number in range(3):
        with sqlite3.connect(tmp_path / f"new{number}" / "data" / "coopwatch.db") as connection:
            (events,), (messages,) = connection.execute(
                "SELECT count(*) FROM events UNION ALL SELECT count(*) FROM outbox"
            )
        connection.close()
        assert events == messages


async def save_for_ever(database: Database) -> None:
    minutes = 0
    while True:
        minutes += 1
        await database.save(memory(), [nesting(minutes)])


def test_the_film_of_the_day_the_lock_old_backups_and_links_stay_behind(tmp_path: Path, model: Path) -> None:
    data = tmp_path / "data"
    for name in ("album/nestcam/x.jpg", "photos/ab/x.jpg", "photos/ab/x.part", "lock", "heartbeat", "old.zip"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(b"x")
    (data / "photos" / "link.jpg").symlink_to("/etc/hostname")
    (model / "link").symlink_to("/etc/hostname")
    make_coop(data)
    back_up(tmp_path / "coop.zip", data, model)
    paths = [entry.path for entry in restore_backup(tmp_path / "coop.zip", tmp_path / "new")]
    assert paths == ["coopwatch.yaml", "data/coopwatch.db", "data/photos/ab/x.jpg",
                     "models/nest/1/card.json", "models/nest/active"]  # fmt: skip


def test_a_photo_that_grows_too_old_meanwhile_stays_out(tmp_path: Path, model: Path) -> None:
    data = make_coop(tmp_path / "data")
    (data / "photo.jpg").write_bytes(b"x")

    def delete(path: str) -> None:
        if path.endswith(".jpg"):
            (tmp_path / path).unlink()

    write_backup(tmp_path / "coop.zip", data_dir=data, model=model, config=CONFIG, made_at=START, told=delete)
    paths = [entry.path for entry in restore_backup(tmp_path / "coop.zip", tmp_path / "new")]
    assert paths == ["coopwatch.yaml", "data/coopwatch.db", "models/nest/1/card.json", "models/nest/active"]


def test_an_archive_is_for_its_owner_alone_and_there_whole_or_not_at_all(tmp_path: Path, model: Path) -> None:
    data = make_coop(tmp_path / "data")
    back_up(tmp_path / "coop.zip", data, model)
    assert stat.S_IMODE((tmp_path / "coop.zip").stat().st_mode) == 0o600
    restore_backup(tmp_path / "coop.zip", tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    files = [file for file in (tmp_path / "new").rglob("*") if file.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    before = sorted(tmp_path.iterdir())

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_backup(tmp_path / "other.zip", data_dir=data, model=model, config=CONFIG, made_at=START, told=stop)
    assert sorted(tmp_path.iterdir()) == before


def test_a_backup_takes_no_files_place_and_restoring_no_folders(tmp_path: Path, model: Path) -> None:
    data = make_coop(tmp_path / "data")
    archive = tmp_path / "coop.zip"
    back_up(archive, data, model)
    with pytest.raises(UserMustActError, match="expected a new file"):
        back_up(archive, data, model)
    with pytest.raises(UserMustActError, match="expected a new folder"):
        restore_backup(archive, data)


@pytest.mark.parametrize("name", ["my notes.txt", "hühner/Bericht (1).html", ".hidden", "a/b/c/d/e/f/g/h"])
def test_what_a_backup_takes_can_be_restored(tmp_path: Path, model: Path, name: str) -> None:
    """A keeper's own file in the data folder, or a model called `meine hühner`, made a backup that was refused."""
    data = make_coop(tmp_path / "data")
    (data / name).parent.mkdir(parents=True, exist_ok=True)
    (data / name).write_text("mine")
    model = model.rename(model.with_name("meine hühner"))
    back_up(tmp_path / "coop.zip", data, model)
    restore_backup(tmp_path / "coop.zip", tmp_path / "new")
    assert (tmp_path / "new" / "data" / name).read_text() == "mine"
    assert (tmp_path / "new" / "models" / "meine hühner" / "active").is_file()


@pytest.mark.parametrize("name", ["a\nb", os.fsdecode(b"\xff")])
def test_a_file_whose_name_no_archive_can_hold_is_named_before_anything_is_written(
    tmp_path: Path, model: Path, name: str
) -> None:
    data = make_coop(tmp_path / "data")
    (data / name).write_text("mine")
    with pytest.raises(UserMustActError, match="rename or remove it"):
        back_up(tmp_path / "coop.zip", data, model)
    assert not (tmp_path / "coop.zip").exists()


def test_of_a_damaged_database_no_backup_is_made(tmp_path: Path, model: Path) -> None:
    """It was made, called safe, and refused when it was to be restored: by then it had replaced the good ones."""
    data = make_coop(tmp_path / "data")
    content = bytearray((data / "coopwatch.db").read_bytes())
    content[4096:8192] = b"x" * 4096
    (data / "coopwatch.db").write_bytes(content)
    with pytest.raises(UnusableStoreError, match="damaged; restore a backup"):
        back_up(tmp_path / "coop.zip", data, model)
    assert not (tmp_path / "coop.zip").exists()


def test_a_backup_into_the_data_folder_holds_the_database_once(tmp_path: Path, model: Path) -> None:
    """The copy that SQLite made stood in the data folder then, and was saved as one more file."""
    data = make_coop(tmp_path / "data")
    assert back_up(data / "coop.zip", data, model).files == 4


def test_restoring_touches_nothing_but_the_new_folder(tmp_path: Path, model: Path) -> None:
    """What was called `new.part` was taken for its own, and deleted."""
    back_up(tmp_path / "coop.zip", make_coop(tmp_path / "data"), model)
    (tmp_path / "new.part").mkdir()
    (tmp_path / "new.part" / "precious").touch()
    restore_backup(tmp_path / "coop.zip", tmp_path / "new")
    assert (tmp_path / "new.part" / "precious").is_file()


def test_one_restores_into_an_empty_folder_but_not_under_ones_own_feet(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is replaced as a whole; a shell in the old one would see nothing."""
    back_up(tmp_path / "coop.zip", make_coop(tmp_path / "data"), model)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    with pytest.raises(UserMustActError, match="the folder that you are in"):
        restore_backup(tmp_path / "coop.zip", Path())
    monkeypatch.chdir(tmp_path)
    restore_backup(tmp_path / "coop.zip", Path("empty"))
    assert (tmp_path / "empty" / "coopwatch.yaml").is_file()


Change = Callable[[dict[str, bytes], dict[str, object]], object]
"""Does something to the content of an archive, by path, and to its manifest."""


def entry_of(manifest: dict[str, object], number: int) -> dict[str, object]:
    files = manifest["files"]
    assert isinstance(files, list)
    found = files[number]
    assert isinstance(found, dict)
    return found


def renamed(path: str) -> Change:
    """A file that wants to be elsewhere."""

    def change(content: dict[str, bytes], manifest: dict[str, object]) -> None:
        entry = entry_of(manifest, -1)
        content[path] = content.pop(str(entry["path"]))
        entry["path"] = path

    return change


def with_sql(statement: str) -> Change:
    """A database with something more in it."""

    def change(content: dict[str, bytes], manifest: dict[str, object]) -> None:
        connection = sqlite3.connect(":memory:")
        connection.deserialize(content["data/coopwatch.db"])
        connection.execute("PRAGMA writable_schema = ON")
        connection.executescript(statement)
        promise(content, manifest, 1, connection.serialize())
        connection.close()

    return change


def promise(content: dict[str, bytes], manifest: dict[str, object], number: int, new: bytes) -> None:
    """Put in a file whose size and hash are as the manifest says."""
    import hashlib  # noqa: PLC0415 (of this trick alone)

    entry = entry_of(manifest, number)
    content[str(entry["path"])] = new
    entry.update(size=len(new), sha256=hashlib.sha256(new).hexdigest())


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (renamed("../outside"), "a file called"),
        (renamed("data/../../outside"), "a file called"),
        (renamed("/etc/passwd"), "a file called"),
        (renamed("data\\..\\x"), "a file called"),
        (renamed("data//x"), "a file called"),
        (renamed("data/a\nb"), "a file called"),
        (renamed(f"data/{'x' * 300}"), "a file called"),
        (renamed("data/coopwatch.db"), "files twice"),
        (lambda content, _: content.update({"coopwatch.yaml": b"evil"}), "another coopwatch.yaml"),
        (lambda content, _: content.update({"data/coopwatch.db": b"0" * 50_000_000}), "another data/coopwatch.db"),
        (lambda _, manifest: entry_of(manifest, 0).update(size=len(CONFIG) + 1), "another coopwatch.yaml"),
        (lambda content, _: content.pop("coopwatch.yaml"), "a damaged file"),
        (lambda _, manifest: entry_of(manifest, 0).update(size=10**15), "expected less than is free"),
        (lambda _, manifest: entry_of(manifest, 0).update(size=-1), "expected less than is free"),
        (lambda _, manifest: entry_of(manifest, 0).update(size=10**400), "expected less than is free"),
        (lambda _, manifest: manifest.update(format=9), "format 9"),
        (lambda _, manifest: manifest.update(files=[]), "no database"),
        (lambda _, manifest: manifest.update(files="all"), "cannot be read"),
        (lambda content, manifest: promise(content, manifest, 1, b"no database"), "a damaged database"),
        (lambda content, manifest: promise(content, manifest, 1, b""), "a damaged database"),
        (with_sql("UPDATE alembic_version SET version_num = '9999'"), "install a newer version"),
        (with_sql("DROP TABLE alembic_version"), "a damaged database"),
        (with_sql("DELETE FROM alembic_version"), "a damaged database"),
        (with_sql("CREATE TRIGGER t AFTER INSERT ON outbox BEGIN DELETE FROM events; END"), "a trigger or a view"),
        (with_sql("CREATE VIEW v AS SELECT 1"), "a trigger or a view"),
        (with_sql("CREATE VIRTUAL TABLE v USING fts5(x)"), "a trigger or a view"),
    ],
)
def test_an_archive_that_someone_changed_is_refused_and_leaves_nothing(
    tmp_path: Path, model: Path, change: Change, word: str
) -> None:
    bad = make_bad(tmp_path, model, change)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UserMustActError, match=word):
        restore_backup(bad, tmp_path / "new")
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_that_expands_without_end_is_not_unpacked(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = make_bad(tmp_path, model, lambda content, _: content.update({"coopwatch.yaml": b"0" * 50_000_000}))
    unpacked: list[int] = []
    monkeypatch.setattr(
        shutil, "rmtree", lambda part, **_: unpacked.extend(file.stat().st_size for file in Path(part).rglob("*.yaml"))
    )
    with pytest.raises(UserMustActError, match=r"another coopwatch\.yaml"):
        restore_backup(bad, tmp_path / "new")
    assert sum(unpacked) <= len(CONFIG)


def make_bad(folder: Path, model: Path, change: Change) -> Path:
    """A good archive with something changed."""
    make_coop(folder / "data")
    back_up(folder / "good.zip", folder / "data", model)
    with zipfile.ZipFile(folder / "good.zip") as good:
        content = {name: good.read(name) for name in good.namelist()}
    manifest = json.loads(content.pop("backup.json"))
    change(content, manifest)
    with zipfile.ZipFile(folder / "bad.zip", "w", zipfile.ZIP_DEFLATED) as bad:
        for name, data in (content | {"backup.json": json.dumps(manifest).encode()}).items():
            bad.writestr(name, data)
    return folder / "bad.zip"


@pytest.mark.parametrize(("flags", "method"), [(b"\x01\x00", b"\x08\x00"), (b"\x00\x00", b"\x0e\x00")])
def test_an_archive_that_is_encrypted_or_packed_by_lzma_is_refused(
    tmp_path: Path, model: Path, flags: bytes, method: bytes
) -> None:
    """Python raises errors of many kinds there, and not all of them were foreseen."""
    archive = tmp_path / "coop.zip"
    back_up(archive, make_coop(tmp_path / "data"), model)
    in_directory = b"PK\x01\x02\x14\x03\x14\x00"  # what stands before an entry's flags and method
    packed = archive.read_bytes()
    archive.write_bytes(packed.replace(in_directory + b"\x00\x00\x08\x00", in_directory + flags + method))
    assert archive.read_bytes() != packed
    with pytest.raises(UserMustActError, match="packed as no backup is"):
        restore_backup(archive, tmp_path / "new")


def test_whatever_bytes_are_spoilt_nothing_but_a_refusal_comes_of_it(tmp_path: Path, model: Path) -> None:
    """Names that are no text, versions from the future, places before the file's beginning: each was a traceback."""
    back_up(tmp_path / "good.zip", make_coop(tmp_path / "data"), model)
    good, chance = (tmp_path / "good.zip").read_bytes(), random.Random(6)
    for number in range(200):
        spoilt = bytearray(good)
        for _ in range(chance.choice([1, 2, 5, 20])):
            spoilt[chance.randrange(len(good) - 900, len(good))] = chance.randrange(256)  # the list of files, mostly
        (tmp_path / "bad.zip").write_bytes(spoilt)
        with suppress(UserMustActError):
            restore_backup(tmp_path / "bad.zip", tmp_path / f"new{number}")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x80\x04cos\nsystem\n(S'true'\ntR."])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.zip").write_bytes(content)
    with pytest.raises(UserMustActError, match="damaged file"):
        restore_backup(tmp_path / "bad.zip", tmp_path / "new")


def test_an_archive_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserMustActError, match=r"coop\.zip: received no such file"):
        restore_backup(tmp_path / "coop.zip", tmp_path / "new")


def test_a_link_in_an_archive_becomes_no_link(tmp_path: Path, model: Path) -> None:
    make_coop(tmp_path / "data")
    back_up(tmp_path / "good.zip", tmp_path / "data", model)
    with zipfile.ZipFile(tmp_path / "good.zip") as good:
        content = {name: good.read(name) for name in good.namelist()}
    manifest = json.loads(content.pop("backup.json"))
    promise(content, manifest, -1, b"/etc/passwd")
    path = str(entry_of(manifest, -1)["path"])
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name, data in (content | {"backup.json": json.dumps(manifest).encode()}).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16 if name == path else 0
            bad.writestr(info, data)
    restore_backup(tmp_path / "bad.zip", tmp_path / "new")
    assert not any(file.is_symlink() for file in (tmp_path / "new").rglob("*"))
    assert (tmp_path / "new" / path).read_bytes() == b"/etc/passwd"
