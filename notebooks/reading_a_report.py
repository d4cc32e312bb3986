# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # Reading a report
#
# A run of `monofact audit` holds its results as Parquet tables. This notebook goes through the ones that a decision
# rests on. Make a run first (`make demo` does), then name it here or in the variable `MONOFACT_RUN`.

# %%
import os

import duckdb

RUN = os.environ.get("MONOFACT_RUN", "../demo/run")


def table(name: str, stage: str) -> str:
    return f"'{RUN}/{stage}/{name}/*.parquet'"


# %% [markdown]
# ## The number
#
# The singleton rate is the share of answered statements whose prompt (subject and relation) stands in one cluster of
# near-duplicate documents only. By Good and Turing's argument it estimates how much of what the corpus' authors would
# say next it does not hold. Its interval knows that statements come in clusters.

# %%
print(
    duckdb.sql(
        f"""
    SELECT slice, statistic, value, low, high, numerator, denominator, status
    FROM {table("estimates", "estimate")}
    WHERE slice_kind = 'corpus' AND key = 'prompt' AND unit = 'cluster'
      AND statistic IN ('singleton_rate', 'corrected_singleton_rate', 'share_of_prompts_seen_once')
    ORDER BY statistic
    """
    )
)

# %% [markdown]
# ## Which domains, at equal size
#
# A larger domain repeats itself more, so raw rates of domains of different size cannot be compared. `rarefied_rate`
# is the rate at `common_n` statements; a domain is ranked by its lower limit.

# %%
print(
    duckdb.sql(
        f"""
    SELECT rank, domain, statements, singleton_rate, rarefied_rate, rarefied_low, rarefied_high, status
    FROM {table("risk", "estimate")} ORDER BY rank NULLS LAST, domain LIMIT 10
    """
    )
)

# %% [markdown]
# ## What was counted, and what was not
#
# Every candidate fact is either a mention or a drop with a reason. A rate rests on what is left.

# %%
print(
    duckdb.sql(
        f"""
    SELECT item, sum(count) AS n FROM {table("accounts", "extract")} GROUP BY item ORDER BY n DESC LIMIT 15
    """
    )
)

# %% [markdown]
# ## What a bound says, and when it says nothing
#
# A bound with status `vacuous` is not a small bound: at this size the theorem says nothing. `covered` is the share of
# the statements that it speaks of at all.

# %%
print(
    duckdb.sql(
        f"""
    SELECT bound, n_kind, value, rate, slack, wrong_answers, covered, status
    FROM {table("bounds", "estimate")} WHERE slice_kind = 'corpus' ORDER BY bound, n_kind
    """
    )
)
