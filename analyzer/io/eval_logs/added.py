"""Formats that other installed packages add: entry points of the group `monofact.log_formats`, each naming a module.

The name of the entry point is what `--format` takes. The module has what the modules here have:
`fits(value: dict) -> bool`, whether the first records of a file look like it, and
`rows(file: InputFile, options: ReadOptions, notes: Notes) -> Iterator[Row | Fault]`, its answers.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from analyzer.errors import SetupError

GROUP = "monofact.log_formats"


def names() -> tuple[str, ...]:
    """The names of the added formats, in order; nothing is imported for it."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


@cache
def modules() -> dict[str, ModuleType]:
    """The added formats by name. SetupError where one cannot be imported or lacks a function.

    Read once a process: finding entry points takes some 10 ms, and a scoring may have thousands of files.
    """
    return {point.name: _loaded(point) for point in sorted(entry_points(group=GROUP), key=lambda p: p.name)}


def _loaded(point: EntryPoint) -> ModuleType:
    where = f"log format {point.name!r} ({point.value})"
    mend = "mend or uninstall the package that adds it"
    try:
        module = point.load()
    except Exception as error:  # whatever a foreign module raises when it is imported
        raise SetupError(f"{where} cannot be imported ({type(error).__name__}): {mend}") from error
    missing = [name for name in ("fits", "rows") if not callable(getattr(module, name, None))]
    if not isinstance(module, ModuleType) or missing:
        raise SetupError(f"{where} is no module with the functions fits and rows: {mend}")
    return module
