"""`python -m tests.dictionary` writes the data dictionary into README, between its markers."""

from __future__ import annotations

import re

from analyzer import schemas
from tests.conftest import ROOT


def main() -> None:
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    tables = "\n".join(schemas.markdown(table) for table in schemas.TABLES.values())
    inside = f"<!-- dictionary -->\n\n{tables}\n<!-- /dictionary -->"
    path.write_text(
        re.sub(r"<!-- dictionary -->.*<!-- /dictionary -->", lambda _: inside, text, flags=re.DOTALL), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
