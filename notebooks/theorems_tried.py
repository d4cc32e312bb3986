# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # The theorems tried on worlds whose truth is known

# %%
import os

from analyzer.lab import figures
from analyzer.lab.experiments import EXPERIMENTS

SMALL = os.environ.get("MONOFACT_SMALL") == "1"


def show(name: str, *drawn: str) -> list[dict]:
    """The rows of an experiment, after its figures."""
    rows = EXPERIMENTS[name](1, SMALL)
    for figure in drawn:
        found = figures.FIGURES[figure][1](rows)
        try:
            from IPython.display import HTML, display

            display(HTML(str(found.svg)))
        except ImportError:
            pass
        print(found.alt)
    return rows


def table(rows: list[dict], *columns: str) -> None:
    print("  ".join(f"{column:>18}" for column in columns))
    for row in rows:
        print("  ".join(f"{v:>18.4f}" if isinstance(v := row[c], float) else f"{v!s:>18}" for c in columns))


# %% [markdown]
# ## Bounds never violated, and how loose they are

# %%
rows = show("bounds_tried", "bounds_tried")
print(len(rows), "trials,", sum(not row["holds"] for row in rows), "violated")

# %% [markdown]
# Each bound without one of its terms is false somewhere: the check above could have failed.

# %%
for row in EXPERIMENTS["terms_dropped"](1, SMALL):
    side = "<" if row["upper"] else ">"
    print(f"{row['bound']:>17} without {row['term']:<14}: {row['without']:.3f} {side} error {row['error']:.3f}")

# %% [markdown]
# ## What `monofact iiv` makes of draws from models whose terms are known

# %%
table(show("reductions"), "model", "term", "exact", "estimate", "coverage")

# %% [markdown]
# ## Poor models
#
# Corollary 2: whatever a trigram model is trained on, it errs on half of the two pronoun prompts. A longer context
# need not. Theorem 3 speaks of every model that sees no more, Theorem 4 of the one that was trained.

# %%
table(show("pronouns"), "order", "error", "theorem3", "least_error", "theorem4")

# %%
table(show("ngram_windows", "ngram_windows"), "order", "beyond", "error", "theorem3", "least_error")

# %% [markdown]
# Letters: a model that sees subword tokens cannot look into one that it has not learnt; one that sees characters can.

# %%
try:
    table(show("letter_counting"), "seed", "sees", "error", "error_seen", "error_unseen", "theorem1", "theorem4")
except Exception as missing:
    print(missing)

# %% [markdown]
# ## What an imperfect extractor does to the rate, and what the corrections take back
#
# With the errors known exactly:

# %%
table(show("extraction"), "distortion", "strength", "observed", "predicted", "corrected", "true")

# %% [markdown]
# And as they are in practice, measured on a few hundred items. `holds` says how often the lower limit lay at or below
# the missing mass; 97.5 % is promised.

# %%
table(show("audits", "audits"), "extractor", "missing_mass", "observed", "corrected", "low", "holds")

# %% [markdown]
# ## Documents that cluster, repeat themselves and are copied

# %%
rows = show("clustered", "clustered")
table([row for row in rows if row["slice"] == "corpus"], "world", "estimator", "missing_mass", "bias", "coverage")

# %% [markdown]
# Domains that share prompts: judged by itself (closed world) each looks rarer than it is.

# %%
table([r for r in rows if r["world"] == "clustered" and r["slice"] != "corpus" and r["estimator"] != "document"],
      "slice", "estimator", "missing_mass", "bias")  # fmt: skip

# %% [markdown]
# ## Sampling with and without replacement
#
# Without replacement the share of facts that stand once overstates what is unseen.

# %%
rows = show("monofacts", "monofacts", "hallucination")
table(rows, "gamma", "replacement", "monofact", "missing_mass", "hallucination", "miscalibration")
