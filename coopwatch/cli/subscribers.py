"""`coopwatch subscribers`: invite chats by a one-time code, list them, remove them; also while the daemon runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coopwatch.cli.options import AsJson
from coopwatch.errors import UserMustActError
from coopwatch.subscriber import SubscriberRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coopwatch.config.settings import Settings
    from coopwatch.subscriber import Invitation, Subscriber

Config = Annotated[Path, typer.Option("--config", help="The config file.")]

commands = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(commands, name="subscribers", help="Invite chats, list them, remove them.")


@commands.command()
def invite(
    config: Config,
    role: Annotated[
        SubscriberRole | None,
        typer.Option("--role", help="What the chat may do. [default: viewer; keeper while there is no keeper]"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a code that lets one chat in, once, within a day."""
    import asyncio

    from coopwatch.bot.pairing import how_to_pair, make_invitation, pairing_link
    from coopwatch.clock import SystemClock
    from coopwatch.config.load import load_settings

    settings = load_settings(config)
    name = asyncio.run(_name_of_bot(settings))
    everyone = asyncio.run(_everyone(settings))
    has_keeper = any(one.role is SubscriberRole.KEEPER for one in everyone)
    role = role or (SubscriberRole.VIEWER if has_keeper else SubscriberRole.KEEPER)
    code, invitation = make_invitation(role, SystemClock().now())
    asyncio.run(_keep(settings, invitation))
    if as_json:
        _print_json({
            "code": code,
            "role": role.value,
            "expires_at": invitation.expires_at.isoformat(),
            "link": None if name is None else pairing_link(name, code),
        })  # fmt: skip
        return
    until = invitation.expires_at.astimezone(settings.timezone)
    typer.echo(f"The code {code} lets one chat in as {role}, once, until {until:%d %B %H:%M}.")
    typer.echo(f"To use it, {how_to_pair(code, name)}. In a group, send /start {code} there.")


@commands.command("list")
def list_(config: Config, as_json: AsJson = False) -> None:
    """List the chats that were let in, also those that get no messages now."""
    import asyncio

    from coopwatch.config.load import load_settings

    settings = load_settings(config)
    everyone = asyncio.run(_everyone(settings))
    if as_json:
        _print_json([_as_json(one) for one in everyone])
        return
    for one in everyone:
        since = one.since.astimezone(settings.timezone)
        state = "" if one.is_active else "  stopped"
        typer.echo(f"{one.chat}  {one.role}  since {since:%Y-%m-%d}  {one.name}{state}")
    if not everyone:
        typer.echo("Nobody is subscribed yet; `coopwatch subscribers invite` lets a chat in.")


@commands.command()
def remove(
    chat: Annotated[str, typer.Argument(help="As `list` shows it, such as telegram:123456.")], config: Config
) -> None:
    """Remove a chat: it gets nothing more and may ask nothing."""
    import asyncio

    from coopwatch.config.load import load_settings

    if not asyncio.run(_forget(load_settings(config), chat)):
        raise UserMustActError(
            f"received the chat {chat!r}, expected one that was let in; `coopwatch subscribers list` shows them"
        )
    typer.echo(f"{chat} is removed.")


async def _name_of_bot(settings: "Settings") -> str | None:
    from coopwatch.bot.identity import bot_name
    from coopwatch.config.secrets import telegram_token

    telegram = settings.chat.telegram
    token = None if telegram is None else telegram_token(telegram)
    if telegram is None or token is None:
        raise UserMustActError(
            "chat.telegram: received no bot, expected one to invite people to; get a token from @BotFather and name "
            "its file with `token_file`"
        )
    return await bot_name(token.get_secret_value(), telegram.api_url)


async def _keep(settings: "Settings", invitation: "Invitation") -> None:
    from coopwatch.store.database import Database

    async with Database(settings.data_dir) as store:
        await store.invite(invitation)


async def _everyone(settings: "Settings") -> "Sequence[Subscriber]":
    from coopwatch.store.database import Database

    async with Database(settings.data_dir) as store:
        return await store.subscribers(suspended=True)


async def _forget(settings: "Settings", chat: str) -> bool:
    from coopwatch.store.database import Database

    async with Database(settings.data_dir) as store:
        return await store.forget(chat)


def _as_json(one: "Subscriber") -> dict[str, object]:
    return {
        "chat": one.chat,
        "name": one.name,
        "role": one.role.value,
        "since": one.since.isoformat(),
        "language": one.language,
        "active": one.is_active,
    }


def _print_json(value: object) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
