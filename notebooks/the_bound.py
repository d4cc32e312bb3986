# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # The bound, and when it says nothing
#
# Theorem 2 of Kalai, Nachum, Vempala and Zhang (2025): with probability 99 % over the facts and the sample,
#
# $$\mathrm{err} \ge \mathrm{sr} - \frac{2}{\min|E|} - \frac{35 + 6 \ln N}{\sqrt N} - \delta .$$

# %%
from analyzer.stats import bounds

for n in (10**4, 10**5, 10**6, 10**7, 10**8, 10**9):
    print(f"N = {n:>13,}: slack {bounds.theorem2_slack(n):.4f}")

# %% [markdown]
# The slack alone exceeds any rate below some tens of thousands of statements. How many are needed for it to fall
# below a given size:

# %%
for slack in (1, 0.5, 0.1, 0.01):
    print(f"slack <= {slack:<4}: N >= {bounds.samples_for_slack(slack):,}")

# %% [markdown]
# The refined form keeps the missing mass inside the proof's concentration inequality (ours, not in the paper). At the
# same rate and size it says something where the printed constants do not:

# %%
for n, rate in ((10**4, 0.2415), (10**5, 0.1667), (10**6, 0.1215), (10**6, 0.2132)):
    literal, refined = bounds.theorem2_lower(rate, n, 364), bounds.refined_lower(rate, n, 364)
    print(f"N = {n:>9,}, sr = {rate}: literal {literal.value:+.3f} ({literal.status}), refined {refined.value:+.3f}")

# %% [markdown]
# One yes/no relation has |E| = 1, and 2/|E| = 2 voids the bound for everything. Stratified by relation, it voids only
# its own stratum.

# %%
strata = [bounds.Stratum(0.3, 5_000_000, 364), bounds.Stratum(0.3, 5_000_000, 1)]
print(bounds.theorem2_lower(0.3, 10_000_000, 1).value, bounds.stratified_lower(strata).value)

# %% [markdown]
# And delta is no formality: a model that repeats what it saw and else says that it does not know never errs. It is
# miscalibrated by the whole missing mass, which is exactly what the bound takes off. The memoriser of the proof guesses
# instead, is calibrated, and errs on the missing mass.

# %%
import numpy as np

from analyzer.lab import models, worlds

rng = np.random.default_rng(1)
world = worlds.arbitrary_facts(worlds.prompt_law("zipf", 100_000), 365, rng=rng)
sample = worlds.draw(world, 100_000, rng)
print(f"singleton rate {sample.singleton_rate:.4f}, missing mass {sample.missing_mass(world):.4f}")
for name, model in (("memoriser", models.memoriser(world, sample)), ("abstainer", models.abstainer(world, sample))):
    terms = models.terms(world, model)
    bound = bounds.refined_lower(sample.singleton_rate, sample.n, terms.wrong_least, terms.delta, has_idk=False)
    print(
        f"{name}: error {terms.error:.4f}, delta {terms.delta:.4f}, refined bound {bound.value:+.4f} ({bound.status})"
    )
