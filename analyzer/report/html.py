"""How every page is made: one self-contained HTML file without a script, for screen and print, in light and dark.

Jinja2 escapes every value and refuses an undefined one; only SVG drawn by `svg` enters unescaped. A page extends
`layout.html.j2`, gives it a `title`, and begins with a section whose id is "finding".
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analyzer.report import neutral, numbers


def render(template: str, **values: Any) -> str:
    """The page that `template` (a file beside this one) makes of `values`."""
    loader = FileSystemLoader(Path(__file__).parent)
    page = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    page.filters.update(
        name=neutral.shorten,
        full=neutral.tooltip,
        text=neutral.neutralise,
        count=numbers.count,
        words=numbers.words,
        plain=numbers.plain,
    )
    return page.get_template(template).render(**values)
