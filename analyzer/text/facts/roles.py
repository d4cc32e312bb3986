"""Nouns that say what a person is or does: "CEO", "founder", "mathematician". The tagger often takes them for names."""

from __future__ import annotations

import re
from functools import lru_cache

from analyzer.text.lexicon import word_set

# Offices and ranks: never a name by themselves, however they are capitalised.
OFFICES = word_set(
    "ceo c.e.o c.e.o. cfo cto coo cio vp svp evp president chairman chairwoman chairperson founder co-founder "
    "cofounder owner co-owner director professor secretary treasurer minister senator governor manager officer "
    "executive partner chancellor ambassador editor lecturer commissioner superintendent fellow emeritus emerita "
    "trustee spokesman spokeswoman spokesperson analyst consultant co-chair member representative counsel"
)
KIN = word_set(
    "son daughter child wife husband spouse widow widower father mother parent brother sister friend uncle aunt "
    "nephew niece cousin grandson granddaughter grandfather grandmother stepson stepdaughter heir descendant partner "
    "companion consort native citizen resident"
)
# What follows a name and is none: "Ann Lee, PhD", "Roger Bray, Jr.", "Provistas, Incorporated".
POSTNOMINALS = word_set(
    "jr jr. sr sr. ii iii iv phd ph.d ph.d. md m.d m.d. esq esq. qc kc pc obe cbe mbe kbe kcvo kcsg dso rn cpa dds "
    "frs mp mba ba bsc msc ma mfa inc inc. incorporated llc ltd ltd. corp corp. plc"
)
_OCCUPATION = re.compile(
    r"(?:ist|ian|ologist|grapher|writer|author|actor|actress|singer|player|painter|composer|poet|lawyer|attorney|engineer|"
    r"architect|politician|journalist|director|producer|teacher|professor|soldier|officer|sculptor|designer|dancer|"
    r"footballer|cricketer|boxer|swimmer|wrestler|golfer|cyclist|runner|driver|coach|manager|banker|businessman|"
    r"businesswoman|entrepreneur|philosopher|astronomer|explorer|inventor|physician|surgeon|nurse|dentist|judge|diplomat|"
    r"statesman|priest|bishop|rabbi|missionary|farmer|merchant|filmmaker|screenwriter|playwright|novelist|rapper|"
    r"songwriter|musician|conductor|guitarist|drummer|model|comedian|broadcaster|presenter|critic|scholar|scientist|"
    r"researcher|programmer|astronaut|pilot|sailor|chef|photographer|illustrator|cartoonist|translator|editor|publisher|"
    r"activist|economist|sociologist|mathematician|physicist|chemist|historian|theologian|naturalist|athlete)$"
)
_NO_OCCUPATION = word_set(
    "civilian christian resident list exist guardian optimist finalist loyalist nationalist semifinalist"
)
# Persons by what they are, beside the occupations: "NASA official", "a Polish nobleman".
_STAFF = word_set(
    "agent official employee spokesman spokeswoman spokesperson reporter correspondent columnist veteran intern "
    "executive analyst consultant lecturer fellow staffer boss chief commander leader head star striker midfielder "
    "defender goalkeeper captain quarterback frontman bassist vocalist instructor trainer recruiter man woman boy "
    "girl national peer nobleman noble prince princess king queen emperor baron count duke earl billionaire "
    "millionaire tycoon magnate socialite celebrity personality figure servant prisoner patron hero saint spy "
    "dissident revolutionary criminal murderer terrorist emigrant immigrant expatriate refugee academic educator "
    "practitioner financier barrister engraver bookseller trader worker tanner geometer polymath blogger podcaster "
    "sportscaster referee umpire jockey judoka skier skater jumper racer sprinter shooter fighter thrower canoer "
    "bowler batsman pitcher catcher outfielder linebacker cornerback lineman safety forward general admiral colonel"
)


@lru_cache(maxsize=20_000)
def occupation(lemma: str) -> bool:
    """Whether a noun names an occupation by its ending."""
    return lemma not in _NO_OCCUPATION and _OCCUPATION.search(lemma) is not None


@lru_cache(maxsize=20_000)
def is_office(word: str) -> bool:
    """Whether a word that the tagger took for a name is a noun of persons: "CEO", "mathematician" in small letters."""
    lower = word.lower()
    return lower in OFFICES or (word == lower and occupation(lower))


@lru_cache(maxsize=20_000)
def is_person_noun(lemma: str) -> bool:
    """Whether a noun says what somebody does or whose kin somebody is: the class "@person" of the table."""
    return lemma in OFFICES or lemma in _STAFF or lemma in KIN or occupation(lemma)
