"""The page's standing words: glossary, method, limits. Definitions are the project's, each said once."""

from __future__ import annotations

GLOSSARY: tuple[tuple[str, str], ...] = (
    ("statement", "One sentence's answer to one prompt. A list in one sentence is one statement."),
    ("prompt", "A subject with a relation: the question a fact answers, as in (Ada Lovelace, born in)."),
    ("fact", "A prompt with its answer."),
    ("mention", "One place where the text states a fact. A list of three answers is three mentions."),
    ("abstention", "A mention that says the answer is unknown, disputed or denied. Counted apart, never a singleton."),
    (
        "cluster",
        "Documents joined by verified near-duplication; one without duplicates is its own cluster. "
        "The default unit: one independent observation.",
    ),
    (
        "removed",
        "Documents that are not their cluster's representative: what a removal of duplicates would take. Nothing is.",
    ),
    (
        "repeated sentence",
        "A sentence that stands word for word, but for case and white space, in at least two clusters.",
    ),
    ("band, bucket", "A part of a signature, and the texts that agree in it: the pairs that are verified."),
    ("unit", "What counts as one independent observation: mention, document, cluster or source."),
    (
        "N",
        "Answered statements, repeats included; inside a cluster a sentence repeated word for word counts once.",
    ),
    ("singleton", "A prompt that stands in exactly one unit of the whole corpus."),
    (
        "singleton rate",
        "Statements of singleton prompts / N. By Good and Turing's argument it estimates the missing mass.",
    ),
    (
        "share_of_prompts_seen_once",
        "Singleton prompts / distinct prompts. A different and usually larger figure, often taken for the rate.",
    ),
    (
        "whole_singleton_rate",
        "Of a sampled audit: the rate that an audit of everything would find; its interval holds the sampling.",
    ),
    (
        "missing mass",
        "The chance that the next independent statement from where this corpus came from is about a prompt "
        "that the corpus does not answer at all.",
    ),
    ("sample coverage", "1 - missing mass."),
    ("rate at equal N", "The rate of a domain alone, thinned to as many statements as the others (rarefied)."),
    ("spectrum", "How many prompts stand in exactly r units (f_r). Not additive over shards or domains."),
    (
        "functional relation",
        "A relation whose prompts have one right answer, by declaration or because repeated statements agree.",
    ),
    ("agreement", "Mean share of equal pairs among the answers that different clusters give to one prompt."),
    (
        "|E|",
        "Plausible wrong answers of a prompt: the distinct answers of its relation - 1, the least over relations.",
    ),
    (
        "effective answers",
        "1 / sum of squared answer shares: how many equally likely answers would be as hard to guess.",
    ),
    (
        "n, literal and effective",
        "Statements, and (sum m)² / sum m² over clusters of m statements, which are not independent.",
    ),
    ("slack", "What a finite sample takes off a bound. Where it uses up the rate, the bound is vacuous."),
    ("delta", "The model's miscalibration at one threshold, taken off a bound; 0 is an assumption unless measured."),
    ("covered", "Share of the statements whose relations meet a bound's conditions."),
    (
        "split prompt",
        "One prompt under two keys, because its subject goes by two names that were not joined. "
        "Each half looks rarer than the whole.",
    ),
    (
        "split rate",
        "Share of the singletons that a second name of the same thing split off. Estimated from likely aliases whose "
        "answers are equal, less the equal answers that coincidence gives. It errs low.",
    ),
    (
        "split_corrected_singleton_rate",
        "The rate with split names joined and nothing else corrected, so no lower bound either.",
    ),
    (
        "beyond_window_n",
        "Share of the facts whose answer follows its subject so late that the n - 1 tokens before it hold no word of "
        "the subject: an n-gram model of order n cannot tell whom they are about.",
    ),
    (
        "closed_world_singleton_rate",
        "The rate of a slice by itself, as if the rest of the corpus did not exist. "
        "rarefied_singleton_rate is the same at equal N.",
    ),
    ("low_exposure_mass_r", "Share of the statements whose prompt stands in at most r units."),
    (
        "chiu_chao_singleton_rate",
        "The rate if the prompts seen once are not believed, because errors look like them, but inferred from those "
        "seen two, three and four times (Chiu and Chao 2016). No interval: it says how much hangs on the singletons.",
    ),
    ("answer_before_subject", "Share of the facts whose answer comes before its subject, where no window is counted."),
    ("corrected rate", "The rate with the extractor's measured recall, and precision among singletons, put in."),
)

MEANS: tuple[str, ...] = (
    "How much of what this corpus states has no second, independent source inside it.",
    "An estimate, with its uncertainty, of the share of what more such text would state that this corpus does not "
    "answer at all (missing mass).",
    "How much a calibrated base model that always answers must err at least, if the conditions of the bounds hold.",
    "A ranking of domains at equal N: in which of them what is stated stands alone most often.",
)

MEANS_NOT: tuple[str, ...] = (
    "No statement about a particular model, nor about one that was trained to abstain.",
    "No share of false facts: a singleton may be true, and a fact seen often may be false.",
    "No statement about questions asked in other proportions than the corpus states facts.",
    "No comparison of raw rates between domains or corpora of different size.",
    "Nothing about reasoning, or about facts that the extractor cannot express.",
)

METHOD: tuple[str, ...] = (
    "Documents are joined into clusters when MinHash finds a pair and its estimated Jaccard similarity verifies it. "
    "A cluster counts where its representative lives: the member with the least (text hash, domain, id).",
    "Sentences are parsed; typed and open rules read (subject, relation, answer) off them. Every drop is counted.",
    "The rate is the leave-one-unit-out form of Good and Turing's estimator with its variance, so that a document "
    "that repeats itself does not look like two sources.",
    "A domain's rate uses counts of the whole corpus: it is what a model trained on everything faces on that domain's "
    "prompts. Domains are compared, and ranked by the lower limit, only at equal N.",
    "Bounds follow Kalai, Nachum, Vempala and Zhang (2025), Theorem 2, relation by relation. The refined form keeps "
    "more of the same proof and is not printed in the paper. Kalai and Vempala (2024) counts facts, not prompts.",
)

LIMITS: tuple[str, ...] = (
    "Missed mentions, spurious mentions and names that were not joined raise the rate; names joined wrongly, and "
    "duplicates that were not found, lower it.",
    "The theorem assumes error-free text, independent samples and answers that cannot be guessed. Text is none of "
    "these exactly; the columns say what each bound assumes.",
    "The corpus is taken for a sample of a larger source. If it is the whole of a finite source, the missing mass of "
    "that source is smaller than the rate.",
    "Deduplication changes the rate by construction, and whether it helps a model is disputed, "
    "so all units stand side by side.",
)

SPLIT_KINDS = {
    "spelling": "another spelling",
    "tokens": "words left out or moved",
    "initials": "initials",
    "acronym": "an acronym",
}

NOTHING_COVERED = "No functional relation has estimate.min_statements statements, so there is nothing to bound."

BOUND_NAMES = {
    "theorem2_refined": "Theorem 2, refined: at least",
    "theorem2_literal": "Theorem 2, literal: at least",
    "theorem2_upper": "Theorem 2, some learner: at most",
    "kalai_vempala": "Kalai–Vempala, facts: at least",
}
