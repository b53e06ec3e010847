"""Every error that coopwatch raises on purpose; its text says what was received, what was expected, what to do."""

from datetime import timedelta


class CoopwatchError(Exception):
    """Something failed that no one needs to change; the command ends with exit code 1."""

    exit_code = 1


class UserMustActError(CoopwatchError):
    """Someone must change an argument, a file or a setting; the command ends with exit code 2."""

    exit_code = 2


class ConfigError(UserMustActError):
    """The configuration has mistakes; the text has one line for each: `FILE:LINE: key: received, expected, do`."""


class ModelError(UserMustActError):
    """A model folder is missing, damaged, or does not fit what is asked of it."""


class CannotLearnError(ModelError):
    """No correction can change this model; the text says which one can be changed, and how to get it."""


class DatasetError(UserMustActError):
    """A data set cannot be used as it is."""


class PictureError(CoopwatchError):
    """Bytes that should be a picture do not decode, or the picture has no usable size."""


class CameraError(CoopwatchError):
    """A camera gave no frame. The text is the reason in plain words, free of passwords: a keeper reads it."""


class CameraEndedError(CameraError):
    """A recorded source has no more frames."""


class InferenceError(CoopwatchError):
    """The inference worker gave no answer to this request: refused, too late, or the worker died."""


class StoreError(CoopwatchError):
    """The database or the photo folder cannot be used: disk full, not writable, damaged."""


class UnusableStoreError(UserMustActError, StoreError):
    """No new start will help: the data folder is wrong, not writable or damaged, or a newer version wrote it."""


class MessengerError(CoopwatchError):
    """A message was not confirmed. Each subclass has one meaning for the outbox."""


class TryLaterError(MessengerError):
    """The message surely did not arrive; try again, at the earliest after `after`."""

    def __init__(self, text: str, *, after: timedelta = timedelta(0)) -> None:
        super().__init__(text)
        self.after = after


class BrokenOffError(TryLaterError):
    """The line broke while the message was on its way: it nearly never arrived; look for it before trying again."""


class UnknownOutcomeError(MessengerError):
    """The message may have arrived (a time-out after sending); the outbox looks for it, and tries once more at most."""


class RefusedError(MessengerError):
    """The service will never take this message (bad request)."""


class ChatMovedError(MessengerError):
    """The chat has another number now (a group became a supergroup); the message did not arrive."""

    def __init__(self, text: str, *, to: str) -> None:
        super().__init__(text)
        self.to = to


class ChatGoneError(MessengerError):
    """The chat blocked the bot or no longer exists; its subscription must be suspended."""
