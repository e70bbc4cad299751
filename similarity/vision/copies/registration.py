"""Register pictures onto each other by an affine motion and correlate them.

Input are the 64 x 64 luminance thumbnails of `fingerprint`, or halves of them: one query against many candidates at a
time. The motion is found from coarse to fine by the inverse compositional form of ECC (G. Evangelidis, E. Psarakis,
Parametric Image Alignment Using Enhanced Correlation Coefficient Maximization, PAMI 2008; S. Baker, I. Matthews,
Lucas-Kanade 20 Years On, IJCV 2004): what depends on the query alone is computed once for all candidates.

Positions are in units of half a side, -1..1 from edge to edge, so that one warp applies to every level of the pyramid.
A warp W (3, 3) maps a position in the query to the corresponding position in the candidate.

OpenCV is not used here: findTransformECC aligns one pair at a time, and remap rounds positions to 1/32 px.
"""

import numpy as np
from numpy.typing import NDArray

from similarity.vision.pixels import contrast

Floats = NDArray[np.float32]

SIDES_PX = (32, 64)
# (side in pixels, iterations). The coarsest level searches; the finer ones, up to the pictures' own size, only refine.
LEVELS = ((16, 8), (32, 8), (64, 6))
# An untrimmed border or a crop changes the scale. The coarsest level starts from each of these and keeps the best.
START_SCALES = (0.88, 1.0, 1.13)
# Share of a side over which weights fall to 0 at the edge, where crops, white corners of rotations and remains of
# borders are. Measured: without this, one in ten copies rotated by 3 degrees was missed.
EDGE_SHARE = 0.1
# Blur of the local contrast that is aligned, and of the one that is scored.
ALIGN_BLUR_SHARE = 6 / 64  # of a side
SCORE_BLUR_SHARE = 3 / 64  # finer, so that only exact matches correlate
# If the variance of local contrast is lower, the correlation is reduced in proportion: two horizons correlate, but
# prove little. Paintings have 0.31 to 1, a gradient with one edge at most 0.18, a blank sheet less than 0.03.
ENOUGH_DETAIL = 0.25
LEAST_OVERLAP = 0.6  # share of the query's total weight
# Correlation on the coarsest level below which the finer ones are skipped. Measured on 80 paintings
# in 14 alterations: of 1,091 copies with a final correlation of 0.7 or more the lowest has 0.58; 96 % of unrelated
# pictures have less than 0.45.
LEAST_COARSE = 0.45
LEAST_STRETCH, MOST_STRETCH = 0.7, 1.4
MOST_STEP = 0.15  # in half sides per iteration, so that one bad step does not move the candidate out of view
DAMPING = 1e-2  # of the mean curvature: along stripes the motion is undetermined, and stays 0
LEAST_GAIN = 0.3
TINY = 1e-6


def correlate(query: NDArray[np.uint8], candidates: NDArray[np.uint8]) -> Floats:
    """Return (N,) float32 in -1..1: the correlation of a query (S, S) with candidates (N, S, S) after registration.

    S is 64 or 32, values are luminance 0..255. It is the zero-mean normalised correlation of local contrast, never NaN;
    1 means equal. It is near 0 for pictures with little detail, and 0 if the motion found is not plausible. Raise
    ValueError for other shapes.
    """
    side = len(query)
    if side not in SIDES_PX or query.shape != (side, side) or candidates.shape[1:] != (side, side):
        raise ValueError(f"thumbnails are 64 x 64 or 32 x 32, these are {query.shape} and {candidates.shape}")
    if len(candidates) == 0:
        return np.zeros(0, dtype=np.float32)
    fixed, moving = query.astype(np.float32), candidates.astype(np.float32)
    warps = _register(fixed, moving)
    blur_px = SCORE_BLUR_SHARE * side
    score = _score(contrast.local(fixed, blur_px), contrast.local(moving, blur_px), warps)
    return np.where(_is_plausible(warps), score, np.float32(0)).clip(-1, 1)


def _register(query: Floats, candidates: Floats) -> Floats:
    """Return the warps (N, 3, 3) from a query (S, S) to candidates (N, S, S): coarse ones for different pictures."""
    count, starts = len(candidates), len(START_SCALES)
    (side, iterations), *finer = (level for level in LEVELS if level[0] <= len(query))
    fixed, moving = _at_level(query, side), _at_level(candidates, side)
    many = np.tile(moving, (starts, 1, 1))  # all candidates for the first start, then for the next one
    begin = np.stack([np.diag([scale, scale, 1.0]) for scale in START_SCALES]).astype(np.float32)
    warps = np.repeat(begin, count, axis=0)
    warps = _align(fixed, many, warps, iterations)
    scores = _score(fixed, many, warps).reshape(starts, count)
    warps = np.asarray(warps.reshape(starts, count, 3, 3)[scores.argmax(axis=0), np.arange(count)], np.float32)
    likely = np.flatnonzero(scores.max(axis=0) >= LEAST_COARSE)
    for side, iterations in finer if len(likely) else ():
        moving = _at_level(candidates[likely], side)
        warps[likely] = _align(_at_level(query, side), moving, warps[likely], iterations)
    return warps


def _align(query: Floats, candidates: Floats, warps: Floats, iterations: int) -> Floats:
    """Refine warps (N, 3, 3) from a query (S, S) to candidates (N, S, S)."""
    template, weights, descent = _prepare(query)
    for _ in range(iterations):
        seen, inside = _sample(candidates, warps)
        mask = inside * weights
        seen -= (seen * mask).sum(axis=1, keepdims=True) / (mask.sum(axis=1, keepdims=True) + TINY)
        seen /= np.sqrt((mask * seen * seen).sum(axis=1, keepdims=True)) + TINY
        # This gain makes the error orthogonal to the template, which is the difference between Lucas-Kanade and ECC.
        gain = np.maximum((seen * mask) @ template, LEAST_GAIN)[:, None]
        step = np.clip(((seen / gain - template) * inside) @ descent, -MOST_STEP, MOST_STEP)
        moves = np.tile(np.eye(3, dtype=np.float32), (len(candidates), 1, 1))
        moves[:, :2] += step.reshape(-1, 2, 3)
        warps = warps @ np.linalg.inv(moves)
    return warps


def _prepare(query: Floats) -> tuple[Floats, Floats, Floats]:
    """Return for a query (S, S): template (P,) of zero mean and length 1, weights (P,), and step per error (P, 6)."""
    side = len(query)
    weights = _weights(side)
    template = query.ravel() - np.average(query.ravel(), weights=weights)
    length = np.sqrt((weights * template**2).sum()) + TINY
    template = template / length
    down, right = (slope.ravel() * (side / 2 / length) for slope in np.gradient(query))
    x, y, _ = _positions(side)
    steepest = np.stack([right * x, right * y, right, down * x, down * y, down], axis=1)  # (P, 6)
    steepest -= np.average(steepest, axis=0, weights=weights)
    steepest -= np.outer(template, (weights * template) @ steepest)
    weighted = weights[:, None] * steepest
    hessian = steepest.T @ weighted
    hessian += np.eye(6) * (DAMPING * np.trace(hessian) / 6 + TINY)
    return template.astype(np.float32), weights, np.linalg.solve(hessian, weighted.T).T.astype(np.float32)


def _score(query: Floats, candidates: Floats, warps: Floats) -> Floats:
    """Return (N,) weighted correlations of a query (S, S) with warped candidates (N, S, S); 0 for little overlap."""
    seen, inside = _sample(candidates, warps)
    weights = _weights(len(query))
    mask = inside * weights
    total = mask.sum(axis=1, keepdims=True) + TINY
    template = query.ravel() - mask @ query.ravel()[:, None] / total
    seen = seen - (mask * seen).sum(axis=1, keepdims=True) / total
    variances = [(mask * values**2).sum(axis=1) / total[:, 0] for values in (template, seen)]
    covariance = (mask * template * seen).sum(axis=1) / total[:, 0]
    overlap = total[:, 0] / weights.sum()
    correlation = covariance / (np.sqrt(variances[0] * variances[1]) + TINY)
    trust = np.minimum(np.minimum(*variances) / ENOUGH_DETAIL, 1)
    return np.where(overlap < LEAST_OVERLAP, 0, trust * correlation).astype(np.float32)


def _is_plausible(warps: Floats) -> NDArray[np.bool_]:
    """Return (N,): whether each warp (N, 3, 3) stretches and shears little and does not mirror.

    The limits apply to the singular values of the linear part.
    """
    stretch = np.linalg.svd(warps[:, :2, :2], compute_uv=False)
    determinant = np.linalg.det(warps[:, :2, :2])
    within = (stretch[:, 1] >= LEAST_STRETCH) & (stretch[:, 0] <= MOST_STRETCH)
    return np.asarray(within & (determinant > 0), dtype=np.bool_)


def _sample(images: Floats, warps: Floats) -> tuple[Floats, Floats]:
    """Return bilinear samples (N, P) of images (N, S, S) at warped positions, and 1 inside the image, else 0."""
    count, side, _ = images.shape
    x, y = ((warps[:, :2] @ _positions(side) + 1) * (side / 2) - 0.5).transpose(1, 0, 2)
    inside = (x >= -0.5) & (x <= side - 0.5) & (y >= -0.5) & (y <= side - 0.5)
    x, y = x.clip(0, side - 1.001), y.clip(0, side - 1.001)
    left, top = x.astype(np.intp), y.astype(np.intp)
    across, down = x - left, y - top
    flat, corner = images.reshape(count, -1), top * side + left
    a, b, c, d = (np.take_along_axis(flat, corner + offset, axis=1) for offset in (0, 1, side, side + 1))
    upper, lower = a + (b - a) * across, c + (d - c) * across
    return (upper + (lower - upper) * down).astype(np.float32), inside.astype(np.float32)


def _at_level(images: Floats, side: int) -> Floats:
    """Average (..., S, S) down to (..., side, side) and return its local contrast."""
    factor = images.shape[-1] // side
    shape = (*images.shape[:-2], side, factor, side, factor)
    return contrast.local(images.reshape(shape).mean(axis=(-3, -1)), ALIGN_BLUR_SHARE * side)


def _positions(side: int) -> Floats:
    """Return (3, P): x, y and 1 of each pixel's centre, row by row."""
    centres = (np.arange(side) + 0.5) * (2 / side) - 1
    y, x = np.meshgrid(centres, centres, indexing="ij")
    return np.stack([x.ravel(), y.ravel(), np.ones(side * side)]).astype(np.float32)


def _weights(side: int) -> Floats:
    """Return (P,): 1 in the middle of a picture, falling to 0 at its edges."""
    x, y, _ = _positions(side)
    from_edge = 1 - np.maximum(np.abs(x), np.abs(y))
    return np.asarray((from_edge / (2 * EDGE_SHARE)).clip(0, 1), dtype=np.float32)
