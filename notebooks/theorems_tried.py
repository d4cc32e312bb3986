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


def show(name: str) -> list[dict]:
    rows = EXPERIMENTS[name](1, SMALL)
    if name in figures.FIGURES:
        try:
            from IPython.display import HTML, display

            display(HTML(str(figures.FIGURES[name](rows).svg)))
        except ImportError:
            print(figures.FIGURES[name](rows).alt)
    return rows


# %% [markdown]
# ## Bounds never violated, and how loose they are

# %%
rows = show("bounds_tried")
print(len(rows), "trials,", sum(not row["holds"] for row in rows), "violated")

# %% [markdown]
# Each bound without one of its terms is false somewhere: the check above could have failed.

# %%
for row in EXPERIMENTS["terms_dropped"](1, SMALL):
    print(f"{row['bound']:>17} without {row['term']:<14}: {row['without']:.3f} > error {row['error']:.3f}")

# %% [markdown]
# ## Poor models
#
# Corollary 2: whatever a trigram model is trained on, it errs on half of the two pronoun prompts. A longer context
# need not.

# %%
for row in EXPERIMENTS["pronouns"](1, SMALL):
    print(f"order {row['order']:>2}: error {row['error']:.2f}, Theorem 4 {row['theorem4']:.2f}")

# %%
rows = show("ngram_windows")

# %% [markdown]
# ## What an imperfect extractor does to the rate, and what the corrections take back

# %%
for row in EXPERIMENTS["extraction"](1, SMALL):
    print(
        f"{row['distortion']:>9} {row['strength']:<10g} observed {row['observed']:.4f} predicted {row['predicted']:.4f}"
        f" corrected {row['corrected']:.4f} true {row['true']:.4f}"
    )

# %% [markdown]
# ## Sampling with and without replacement

# %%
rows = show("monofacts")
