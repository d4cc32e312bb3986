"""Statistics of keys seen once: numpy and scipy only. One estimator is one documented function.

spectrum      how many keys were seen r times             units        leave-one-unit-out rate (the default)
rarefaction   the rate at a smaller size                  growth       new keys and the rate at a larger size
good_turing   missing mass of independent draws           coverage     Chao and Jost's coverage and its inverse
richness      lower bounds on the number of keys          correction   the rate of a perfect extractor
bounds        what the rate says of a model's error       comparison   differences between slices
intervals     exact, Wald, Wilson, jackknife              estimate     what all of them return, and its statuses
split_rate    singletons that a second name split off
"""

from analyzer.stats.bounds import (
    Bound,
    Stratum,
    delta_star,
    kalai_vempala_lower,
    nonuniform_lower,
    refined_lower,
    samples_for_slack,
    stratified_lower,
    theorem2_lower,
    theorem2_upper,
)
from analyzer.stats.comparison import Comparison, benjamini_hochberg, compare_rates
from analyzer.stats.correction import CorrectedRate, Correction, correct_for_extraction
from analyzer.stats.coverage import (
    chao_jost_coverage,
    chao_jost_coverage_incidence,
    size_for_coverage,
    units_for_coverage,
)
from analyzer.stats.estimate import STATUSES, Estimate, RateArrays
from analyzer.stats.good_turing import (
    SimpleGoodTuring,
    chiu_chao_singletons,
    good_turing_missing_mass,
    low_exposure_mass,
    simple_good_turing,
    without_replacement,
)
from analyzer.stats.growth import extrapolated_rate, good_toulmin, growth_estimate, smoothed_good_toulmin
from analyzer.stats.intervals import clopper_pearson, jackknife_interval
from analyzer.stats.rarefaction import (
    UnitRows,
    rarefied_estimate,
    rarefied_rate,
    units_for_statements,
    unseen_probability,
)
from analyzer.stats.richness import chao1, chao2, ichao1
from analyzer.stats.spectrum import Spectrum
from analyzer.stats.units import (
    UnitCounts,
    effective_size,
    leave_one_unit_out,
    leave_one_unit_out_arrays,
    leave_one_unit_out_from_sums,
)

__all__ = [
    "STATUSES",
    "Bound",
    "Comparison",
    "CorrectedRate",
    "Correction",
    "Estimate",
    "RateArrays",
    "SimpleGoodTuring",
    "Spectrum",
    "Stratum",
    "UnitCounts",
    "UnitRows",
    "benjamini_hochberg",
    "chao1",
    "chao2",
    "chao_jost_coverage",
    "chao_jost_coverage_incidence",
    "chiu_chao_singletons",
    "clopper_pearson",
    "compare_rates",
    "correct_for_extraction",
    "delta_star",
    "effective_size",
    "extrapolated_rate",
    "good_toulmin",
    "good_turing_missing_mass",
    "growth_estimate",
    "ichao1",
    "jackknife_interval",
    "kalai_vempala_lower",
    "leave_one_unit_out",
    "leave_one_unit_out_arrays",
    "leave_one_unit_out_from_sums",
    "low_exposure_mass",
    "nonuniform_lower",
    "rarefied_estimate",
    "rarefied_rate",
    "refined_lower",
    "samples_for_slack",
    "simple_good_turing",
    "size_for_coverage",
    "smoothed_good_toulmin",
    "stratified_lower",
    "theorem2_lower",
    "theorem2_upper",
    "units_for_coverage",
    "units_for_statements",
    "unseen_probability",
    "without_replacement",
]
