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
from collections import defaultdict

from analyzer.lab import biographies, learners

SMALL = os.environ.get("MONOFACT_SMALL") == "1"
corpus = biographies.build(seed=1, statements=300 if SMALL else 1_500)
print(corpus.documents[0][1])

# %% [markdown]
# What the n-gram learner gets wrong, by domain:

# %%
responses = learners.ngram(corpus, seed=1).answers(corpus.asked, seed=1)
wrong = defaultdict(list)
for fact, response in zip(corpus.asked, responses, strict=True):
    wrong[fact.domain].append(response != fact.answer)
for domain, found in wrong.items():
    print(f"{domain:<15} {sum(found) / len(found):.3f}")

# %% [markdown]
# The whole of it, with the audit and `monofact validate`, for ten seeds (some minutes, needs Spark):
#
# ```sh
# python -m benchmarks.corpus_to_model --out lives --seeds 10
# ```
