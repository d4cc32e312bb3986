# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # From corpus to model
#
# A corpus of invented lives in five domains; the fewer lives a domain tells, the oftener each of its facts recurs.
# The audit reads the text and is told nothing but the domains' names. A model is trained on the same text and asked
# every question. Does the audit rank the domains as the model's errors do?

# %%
import os
from collections import Counter, defaultdict

from analyzer.lab import biographies, learners, scored

SMALL = os.environ.get("MONOFACT_SMALL") == "1"
corpus = biographies.build(seed=1, statements=300 if SMALL else 1_500, asked=100 if SMALL else 300)
print(corpus.documents[0][1])

# %% [markdown]
# What the n-gram learner gets wrong, by domain, beside the singleton rate of what was planted: the share of the
# statements whose question stands once. The audit has to find that rate in the text.

# %%
responses = learners.ngram(corpus, seed=1).answers(corpus.asked, seed=1)
wrong, planted = defaultdict(list), defaultdict(list)
for fact, response in zip(corpus.asked, responses, strict=True):
    wrong[fact.domain].append(response != fact.answer)
stated = Counter((fact.subject, fact.relation) for fact in corpus.sentences)
for fact in corpus.sentences:
    planted[fact.domain].append(stated[fact.subject, fact.relation] == 1)
print("domain            rate   error")
for domain, found in wrong.items():
    rate = sum(planted[domain]) / len(planted[domain])
    print(f"{domain:<15} {rate:.3f}   {sum(found) / len(found):.3f}")

# %% [markdown]
# ## Why the error follows the rate, and when it would not
#
# This model gives back what it read and guesses what it did not, as the calibrated model of Theorem 2 does. It is not
# quite calibrated: where a name is new it goes on from the surname alone, surer of itself than it may be (delta). A
# model that sees less of the sentence errs more than the rate, and the bounds say so.

# %%
print("order   error  err_iiv   delta  Theorem 1  Theorem 4")
for order in (3, 5, 9):
    terms = scored.terms_of_lives(corpus, learners.ngram(corpus, 1, order))
    print(
        f"{order:>5} {terms['error']:>7.3f} {terms['err_iiv']:>8.3f} {terms['delta']:>7.3f}"
        f" {terms['theorem1']:>10.3f} {terms['theorem4']:>10.3f}"
    )

# %% [markdown]
# The whole of it, with the audit and `monofact validate`, for ten seeds (some minutes, needs Spark), and for a small
# transformer (needs torch):
#
# ```sh
# python -m benchmarks.corpus_to_model --out lives --seeds 10
# python -m benchmarks.corpus_to_model --out lives --seeds 3 --learner transformer
# ```
#
# ![Rate and error by domain and learner](corpus_to_model.svg)
