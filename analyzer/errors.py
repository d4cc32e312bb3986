"""What can go wrong, sorted by who has to act; `cli.main` turns each into one line on stderr and an exit code.

Bad data is never an exception: it is a row in `rejects`. Exceptions are for settings, set-up, input as a whole,
the run directory, a failed stage and broken invariants.
"""

import difflib
from collections.abc import Iterable

NAMES = 20  # that a message lists at most


def nearest(word: str, known: Iterable[str]) -> str:
    """How a message about an unknown word ends: `: did you mean 'slice'?`, or what there is."""
    names = list(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    if close:
        return f": did you mean {close[0]!r}?"
    return (
        f": known are {', '.join(names[:NAMES])}{', ...' if len(names) > NAMES else ''}" if names else ": there is none"
    )


class AnalyzerError(Exception):
    """Base of every error this package raises on purpose. The message says what, where and what to do, on one line."""

    exit_code = 1

    def __init__(self, message: str = "") -> None:
        super().__init__(" ".join(message.splitlines()))  # names of columns and files may break lines


class ConfigError(AnalyzerError):
    """A setting is unknown, of the wrong type or out of range."""

    exit_code = 2


class SetupError(AnalyzerError):
    """Java, a model or a package is missing or too old; the message holds the command that mends it."""

    exit_code = 3


class InputError(AnalyzerError):
    """An input path does not exist, is empty, or holds nothing that can be read."""

    exit_code = 4


class RunStateError(AnalyzerError):
    """The run directory is in use, is not ours, or was written by another version."""

    exit_code = 5


class StageError(AnalyzerError):
    """A stage failed while it ran; `stage` names it, the run's log holds the trace."""

    exit_code = 6

    def __init__(self, stage: str, message: str) -> None:
        super().__init__(f"{stage}: {message}")
        self.stage = stage


class InvariantError(AnalyzerError):
    """A promise of the package is broken (say, read != kept + rejected): a defect in us, not in the input."""

    exit_code = 70
