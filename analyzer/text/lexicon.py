"""Word lists are written as text, one blank between words."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The distinct words of a text."""
    return frozenset(text.split())


# Titles that name nobody by themselves; dropped in front of a name.
HONORIFICS = word_set(
    "mr mrs ms miss mx dr prof professor sir dame lord lady rev reverend fr hon honorable honourable sen senator "
    "rep representative gov governor gen general col colonel lt lieutenant maj major capt captain cmdr commander "
    "adm admiral sgt sergeant cpl corporal justice judge president vice prime minister secretary chancellor "
    "ambassador mayor congressman congresswoman councillor coach"
)
# Titles that with one given name do name somebody: King Harald, Pope Francis; kept before a single name, dropped
# otherwise.
STYLES = word_set("king queen pope prince princess emperor empress tsar czar sultan saint st duke duchess")
