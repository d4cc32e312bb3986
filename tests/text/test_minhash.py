"""Signatures against datasketch, bit for bit; band keys and estimates against the theory of MinHash."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st
from xxhash import xxh32_intdigest

from analyzer.errors import SetupError
from analyzer.settings import DedupSettings
from analyzer.text import minhash, minhash_numpy

KERNELS: list[minhash.Kernel] = ["numpy", "numba"]
USUAL = DedupSettings(ngram=5, permutations=128, bands=16, rows=8, seed=1)
SENTENCES = [
    "The river rises in the hills above the town and reaches the sea after four hundred kilometres.",
    "In 1887 the observatory moved to a new building; its first director, Ada Holm, stayed until 1903.",
    "“Don’t ask me,” she said – but the naïve façade of the café hid a résumé of three pages…",
    "İstanbul'da hava bugün güneşli, IĞDIR'da ise yağmurlu olacak.",
    "ΟΔΟΣ ΟΔΥΣΣΕΩΣ: ο δρόμος του Οδυσσέα είναι στενός.",
    "机器学习是人工智能的一个分支，它研究如何从数据中学习。東京タワーは高さ三百三十三メートルです。",
    "हिन्दी भाषा भारत में बोली जाती है और देवनागरी लिपि में लिखी जाती है।",
    "Cafe\u0301s with decomposed accents: e\u0301tude, A\u030angstro\u0308m, n\u0303andu\u0301 and so on.",
    "Emoji 😀😃 and a family 👨‍👩‍👧 stand between 🇫🇷 words ﬁne ℃ Ⅷ ½ ﷺ.",
    "snake_case and CamelCase, 3.14159, 1,000,000 and user@example.org count as words, too.",
]
GOLDEN_MINIMA = [6819568, 186750075, 33147606]
GOLDEN_KEYS = [-4391442021587029759, -6319903937954243760]


def corpus() -> list[str]:
    """Every sentence alone, runs of sentences, words of every length that xxh32 treats apart, and odd short texts."""
    random = np.random.default_rng(7)
    runs = [" ".join(SENTENCES[i] for i in random.integers(0, len(SENTENCES), n)) for n in (2, 3, 5, 9, 40)]
    lengths = ["x" * n + "é" * (n % 3) for n in range(70)]
    return ["", " ", "\n", "a", "ß", "İ", "Σ", "😀", "!!!", "a b c d", "a b c d e", *SENTENCES, *runs, *lengths]


def by_datasketch(texts: list[str], chosen: DedupSettings) -> np.ndarray:
    rows = []
    for text in texts:
        sketch = MinHash(chosen.permutations, seed=chosen.seed, scheme="affine32", hashfunc=xxh32_intdigest)
        for shingle in minhash.shingles(text, chosen):
            sketch.update(shingle)
        rows.append(sketch.hashvalues)
    return np.array(rows)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("permutations", [1, 112, 128, 250, 256])
def test_signatures_equal_datasketch_bit_for_bit(kernel: minhash.Kernel, permutations: int) -> None:
    if kernel == "numba":
        pytest.importorskip("numba")
    chosen = DedupSettings(permutations=permutations, bands=1, rows=1, seed=permutations)
    signatures = minhash.signatures(pa.array(corpus()), chosen, kernel)
    assert signatures.dtype == np.uint32
    np.testing.assert_array_equal(signatures, by_datasketch(corpus(), chosen))


@pytest.mark.parametrize("kernel", KERNELS)
@given(texts=st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), max_size=4), ngram=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_signatures_equal_datasketch_on_any_text(kernel: minhash.Kernel, texts: list[str], ngram: int) -> None:
    if kernel == "numba":
        pytest.importorskip("numba")
    chosen = DedupSettings(ngram=ngram, permutations=4, bands=2, rows=2)
    signatures, counts = minhash.sketch(pa.array(texts, pa.string()), chosen, kernel)
    assert signatures.shape == (len(texts), 4)
    np.testing.assert_array_equal(signatures, by_datasketch(texts, chosen).reshape(-1, 4))
    np.testing.assert_array_equal(counts, [len(minhash.shingles(text, chosen)) for text in texts])


# What a kernel could get wrong: sigma at a word's end, capitals of two points, marks and Hangul that merge, forms that
# part or grow, code points beyond the table, blanks of all kinds.
TRICKY = (
    "aB1_. \n\u00a0Σσςİıßǰ\u0301\u030c\u0307\u0327"
    "éﬁﷺ½℃Ⅷ𝚺中東한\u1112\u1161\u11abのकि\u094dَ😀\u200d\ufe0f\U00020000\U0001d15e‘—"
)


@pytest.mark.parametrize("kernel", KERNELS)
@given(texts=st.lists(st.text(alphabet=TRICKY, max_size=20), max_size=6), ngram=st.sampled_from([1, 2, 50]))
@settings(max_examples=300, deadline=None)
def test_the_normal_form_that_a_kernel_hashes_is_that_of_the_definition(
    kernel: minhash.Kernel, texts: list[str], ngram: int
) -> None:
    """Texts of fewer than 50 words are one shingle: its hash is that of the whole normal form."""
    if kernel == "numba":
        pytest.importorskip("numba")
    chosen = DedupSettings(ngram=ngram)
    found = minhash.hashed_shingles(pa.array(texts, pa.string()), chosen, kernel)
    expected = [sorted({xxh32_intdigest(shingle) for shingle in minhash.shingles(text, chosen)}) for text in texts]
    assert [own.tolist() for own in found] == expected


def test_exact_jaccard_is_that_of_the_sets_of_shingles() -> None:
    texts = ["a b c d e f g h i j", "x b c d e f g h i j", "something else", "a b c d e f g h i j"]
    sets = minhash.hashed_shingles(pa.array(texts), USUAL)
    assert minhash.exact_jaccard(sets[0], sets[1]) == 5 / 7
    assert minhash.exact_jaccard(sets[0], sets[2]) == 0
    assert minhash.exact_jaccard(sets[0], sets[3]) == 1


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_document_longer_than_a_block_and_a_slice_of_a_column_keep_their_signatures(kernel: minhash.Kernel) -> None:
    if kernel == "numba":
        pytest.importorskip("numba")
    long = " ".join(map(str, range(2 * minhash_numpy.BLOCK + 9)))
    texts = pa.array(["first", long, "", "last"], pa.large_string())
    chosen = DedupSettings(permutations=8, bands=2, rows=4)
    signatures, counts = minhash.sketch(texts[1:3], chosen, kernel)
    np.testing.assert_array_equal(signatures, by_datasketch([long, ""], chosen))
    assert counts.tolist() == [2 * minhash_numpy.BLOCK + 5, 1]


def test_the_signature_and_the_keys_of_a_text_are_those_of_every_release() -> None:
    signature = minhash.signatures(pa.array([SENTENCES[0]]), USUAL)
    assert signature[0, :3].tolist() == GOLDEN_MINIMA
    assert minhash.band_keys(signature, USUAL)[0, :2].tolist() == GOLDEN_KEYS


def test_null_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="1 of 2 texts are null"):
        minhash.signatures(pa.array(["a", None]), USUAL)


def test_without_numba_auto_takes_numpy_and_numba_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minhash, "_compiled", lambda: None)
    assert minhash.kernel_name() == "numpy"
    assert minhash.signatures(pa.array(["a"]), USUAL).shape == (1, 128)
    with pytest.raises(SetupError, match=r"pip install 'monofact\[fast\]'"):
        minhash.signatures(pa.array(["a"]), DedupSettings(), "numba")


def test_with_numba_auto_takes_it() -> None:
    pytest.importorskip("numba")
    assert minhash.kernel_name() == "numba"


def pairs(similarity: float, count: int, seed: int) -> tuple[pa.Array, pa.Array]:
    """`count` pairs of 1-gram texts over 200 words, fresh words in each pair, whose Jaccard is `similarity` exactly."""
    shared = round(200 * similarity)
    own = (200 - shared) // 2
    words = np.random.default_rng(seed).permutation(200 * count).reshape(count, 200).astype(str)
    first = [" ".join(row[: shared + own]) for row in words]
    second = [" ".join([*row[:shared], *row[shared + own :]]) for row in words]
    return pa.array(first), pa.array(second)


@pytest.mark.parametrize("similarity", [0.5, 0.7, 0.8])
def test_candidate_rate_and_estimate_lie_within_three_standard_errors_of_theory(similarity: float) -> None:
    """P(candidate) = 1 - (1 - J^r)^b; the estimate has mean J, sd sqrt(J (1 - J) / P). Seeds vary the permutations."""
    candidates: list[np.ndarray] = []
    estimates: list[np.ndarray] = []
    for seed in range(20):
        chosen = replace(USUAL, ngram=1, seed=seed)
        one, other = (minhash.signatures(side, chosen) for side in pairs(similarity, 100, seed))
        keys = [minhash.band_keys(side, chosen) for side in (one, other)]
        candidates.append((keys[0] == keys[1]).any(axis=1))
        estimates.append(minhash.jaccard(one, other))
    found, estimated = np.concatenate(candidates), np.concatenate(estimates)
    expected = 1 - (1 - similarity**8) ** 16
    assert abs(found.mean() - expected) < 3 * np.sqrt(expected * (1 - expected) / len(found))
    deviation = np.sqrt(similarity * (1 - similarity) / 128)
    assert abs(estimated.mean() - similarity) < 3 * deviation / np.sqrt(len(estimated))
    assert estimated.std() == pytest.approx(deviation, rel=0.1)


def test_a_million_unrelated_bands_have_a_million_keys() -> None:
    """Minima of 380 shingles are small: their sums collide by the hundred, 64 random bits with chance 3e-8."""
    uniform = np.random.default_rng(3).random((62_500, 128))
    minima = (2.0**32 * (1 - uniform ** (1 / 380))).astype(np.uint32)
    assert len(np.unique(minhash.band_keys(minima, USUAL))) == 1_000_000
    sums = minima.reshape(-1, 16, 8).sum(axis=2, dtype=np.uint64) * np.uint64(16) + np.arange(16, dtype=np.uint64)
    assert len(np.unique(sums)) < 999_900, "these minima would not have caught a sum"


def test_a_key_changes_with_every_minimum_with_their_order_and_with_the_band() -> None:
    chosen = DedupSettings(permutations=10, bands=2, rows=4)
    base = np.array([[1, 2, 3, 4, 1, 2, 3, 4, 9, 9]], np.uint32)
    variants = [base.copy() for _ in range(6)]
    for i in range(4):
        variants[i][0, i] += 1
    variants[4][0, :4] = [2, 1, 3, 4]
    variants[5][0, 8:] = 7  # permutations that no band uses
    keys = minhash.band_keys(np.concatenate([base, *variants]), chosen)
    assert len(set(keys[:6, 0].tolist())) == 6
    assert keys[0, 0] != keys[0, 1]
    assert (keys[:, 1] == keys[0, 1]).all()
    assert keys[6, 0] == keys[0, 0]


def test_jaccard_is_the_share_of_equal_minima_row_by_row() -> None:
    a = np.array([[1, 2, 3, 4], [1, 2, 3, 4]], np.uint32)
    b = np.array([[1, 2, 3, 4], [1, 9, 9, 4]], np.uint32)
    assert minhash.jaccard(a, b).tolist() == [1.0, 0.5]


def test_binary_signatures_read_back_from_whole_sliced_and_empty_columns_and_refuse_another_length() -> None:
    chosen = DedupSettings(permutations=4, bands=2, rows=2)
    signatures = np.arange(20, dtype=np.uint32).reshape(5, 4) * np.uint32(0x01010101)
    column = minhash.to_binary(signatures)
    assert column[1].as_py() == signatures[1].astype("<u4").tobytes()
    np.testing.assert_array_equal(minhash.from_binary(column, chosen), signatures)
    np.testing.assert_array_equal(minhash.from_binary(column[1:4], chosen), signatures[1:4])
    assert minhash.from_binary(minhash.to_binary(signatures[:0]), chosen).shape == (0, 4)
    with pytest.raises(pa.ArrowInvalid):
        minhash.from_binary(column, DedupSettings(permutations=5, bands=1, rows=1))
