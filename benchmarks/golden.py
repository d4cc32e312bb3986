"""Check the estimators against golden numbers kept outside the repository.

    python benchmarks/golden.py DIRECTORY

DIRECTORY holds golden_coverage.json, golden_unseen.json, golden_sgt.json and skbio_outputs.json: published count
vectors with the numbers that their authors' software prints. Some of those vectors may not be redistributed, so they
stay where they are; what may be shown is in `tests/stats`. Exit code 1 if a number disagrees.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analyzer import stats

Check = tuple[str, float | None, float, float]  # name, ours, golden, tolerance


def spectrum_of(table: dict[str, int]) -> stats.Spectrum:
    return stats.Spectrum.from_frequencies([int(r) for r in table], list(table.values()))


def coverage_checks(case: dict[str, Any]) -> Iterator[Check]:
    """Coverage, its curve, its inverse and Chao1 or Chao2 of one survey."""
    if "spectrum" not in case:
        return
    spectrum, expected = spectrum_of(case["spectrum"]), case.get("expected") or {}
    tolerance, units = case.get("tol", {}), case.get("T")
    fine, curve = tolerance.get("SC", 5e-4), tolerance.get("cov", 5e-4)

    def coverage(size: float | None = None) -> float | None:
        if units is None:
            return stats.chao_jost_coverage(spectrum, size).value
        return stats.chao_jost_coverage_incidence(spectrum, units, size).value

    if "SC" in expected:
        yield "coverage", coverage(), expected["SC"], fine
    if "SC_2n" in expected:
        yield "coverage at 2n", coverage(2 * spectrum.n), expected["SC_2n"], fine
    for key in ("coverage_at_m", "coverage_at_t"):
        for size, value in expected.get(key, {}).items():
            yield f"coverage at {size}", coverage(int(size)), value, curve
    if "t_at_target" in expected:
        found = stats.units_for_coverage(spectrum, units, expected["target_coverage"]).value
        yield "units for coverage", found, expected["t_at_target"], tolerance["t"]
    if "chao1_asymptotic" in expected:
        yield "Chao1", stats.chao1(spectrum).value, expected["chao1_asymptotic"], tolerance["rich"]
    if "chao2_asymptotic" in expected:
        yield "Chao2", stats.chao2(spectrum, units).value, expected["chao2_asymptotic"], 6e-4


def unseen_checks(case: dict[str, Any]) -> Iterator[Check]:
    """New keys of one published table."""
    table = case.get("spectrum_f1_f24") or case.get("spectrum_f1_f100") or case.get("spectrum")
    if table is None:
        return
    spectrum, expected = spectrum_of(table), case.get("expected", {})
    if "good_toulmin_t1" in expected:
        yield "Good-Toulmin, t = 1", stats.good_toulmin(spectrum, 1).value, expected["good_toulmin_t1"], 1e-9
    for t, value in expected.get("good_toulmin_curve", {}).items():
        yield f"Good-Toulmin, t = {t}", stats.good_toulmin(spectrum, float(t)).value, value, 0.006
    if "alternating_sum_x_le_100" in expected:
        yield "Good-Toulmin, t = 1", stats.good_toulmin(spectrum, 1).value, expected["alternating_sum_x_le_100"], 1e-6
    poem = expected.get("thisted_efron_1987_poem")
    if poem:
        yield "new words of a poem", stats.good_toulmin(spectrum, poem["t"]).value, poem["nu0_new"], 0.005
    if "turing_missing_mass" in expected and case["id"].startswith("williams"):
        found = stats.good_turing_missing_mass(spectrum).value
        yield "missing mass", found, expected["turing_missing_mass"], 1e-12
    names = {"binom1": "efron_thisted", "binom2": "binomial", "poisson": "poisson"}
    smoothed = case.get("computed", {}).get("smoothed_good_toulmin_n9031", {})
    for name, values in smoothed.items():
        for t, value in values.items():
            found = stats.smoothed_good_toulmin(spectrum, float(t), names[name], sample_size=9031).value
            yield f"smoothed Good-Toulmin, {name}, t = {t}", found, value, 5e-4
    if "chiu_chao_f1_hat" in case.get("computed", {}):
        found = stats.chiu_chao_singletons(spectrum).value
        yield "Chiu-Chao singletons", found, case["computed"]["chiu_chao_f1_hat"], 1e-9


def discount_checks(case: dict[str, Any]) -> Iterator[Check]:
    """Simple Good-Turing against the program of its authors."""
    fit, expected = stats.simple_good_turing(spectrum_of(case["spectrum"])), case.get("expected", {})
    for name, ours in (("P0", fit.missing_mass), ("slope_natural", fit.slope), ("intercept_natural", fit.intercept)):
        if name in expected:
            yield name, ours, expected[name], 1e-8
    probability, adjusted = (dict(zip(fit.r, x, strict=False)) for x in (fit.probability, fit.adjusted))
    for r, value in expected.get("full_precision", {}).items():
        yield f"p_{r}", probability.get(int(r)), value["p"], 1e-14
        yield f"r*_{r}", adjusted.get(int(r)), value["rstar"], 1e-9


def scikit_bio_checks(spectrum: stats.Spectrum, printed: dict[str, Any]) -> Iterator[Check]:
    """Missing mass, Esty's interval (unclipped there) and Chao1 in both forms as scikit-bio computes them."""
    estimate = stats.good_turing_missing_mass(spectrum)
    yield "robbins", estimate.value, printed["robbins"], 1e-12
    if estimate.status in ("ok", "clipped"):
        low, high = printed["esty_ci"]
        yield "Esty low", estimate.low, max(low, 0.0), 1e-9
        yield "Esty high", estimate.high, min(high, 1.0), 1e-9
    yield "Chao1, bias-corrected", stats.chao1(spectrum, bias_corrected=True).value, printed["chao1"], 1e-8
    if spectrum.f(1) and spectrum.f(2):
        theirs = printed["chao1_bias_corrected_False"]  # without the factor (n-1)/n
        ours = stats.chao1(spectrum).value
        unseen = ((ours or 0.0) - spectrum.s_obs) * spectrum.n / (spectrum.n - 1)
        yield "Chao1", spectrum.s_obs + unseen, theirs, 1e-7


def main(directory: Path) -> int:
    """Print what disagrees and how many numbers were checked; 1 if any disagrees."""
    files = (
        ("golden_coverage.json", coverage_checks),
        ("golden_unseen.json", unseen_checks),
        ("golden_sgt.json", discount_checks),
    )
    scikit_bio = _read(directory, "skbio_outputs.json")["results"]
    checked = failed = 0
    for name, checks in files:
        for case in _read(directory, name)["cases"]:
            numbers = list(checks(case))
            if "spectrum" in case and "T" not in case and case["id"] in scikit_bio:
                numbers += scikit_bio_checks(spectrum_of(case["spectrum"]), scikit_bio[case["id"]])
            for what, ours, golden, tolerance in numbers:
                checked += 1
                if ours is None or golden is None or abs(ours - golden) > tolerance:
                    failed += 1
                    print(f"{name} {case['id']}: {what} is {ours}, golden {golden} +- {tolerance}")
    print(f"{checked} numbers checked, {failed} disagree")
    return 1 if failed or not checked else 0


def _read(directory: Path, name: str) -> Any:
    return json.loads((directory / name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
