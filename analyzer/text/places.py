"""Regions that hold towns: countries, and the states and provinces that addresses name after a town.

They separate "born in Warsaw" from "born in Poland": two answers to two questions, not two answers to one.
"""

from __future__ import annotations

from analyzer.text.demonyms import DEMONYMS

_STATES = """
alabama:al,ala alaska:ak arizona:az,ariz arkansas:ar,ark california:ca,calif,cal colorado:co,colo connecticut:ct,conn
delaware:de,del florida:fl,fla georgia:ga hawaii:hi idaho:id illinois:il,ill indiana:in,ind iowa:ia kansas:ks,kan
kentucky:ky louisiana:la maine:me maryland:md massachusetts:ma,mass michigan:mi,mich minnesota:mn,minn
mississippi:ms,miss
missouri:mo montana:mt,mont nebraska:ne,neb nevada:nv,nev new_hampshire:nh new_jersey:nj new_mexico:nm new_york_state:
north_carolina:nc north_dakota:nd ohio:oh oklahoma:ok,okla oregon:or,ore pennsylvania:pa,penn rhode_island:ri
south_carolina:sc south_dakota:sd tennessee:tn,tenn texas:tx,tex utah:ut vermont:vt virginia:va west_virginia:wv
wisconsin:wi,wis wyoming:wy,wyo alberta:ab british_columbia:bc manitoba:mb new_brunswick:nb nova_scotia:ns
ontario:on,ont
quebec:qc saskatchewan:sk newfoundland: new_south_wales:nsw queensland:qld victoria_australia: western_australia:
south_australia:sa tasmania: bavaria: saxony: prussia: catalonia: andalusia: lombardy: tuscany: sicily: normandy:
brittany:
ussr: great_britain: england: scotland: wales: northern_ireland: kerala: punjab: tamil_nadu: maharashtra: gujarat:
west_bengal: karnataka: washington_state: europe: asia: africa: america: yorkshire: lancashire: kent: sussex: essex:
surrey:
"""
_ABBREVIATIONS: dict[str, str] = {"usa": "united states", "us": "united states", "uk": "united kingdom"}
COUNTRIES = frozenset(DEMONYMS.values()) | {
    "united states of america",
    "people's republic of china",
    "russian federation",
}
_NAMES: set[str] = set(COUNTRIES)
for _entry in _STATES.split():
    _name, _, _short = _entry.partition(":")
    _NAMES.add(_name.replace("_", " "))
    _ABBREVIATIONS |= {short: _name.replace("_", " ") for short in _short.split(",") if short}
REGIONS = frozenset(_NAMES)
# Names of the world's states and unions that every text writes in several ways, and the one that is counted.
COMMON: dict[str, str] = {
    "us": "united states", "usa": "united states", "united states of america": "united states",
    "us of america": "united states", "uk": "united kingdom", "uae": "united arab emirates", "ussr": "soviet union",
    "union of soviet socialist republics": "soviet union", "un": "united nations", "eu": "european union",
    "prc": "china", "people's republic of china": "china", "russian federation": "russia",
    "republic of korea": "south korea", "rok": "south korea", "dprk": "north korea",
    "democratic people's republic of korea": "north korea", "federal republic of germany": "germany",
    "french republic": "france", "republic of india": "india", "czechia": "czech republic", "burma": "myanmar",
    "north atlantic treaty organization": "nato", "north atlantic treaty organisation": "nato",
}  # fmt: skip


def is_region(key: str) -> bool:
    """Whether a folded name is a country or a state, spelled out or as its country's usual initials."""
    return key in REGIONS or key in ("usa", "us", "uk")


def spelled_out(key: str, after_town: bool) -> str:
    """ "fla" after a town is florida; initials of countries anywhere. "wa" is two states and stays as it is."""
    if after_town or key in ("usa", "us", "uk"):
        return _ABBREVIATIONS.get(key.replace(".", ""), key)
    return key
