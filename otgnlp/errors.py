"""The one family of errors that otgnlp raises on purpose."""


class OtgnlpError(Exception):
    """Base of every error that otgnlp raises; catch it to catch them all."""


class InputError(OtgnlpError, ValueError):
    """What the caller passed cannot be used: out of range, unknown, broken."""


class InputTypeError(InputError, TypeError):
    """What the caller passed is of the wrong type altogether."""


class ModelError(OtgnlpError):
    """A model folder is missing, damaged, of another format or not what it claims to be.

    The message names the file and the reason.
    """


class WorkerError(OtgnlpError):
    """A worker process failed or died; the message names the text whose result is missing."""


class MissingDetailsError(OtgnlpError):
    """Tokens or evidence were asked of a result that was stored without them."""


class MissingExtraError(OtgnlpError, ImportError):
    """A library of an optional part is not installed; the message says what to install."""


class OtgnlpWarning(UserWarning):
    """Work goes on, but with less than the caller may expect."""


def noted(error: Exception, note: str) -> Exception:
    """Return an error with a note, which Python shows from 3.11 on."""
    vars(error).setdefault("__notes__", []).append(note)
    return error
