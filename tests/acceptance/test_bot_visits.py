"""One visit is one message: what a keeper's chat looks like while hens come, lay and go."""

import io
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from acceptance.visits import CAME, GROUP, KEEPER, LAID, LEFT, NESTING, VIEWER, WENT, Chat, one_blocked_and_one_hanging
from peers.bot_api import bot_api, refuse
from PIL import Image

from coopwatch.bot.uploads import Photo
from coopwatch.clock import SystemClock
from coopwatch.core.memory import Memory
from coopwatch.subscriber import SubscriberRole
from coopwatch.values import NOTHING, Event, EventKind


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with bot_api() as api, Chat(api, tmp_path / "data").at_work() as at_work:
        yield at_work


async def test_a_visit_is_one_silent_message_that_changes_and_the_egg_a_loud_one(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(NESTING)
    await chat.api.wait_for("sendPhoto")
    (nesting,) = chat.messages()
    assert nesting.text == "Red Twin is nesting in the left nest (96 %)\n14:02 on 21 June"
    assert nesting.is_silent

    await chat.happen(LEFT, LAID)
    await chat.api.wait_for("editMessageMedia")
    await chat.api.wait_for("sendPhoto")
    visit, egg = chat.messages()
    assert visit.text == "Red Twin nested 34 min in the left nest and laid an egg\n14:02 to 14:36 on 21 June"
    assert visit.photo != nesting.photo, "the best photo of the visit is in the place of the first"
    assert egg.text.startswith("Egg laid by Red Twin in the left nest (96 %)")
    assert not egg.is_silent


async def test_an_egg_that_is_seen_later_is_added_to_the_message_of_its_visit(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(NESTING, LEFT)
    await chat.api.wait_for("sendPhoto")
    await chat.happen(replace(LAID, told_at=WENT + timedelta(minutes=9)))
    await chat.api.wait_for("editMessageCaption")
    visit, egg = chat.messages()
    assert visit.text.startswith("Red Twin nested 34 min in the left nest and laid an egg")
    assert egg.text.startswith("Egg laid by Red Twin")


async def test_a_message_that_someone_deleted_is_sent_anew_when_the_visit_ends(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(NESTING)
    await chat.api.wait_for("sendPhoto")
    chat.api.chats.clear()
    await chat.happen(LEFT)
    await chat.api.wait_for("sendPhoto")
    (visit,) = chat.messages()
    assert visit.text.startswith("Red Twin nested 34 min")


async def test_a_photo_goes_up_once_and_is_small(chat: Chat) -> None:
    for chat_id in (KEEPER, VIEWER, GROUP):
        await chat.subscribe(chat_id)
    await chat.happen(LAID)
    sent = [await chat.api.wait_for("sendPhoto") for _ in range(3)]
    uploads = [call.files["photo"] for call in sent if call.files]
    assert len(uploads) == 1
    assert Image.open(io.BytesIO(uploads[0])).size == (1280, 640)
    assert len({call.fields["photo"] for call in sent if not call.files}) == 1


async def test_a_name_that_telegram_forgot_makes_the_photo_go_up_again(chat: Chat) -> None:
    await chat.subscribe()
    await chat.store.keep_file_id(Photo(path="photos/egg.jpg", answer="egg").key, "of-another-bot")
    await chat.happen(LAID)
    refused, taken = await chat.api.wait_for("sendPhoto"), await chat.api.wait_for("sendPhoto")
    assert (refused.status, taken.status) == (400, 200)
    assert taken.files


async def test_a_damaged_photo_is_no_photo(chat: Chat) -> None:
    await chat.subscribe()
    (chat.folder / "photos" / "egg.jpg").write_bytes((chat.folder / "photos" / "egg.jpg").read_bytes()[:3000])
    await chat.happen(LAID)
    await chat.api.wait_for("sendMessage")
    assert chat.api.calls("sendPhoto") == []


async def test_quiet_hours_hold_everything_and_then_one_message_tells_it_all(
    chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    until = SystemClock().now() + timedelta(seconds=2)
    monkeypatch.setattr("coopwatch.bot.outbox.POLL", timedelta(seconds=0.2))
    await chat.subscribe(muted_until=until)
    await chat.happen(NESTING, LEFT, LAID)
    digest = await chat.api.wait_for("sendMessage")
    assert SystemClock().now() >= until
    assert digest.fields["text"].splitlines()[1:] == [
        "14:36 Egg laid by Red Twin in the left nest (96 %)",
        "14:36 Red Twin nested 34 min in the left nest",
    ]
    assert chat.api.calls("sendPhoto") == []


async def test_the_daily_digest_tells_the_day(chat: Chat) -> None:
    """It said "The day" and no more."""
    await chat.subscribe()
    await chat.store.save(Memory(camera="nestcam", nest="left"), [NESTING, LEFT, LAID])
    await chat.store.mark_muted(1, 2, 3)
    evening = CAME.replace(hour=18)
    await chat.happen(Event(kind=EventKind.DAILY_DIGEST, camera=None, nest=None, at=evening, told_at=evening))
    assert (await chat.api.wait_for("sendMessage")).fields["text"].splitlines() == [
        "21 June: 1 egg (Red Twin)",
        "1 visit to the nests, 34 min together.",
    ]


async def test_a_topic_gets_the_groups_messages_and_when_it_is_gone_the_group_does(chat: Chat) -> None:
    await chat.subscribe(GROUP, thread=12)
    await chat.happen(LAID)
    assert (await chat.api.wait_for("sendPhoto")).fields["message_thread_id"] == "12"
    chat.api.fail("sendPhoto", refuse(400, "Bad Request: message thread not found"))
    await chat.happen(replace(LAID, at=WENT + timedelta(hours=1)))
    await chat.api.wait_for("sendPhoto")
    assert "message_thread_id" not in (await chat.api.wait_for("sendPhoto")).fields


@pytest.mark.parametrize(
    ("chat_id", "role", "has_buttons"),
    [
        (KEEPER, SubscriberRole.KEEPER, True),
        (VIEWER, SubscriberRole.VIEWER, False),
        (GROUP, SubscriberRole.VIEWER, True),  # a keeper may be among them
    ],
)
async def test_who_may_correct_gets_buttons(
    chat: Chat, chat_id: int, role: SubscriberRole, *, has_buttons: bool
) -> None:
    await chat.subscribe(chat_id, role=role)
    await chat.happen(NESTING)
    call = await chat.api.wait_for("sendPhoto")
    markup = json.loads(call.fields.get("reply_markup", "{}"))
    assert bool(markup) == has_buttons


async def test_a_visit_corrected_before_it_ends_is_told_by_its_right_name(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(NESTING)
    await chat.api.wait_for("sendPhoto")
    await chat.store.correct(1, "psycho", by="telegram:5", at=WENT)
    await chat.happen(LEFT)
    await chat.api.wait_for("editMessageMedia")
    assert chat.messages()[0].text.startswith("Psycho nested 34 min")


async def test_a_correction_changes_the_messages_of_all_chats_silently_and_what_is_drawn_on_photos(chat: Chat) -> None:
    for chat_id, role in ((KEEPER, SubscriberRole.KEEPER), (VIEWER, SubscriberRole.VIEWER), (GROUP, None)):
        await chat.subscribe(chat_id, **({"role": role} if role else {}))
    await chat.happen(NESTING, LEFT, LAID)
    for _ in range(6):
        await chat.api.wait_for("sendPhoto")
    photos = {chat_id: [one.photo for one in chat.messages(chat_id)] for chat_id in (KEEPER, VIEWER, GROUP)}
    await chat.store.correct(1, "psycho", by="telegram:5", at=WENT)
    chat.outbox.wake()
    for _ in range(6):
        await chat.api.wait_for("editMessageMedia")
    for chat_id in (KEEPER, VIEWER, GROUP):
        visit, egg = chat.messages(chat_id)
        assert visit.text.startswith("Psycho nested 34 min in the left nest and laid an egg")
        assert egg.text.startswith("Egg laid by psycho in the left nest (100 %)")
        assert ("change" in visit.markup, bool(egg.markup)) == (chat_id != VIEWER, chat_id != VIEWER)
        assert visit.photo != photos[chat_id][0]
        assert egg.photo == photos[chat_id][1], "an egg is an egg"
    assert len([call for call in chat.api.calls("editMessageMedia") if call.files]) == 1, "it goes up once"
    assert len(chat.api.calls("sendPhoto")) == 6, "nothing new, so that nothing rings"


async def test_a_message_that_someone_deleted_is_not_sent_anew_for_a_correction(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(LAID)
    await chat.api.wait_for("sendPhoto")
    chat.api.chats.clear()
    await chat.store.correct(1, "psycho", by="telegram:5", at=WENT)
    chat.outbox.wake()
    assert (await chat.api.wait_for("editMessageMedia")).status == 400
    await chat.happen(NESTING)
    await chat.api.wait_for("sendPhoto")
    assert [one.text.partition(" in ")[0] for one in chat.messages()] == ["Red Twin is nesting"]


async def test_nothing_there_is_told_also_where_the_egg_was(chat: Chat) -> None:
    await chat.subscribe()
    await chat.happen(NESTING, LEFT, LAID)
    for _ in range(2):
        await chat.api.wait_for("sendPhoto")
    await chat.store.correct(3, NOTHING, by="telegram:5", at=WENT)
    chat.outbox.wake()
    for _ in range(2):
        await chat.api.wait_for("editMessageMedia")
    visit, egg = chat.messages()
    assert visit.text.startswith("Red Twin nested 34 min in the left nest\n")
    assert egg.text == "Nothing was there"


async def test_a_blocked_and_a_hanging_chat_keep_nobody_waiting(chat: Chat) -> None:
    """How long others wait is measured by `make proof-bot`."""
    people = range(100, 110)
    for person in people:
        await chat.subscribe(person)
    chat.api.weather = one_blocked_and_one_hanging(*people[:2])
    for minute in range(2):
        await chat.happen(replace(LAID, at=WENT + timedelta(minutes=minute)))
        for person in people[2:]:
            await chat.api.wait_for("sendPhoto", chat_id=person)
