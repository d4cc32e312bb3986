"""Names that name nothing outside their document: "the Committee" of one report is not another's.

"Department of State" and "University of Oslo" say which; "American embassy", "National Assembly", "the Court" do not.
"""

from __future__ import annotations

from functools import lru_cache

from analyzer.text.demonyms import DEMONYMS
from analyzer.text.lexicon import HONORIFICS, STYLES, word_set

_GENERIC = word_set(
    "government committee subcommittee commission council court board ministry department agency parliament congress "
    "senate house assembly embassy consulate company corporation bank university college school institute association "
    "society club party union minister governor mayor state city county republic kingdom "
    "province district region territory town village product service website site web internet page home news blog "
    "agreement contract act law constitution treaty convention article section chapter customer "
    "client user member staff team group project program programme plan report policy budget message resolution "
    "office center centre church army navy police hospital museum library campus administration authority bureau "
    "chairman chairwoman chief chieftain delegation administrator director manager ceo officer founder owner author "
    "editor anthem flag hymn day week month year today season event conference meeting summit election war battle "
    "movement front coalition alliance opposition cabinet tribunal judiciary legislature branch division "
    "unit "
    "people man woman child student teacher parent family father mother god lord judge captain doctor nurse "
    "north south east west summary introduction conclusion overview background appendix table figure note exhibit "
    "version edition volume issue series game level phase stage round step part item option feature "
    "nation country children sovereign "
    "story episode act scene book film movie album song company's contact email phone address price order account "
    "privacy terms conditions policy copyright rights cookie download login search menu category tag share"
)
# Words that do not say which: "Supreme Court", "the Federal Government", "First Minister".
_QUALIFIERS = word_set(
    "national federal local general supreme high central royal public new old first second third last next chief "
    "constitutional provisional interim former current annual special joint international regional municipal civil "
    "military armed northern southern eastern western upper lower main big great grand good best head vice deputy "
    "senior junior prime crown foreign defense defence interior finance state legislative judicial executive lead "
    "of the and for in on at to &"
)
# "Department of State", "Defense Ministry", "House of Lords": what follows or stands before these says which.
_TOLD_APART = word_set(
    "department ministry bureau office house secretary minister institute school college university bank museum "
    "library society association academy court"
)
_TOPICS = word_set("state finance foreign defense defence interior justice")
_NAMED = frozenset(("west bank", "house of lords", "house of representatives", "house of commons"))
_ADJECTIVAL = word_set("embassy consulate court ambassador minister consul delegation company team ship bank president")
_SPEAKING = word_set(
    "i've i'm i'll i'd it's we've we're we'll you're you've you'll he's she's they're that's there's hi "
    "hello dear hey thanks"
)

_COMMON = _GENERIC | _QUALIFIERS | HONORIFICS | STYLES


@lru_cache(maxsize=20_000)
def names_nothing(key: str) -> bool:
    """Whether a canonical key is made of common words alone, or of a people's adjective before an office or embassy."""
    words = key.split()
    if not words or words[0] in _SPEAKING or key == "world":
        return True
    if len(words) == 2 and words[0] in DEMONYMS and _singular(words[1]) in _ADJECTIVAL:
        return True
    if not all(_singular(w) in _COMMON or w in _COMMON for w in words) or key in _NAMED:
        return False
    if "of" in words[1:-1]:
        return words[words.index("of") - 1] not in _TOLD_APART
    return not (len(words) > 1 and words[-1] in _TOLD_APART and words[-2] in _TOPICS)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word
