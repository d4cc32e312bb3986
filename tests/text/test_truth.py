"""What a sentence does not state must not become a plain fact, and what it states plainly must."""

from dataclasses import dataclass

import pytest

from analyzer.settings import ExtractSettings
from analyzer.text.facts import Extraction, Extractor

# Least share of sentences without a false plain fact; the rest are the parser's mistakes.
SHARE = 0.95

NEGATED = """
Jane Doe was not born in Ohio.
Jane Doe was never born in Ohio.
Jane Doe wasn't born in 1950.
John Smith did not found Acme Corporation.
John Smith never married Jane Doe.
Neither John Smith nor Jane Doe founded Acme Corporation.
No member of the Smith family founded Acme Corporation.
Nobody in Ohio founded Acme Corporation.
Acme Corporation was not founded in 1950.
Acme Corporation was never based in Ohio.
Paris is not the capital of Germany.
John Smith is not the president of France.
John Smith did not die in 1999.
John Smith hardly studied at Harvard University.
John Smith has never lived in Berlin.
John Smith was not educated at Harvard University.
Marie Curie didn't win the Nobel Prize in 1950.
John Smith is neither a physicist nor a chemist.
Jane Doe is not a Canadian singer.
Jane Doe cannot have founded Acme Corporation.
The novel was not written by John Smith, and Jane Doe did not write Emma.
France does not border Poland.
"""
CEASED = """
Acme Corporation no longer employs John Smith.
Acme Corporation is no longer based in Ohio.
John Smith no longer lives in Berlin.
Bonn is no longer the capital of Germany.
John Smith does not live in Berlin anymore.
Jane Doe is no longer the president of France.
"""
HEDGED = """
Jane Doe may have been born in Ohio.
Jane Doe might have founded Acme Corporation.
John Smith could have married Jane Doe.
John Smith was allegedly born in Ohio.
John Smith reportedly founded Acme Corporation in 1950.
Perhaps John Smith was born in Ohio.
John Smith was possibly born in 1950.
John Smith was probably educated at Harvard University.
John Smith, the alleged founder of Acme Corporation, left.
John Smith is rumored to have married Jane Doe.
John Smith is believed to have been born in 1950.
John Smith is thought to have founded Acme Corporation.
John Smith is said to have been born in Ohio.
John Smith appears to have died in 1950.
John Smith seems to have married Jane Doe.
John Smith supposedly wrote Emma.
Acme Corporation was purportedly founded by John Smith.
John Smith was presumably born in Ohio.
Maybe Jane Doe founded Acme Corporation in 1950.
It is possible that John Smith was born in Ohio.
It is believed that John Smith was born in 1950.
It is unclear whether John Smith founded Acme Corporation.
It is likely that Jane Doe married John Smith.
It is doubtful that Jane Doe was born in Ohio.
John Smith must have been born in Ohio.
Jane Doe, a would-be president of France, spoke.
"""
UNKNOWN = """
John Smith's date of birth is unknown.
The date of birth of John Smith is unknown.
It is not known where John Smith was born.
It is unknown when John Smith was born.
John Smith's place of birth is disputed.
The birthplace of Jane Doe is uncertain.
It is not clear when Acme Corporation was founded.
Nobody knows when John Smith was born.
The capital of Atlantis is unknown.
It is disputed who founded Acme Corporation.
"""
REPORTED = """
Jane Doe claimed that John Smith was born in Ohio.
Jane Doe said that John Smith founded Acme Corporation in 1950.
According to Jane Doe, John Smith was born in Ohio.
Jane Doe believes that John Smith married Mary Jones.
The newspaper reported that John Smith died in 1950.
Critics argue that John Smith wrote Emma.
Jane Doe alleged that John Smith was born in 1950.
Jane Doe denied that John Smith founded Acme Corporation.
Jane Doe suggested that Acme Corporation was founded in 1950.
Many suspect that John Smith was born in Ohio.
John Smith was born in Ohio, Jane Doe claimed.
Jane Doe insisted John Smith was born in Ohio.
Jane Doe wrote that Paris is the capital of Germany.
Jane Doe told Bob Jones that John Smith was born in 1950.
Some historians think John Smith was born in 1950.
Jane Doe imagined that John Smith had founded Acme Corporation.
Jane Doe announced that John Smith had married Mary Jones.
"""
SUPPOSED = """
If John Smith was born in Ohio, he is American.
If Jane Doe founded Acme Corporation in 1950, she was young.
Unless John Smith was born in Ohio, he cannot run.
Had John Smith been born in Ohio, he would have run.
John Smith would have founded Acme Corporation in 1950.
Suppose John Smith was born in Ohio.
Imagine that Jane Doe was born in 1950.
John Smith would be the president of France if he won.
Jane Doe wondered whether John Smith was born in Ohio.
If elected, John Smith would become president of France.
John Smith should move to Berlin.
"""
WANTED = """
John Smith wants to live in Berlin.
John Smith tried to found Acme Corporation in 1950.
John Smith failed to win the Nobel Prize in 1950.
John Smith hoped to marry Jane Doe.
John Smith refused to join Acme Corporation.
John Smith planned to study at Harvard University.
John Smith offered to buy Acme Corporation.
John Smith was asked to lead Acme Corporation.
John Smith decided not to marry Jane Doe.
John Smith declined to join Acme Corporation in 1950.
The plan to found Acme Corporation in 1950 failed.
John Smith dreamed of founding Acme Corporation in 1950.
John Smith was accused of marrying Jane Doe in 1950.
John Smith left without founding Acme Corporation.
John Smith agreed to marry Jane Doe.
John Smith attempted to assassinate Bob Jones in 1950.
John Smith was about to marry Jane Doe.
"""
FUTURE = """
John Smith will marry Jane Doe in 2050.
Acme Corporation will be founded in 2050.
John Smith is going to marry Jane Doe.
John Smith shall become president of France.
John Smith is expected to become president of France in 2050.
John Smith is to marry Jane Doe in 2050.
"""
ASKED = """
Was John Smith born in Ohio?
Who founded Acme Corporation in 1950?
Did John Smith marry Jane Doe in 1950?
Is Paris the capital of Germany?
John Smith was born in Ohio?
When was Acme Corporation founded by John Smith?
"""
QUOTED = """
"John Smith was born in Ohio," said Jane Doe.
"Acme Corporation was founded in 1950," she said.
Jane Doe said: "John Smith married Mary Jones in 1950."
“Paris is the capital of Germany,” wrote Jane Doe.
"I know that John Smith founded Acme Corporation," Jane Doe said, "in 1950."
She shouted, "John Smith died in 1950!"
"""
PLAIN = """
John Smith was born in Ohio in 1950.|john smith|date of birth|1950
Jane Doe (born 3 May 1950) is a Canadian singer.|jane doe|date of birth|1950-05-03
Jane Doe is a Canadian singer.|jane doe|nationality|canada
Jane Doe is a Canadian singer.|jane doe|occupation|singer
Acme Corporation was founded by John Smith in 1950.|acme|founder|john smith
John Smith founded Acme Corporation in 1950.|acme|date founded|1950
Acme Corporation, founded in 1950, is large.|acme|date founded|1950
Paris is the capital of France.|france|capital|paris
The capital of France is Paris.|france|capital|paris
John Smith married Jane Doe in 1950.|john smith|spouse|jane doe
John Smith went on to marry Jane Doe.|john smith|spouse|jane doe
John Smith managed to win the Nobel Prize in 1950.|john smith|award received|nobel prize
John Smith died in Berlin in 1999.|john smith|date of death|1999
John Smith, who was born in Berlin, left.|john smith|place of birth|berlin
After founding Acme Corporation in 1950, John Smith left.|acme|founder|john smith
John Smith was educated at Harvard University.|john smith|educated at|harvard university
France borders Spain.|france|border|spain
Acme Corporation is headquartered in Berlin.|acme|headquarters|berlin
John Smith is the chief executive officer of Acme Corporation.|acme|chief executive|john smith
The Battle of Hastings was fought in 1066.|battle of hastings|date of event|1066
"""


@dataclass(frozen=True)
class Case:
    group: str
    text: str


def _cases() -> list[Case]:
    groups = {
        "negated": NEGATED, "ceased": CEASED, "hedged": HEDGED, "unknown": UNKNOWN, "reported": REPORTED, "asked":
        ASKED,
        "supposed": SUPPOSED, "wanted": WANTED, "future": FUTURE, "quoted": QUOTED,
    }  # fmt: skip
    return [Case(name, line) for name, lines in groups.items() for line in lines.strip().splitlines()]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(ExtractSettings(prefilter=False))


@pytest.fixture(scope="module")
def read(extractor: Extractor) -> list[tuple[Case, Extraction]]:
    cases = _cases()
    return list(zip(cases, extractor.extract(c.text for c in cases), strict=True))


def test_the_suite_is_large_enough() -> None:
    assert len(_cases()) >= 120


def test_what_is_not_stated_is_no_plain_fact(read: list[tuple[Case, Extraction]]) -> None:
    """Answered mentions are false here, but for facts that are stated beside the denied one (names of none are)."""
    false = [(c, [(m.relation, m.answer) for m in e.mentions if not m.abstention]) for c, e in read]
    false = [(c, mentions) for c, mentions in false if mentions]
    assert len(false) <= (1 - SHARE) * len(read), false


@pytest.mark.parametrize("group", ["negated", "hedged", "unknown"])
def test_denied_hedged_and_unknown_statements_are_abstentions(group: str, read: list[tuple[Case, Extraction]]) -> None:
    cases = [e for c, e in read if c.group == group]
    kept = sum(any(m.abstention and m.answer == "" and m.answer_type == "unknown" for m in e.mentions) for e in cases)
    assert kept >= 0.5 * len(cases)


@pytest.mark.parametrize("line", PLAIN.strip().splitlines())
def test_what_is_stated_plainly_is_a_fact(line: str, extractor: Extractor) -> None:
    text, *fact = line.split("|")
    (found,) = extractor.extract([text])
    assert tuple(fact) in {(m.subject, m.relation, m.answer) for m in found.mentions}
    assert not any(m.abstention for m in found.mentions)
