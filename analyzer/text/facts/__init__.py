"""Facts of a text: (subject, relation, answer) mentions with canonical keys, offsets and an account of what was
dropped."""

from analyzer.text.facts.extractor import Extractor, extract_facts
from analyzer.text.facts.records import Extraction, Mention
from analyzer.text.facts.table import functional_relations

__all__ = ["Extraction", "Extractor", "Mention", "extract_facts", "functional_relations"]
