"""How many keys there are, seen or not: lower bounds only. Nothing better exists without assumptions on rare keys.

All need singletons that are real: one extraction error in a hundred multiplies them. scikit-bio's `chao1` differs: its
default is the bias-corrected form, its other form lacks the factor (n-1)/n, and the variance of that form has .24 where
Chao 1987 (Biometrics 43:783) has 1/4.
"""

from __future__ import annotations

from math import exp, log1p, sqrt

from analyzer.stats.estimate import Estimate
from analyzer.stats.intervals import normal_quantile
from analyzer.stats.spectrum import Spectrum


def chao1(spectrum: Spectrum, confidence: float = 0.95, bias_corrected: bool = False) -> Estimate:
    """S + ((n-1)/n) f_1^2/(2 f_2), for f_2 = 0 S + ((n-1)/n) f_1(f_1-1)/2 (Chao 1984, Scand. J. Statistics 11:265).

    `bias_corrected` gives S + f_1(f_1-1)/(2(f_2+1)), without (n-1)/n. The interval is log-normal around the unseen part
    (Chao 1987), so it never falls below what was seen.
    """
    return _chao(spectrum, spectrum.n, confidence, bias_corrected, "Chao1")


def chao2(spectrum: Spectrum, units: int, confidence: float = 0.95) -> Estimate:
    """Chao1 for incidences: Q_r keys in exactly r of T = `units`, and (T-1)/T in place of (n-1)/n (Chao 1987)."""
    if units < max(spectrum.r, default=0):
        raise ValueError(f"a key stands in {max(spectrum.r)} units, there cannot be only {units}")
    return _chao(spectrum, units, confidence, False, "Chao2")


def ichao1(spectrum: Spectrum) -> Estimate:
    """Chao1 + f_3/(4 f_4) max(f_1 - f_2 f_3/(2 f_4), 0) (Chiu, Wang, Walther and Chao 2014, Biometrics 70:671).

    f_4 = 0 is replaced by 1, as the authors do; status "zeros_replaced".
    """
    base = chao1(spectrum)
    if base.value is None:
        return Estimate(None, method="iChao1", status=base.status)
    f1, f2, f3, f4 = (spectrum.f(r) for r in (1, 2, 3, 4))
    fourth = f4 or 1
    value = base.value + f3 / (4 * fourth) * max(f1 - f2 * f3 / (2 * fourth), 0.0)
    status = "zeros_replaced" if base.status == "ok" and f4 == 0 else base.status
    return Estimate(value, method="iChao1", status=status)


def _chao(spectrum: Spectrum, draws: int, confidence: float, bias_corrected: bool, name: str) -> Estimate:
    z, seen, f1, f2 = normal_quantile(confidence), spectrum.s_obs, spectrum.f(1), spectrum.f(2)
    method = f"{name} lower bound{', bias-corrected' if bias_corrected else ''}"
    if seen == 0:
        return Estimate(None, confidence=confidence, method=method, status="empty")
    if f1 == 0:
        return Estimate(seen, seen, _high_without_singletons(spectrum, z), confidence, method, "no_singletons")
    k = 1.0 if bias_corrected else (draws - 1) / draws
    if f2 > 0 and not bias_corrected:
        ratio, status = f1 / f2, "ok"
        unseen = k * f1 * ratio / 2
        variance = f2 * (k * ratio**2 / 2 + k * k * ratio**3 + k * k * ratio**4 / 4)
    elif f2 > 0:
        status, unseen = "ok", f1 * (f1 - 1) / (2 * (f2 + 1))
        shrunk = f1 / (f2 + 1)
        variance = unseen + shrunk * (2 * f1 - 1) ** 2 / (4 * (f2 + 1)) + f2 * (shrunk * (f1 - 1) / (f2 + 1)) ** 2 / 4
    else:
        status, unseen = ("one_singleton" if f1 == 1 else "no_doubletons"), k * f1 * (f1 - 1) / 2
        variance = unseen + k * k * (f1 * (2 * f1 - 1) ** 2 / 4 - float(f1) ** 4 / (4 * (seen + unseen)))
    if unseen == 0:
        return Estimate(seen, seen, seen, confidence, method, status)
    spread = exp(z * sqrt(log1p(max(variance, 0.0) / unseen**2)))
    return Estimate(seen + unseen, seen + unseen / spread, seen + unseen * spread, confidence, method, status)


def _high_without_singletons(spectrum: Spectrum, z: float) -> float:
    """Upper limit when no key was seen once: S/(1-P) + z sqrt(S P/(1-P)), P = exp(-n/S) (EstimateS manual, eq. 14).

    Its lower limit may exceed S and is not used: S itself is the estimate.
    """
    seen = spectrum.s_obs
    absent = exp(-spectrum.n / seen)
    return seen / (1 - absent) + z * sqrt(seen * absent / (1 - absent))
