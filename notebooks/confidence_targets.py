# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # Scoring with confidence targets
#
# Under binary grading no belief makes "I don't know" the better answer. With a target t, where a wrong answer costs
# t/(1-t), answering pays exactly where P(correct) > t.

# %%
from dataclasses import asdict

from analyzer.lab import figures, policies

rows = policies.scores(policies.beliefs(seed=1))
for target in policies.TARGETS:
    best = policies.best(rows, target)
    print(
        f"t = {target}: best to answer above {best.threshold:g}: {best.answered:.0%} answered, {best.score:+.3f} points"
    )

# %% [markdown]
# The score of every policy under every target: each curve is highest where the threshold is the target.

# %%
figure = figures.FIGURES["confidence_targets"][1]([asdict(row) for row in rows])
try:
    from IPython.display import HTML, display

    display(HTML(str(figure.svg)))
except ImportError:
    pass
print(figure.alt)

# %% [markdown]
# A real log is scored in two lines. Here two models that know equally much; one of them abstains when it does not
# know.

# %%
import json
import tempfile
from pathlib import Path

from analyzer.evaluation.scoring import options, score
from analyzer.io.eval_logs import items

log = Path(tempfile.mkdtemp()) / "log.jsonl"
with log.open("w") as stream:
    for i in range(200):
        for model in ("guesses", "abstains"):
            known = i % 2 == 0
            lucky = i % 10 == 1
            grade = (
                "correct" if known or (model == "guesses" and lucky) else "wrong" if model == "guesses" else "abstained"
            )
            stream.write(json.dumps({"model": model, "id": i, "grade": grade}) + "\n")
tables = score(items(str(log)), options(targets=[0, 0.5, 0.75]))
print(tables["ranks"].select(["t", "model", "rank", "score"]).to_pandas())
