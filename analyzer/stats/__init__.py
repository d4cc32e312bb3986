"""Statistics of keys seen once: numpy and scipy only. One estimator is one documented function.

spectrum      how many keys were seen r times             units        leave-one-unit-out rate (the default)
rarefaction   the rate at a smaller size                  bounds       what the rate says about a model's error
intervals     exact, Wald, Wilson, jackknife              estimate     what all of them return
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
from analyzer.stats.estimate import STATUSES, Estimate, RateArrays
from analyzer.stats.good_turing import (
    SimpleGoodTuring,
    chiu_chao_singletons,
    good_turing_missing_mass,
    low_exposure_mass,
    simple_good_turing,
)
from analyzer.stats.intervals import clopper_pearson, jackknife_interval
from analyzer.stats.rarefaction import UnitRows, rarefied_estimate, rarefied_rate, units_for_statements
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
    "Estimate",
    "RateArrays",
    "SimpleGoodTuring",
    "Spectrum",
    "Stratum",
    "UnitCounts",
    "UnitRows",
    "chiu_chao_singletons",
    "clopper_pearson",
    "delta_star",
    "effective_size",
    "good_turing_missing_mass",
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
    "stratified_lower",
    "theorem2_lower",
    "theorem2_upper",
    "units_for_statements",
]
