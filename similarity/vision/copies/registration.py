"""How alike two pictures are once one has been moved, turned and stretched onto the other.

Works on the 64 x 64 luminance thumbnails of `fingerprint`, or on halves of them, one query against many candidates at
a time. The motion is affine and found from coarse to fine with the inverse compositional form of ECC (G. Evangelidis,
E. Psarakis, Parametric Image Alignment Using Enhanced Correlation Coefficient Maximization, PAMI 2008; S. Baker,
I. Matthews, Lucas-Kanade 20 Years On, IJCV 2004): what depends on the query alone is computed once for all candidates.

Positions are in units of half a side, -1..1 from edge to edge, so that one warp serves every level of the pyramid.
A warp W (3, 3) takes a position in the query to the position in the candidate where the same thing is seen.
"""

import numpy as np
from numpy.typing import NDArray

from similarity.vision.pixels import contrast

Floats = NDArray[np.float32]

SIDES_PX = (32, 64)
# (side in pixels, iterations). The coarsest level does the searching, the others, up to the pictures' own, only settle.
LEVELS = ((16, 8), (32, 8), (64, 6))
# A border that was not trimmed, or a crop, changes the scale: tried from here, the best start is followed.
START_SCALES = (0.88, 1.0, 1.13)
# Outermost tenth of a side over which a pixel's weight falls to 0: crops, white corners after a turn and rests of
# borders all live there. Measured: without this, one copy in ten turned by 3 degrees was lost.
EDGE_SHARE = 0.1
# How far "nearby" reaches for the local contrast that is aligned, and for the one that is scored.
ALIGN_BLUR_SHARE = 6 / 64  # of a side
SCORE_BLUR_SHARE = 3 / 64  # finer: only what truly coincides still correlates
# Variance of local contrast below which a correlation is discounted in proportion: one horizon over another is no
# proof. Paintings have 0.31 to 1, a gradient with one edge at most 0.18, a blank sheet under 0.03.
ENOUGH_DETAIL = 0.25
LEAST_OVERLAP = 0.6  # of the query's weight
LEAST_STRETCH, MOST_STRETCH = 0.7, 1.4
MOST_STEP = 0.15  # half sides an iteration: one bad step must not throw the candidate out of sight
DAMPING = 1e-2  # of the mean curvature: stripes say nothing of the way along them, so nothing is moved that way
LEAST_GAIN = 0.3
TINY = 1e-6


def correlate(query: NDArray[np.uint8], candidates: NDArray[np.uint8]) -> Floats:
    """(S, S) and (N, S, S), S 64 or 32, luminance 0..255 -> (N,) float32 in -1..1, 1 = the same, never NaN.

    The zero-mean normalised correlation of local contrast after registration. Near 0 where a picture has hardly any
    detail, 0 where no plausible motion lays the two over each other. Raises ValueError for other shapes.
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
    """(S, S), (N, S, S) -> warps (N, 3, 3)."""
    count, starts = len(candidates), len(START_SCALES)
    (side, iterations), *finer = (level for level in LEVELS if level[0] <= len(query))
    fixed, moving = _at_level(query, side), _at_level(candidates, side)
    many = np.tile(moving, (starts, 1, 1))  # start by start, each with all candidates
    begin = np.stack([np.diag([scale, scale, 1.0]) for scale in START_SCALES]).astype(np.float32)
    warps = np.repeat(begin, count, axis=0)
    warps = _align(fixed, many, warps, iterations)
    best = _score(fixed, many, warps).reshape(starts, count).argmax(axis=0)
    warps = warps.reshape(starts, count, 3, 3)[best, np.arange(count)]
    for side, iterations in finer:
        warps = _align(_at_level(query, side), _at_level(candidates, side), warps, iterations)
    return warps


def _align(query: Floats, candidates: Floats, warps: Floats, iterations: int) -> Floats:
    """(S, S), (N, S, S), warps (N, 3, 3) -> better warps (N, 3, 3)."""
    template, weights, descent = _prepare(query)
    for _ in range(iterations):
        seen, inside = _sample(candidates, warps)
        mask = inside * weights
        seen -= (seen * mask).sum(axis=1, keepdims=True) / (mask.sum(axis=1, keepdims=True) + TINY)
        seen /= np.sqrt((mask * seen * seen).sum(axis=1, keepdims=True)) + TINY
        # The gain which makes the error orthogonal to the template is what turns Lucas-Kanade into ECC.
        gain = np.maximum((seen * mask) @ template, LEAST_GAIN)[:, None]
        step = np.clip(((seen / gain - template) * inside) @ descent, -MOST_STEP, MOST_STEP)
        moves = np.tile(np.eye(3, dtype=np.float32), (len(candidates), 1, 1))
        moves[:, :2] += step.reshape(-1, 2, 3)
        warps = warps @ np.linalg.inv(moves)
    return warps


def _prepare(query: Floats) -> tuple[Floats, Floats, Floats]:
    """(S, S) -> template (P,) of zero mean and length 1, weights (P,), and (P, 6), the step per unit of error."""
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
    """(S, S), (N, S, S), (N, 3, 3) -> (N,) weighted correlation where the two overlap, 0 where they hardly do."""
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
    """(N, 3, 3) -> (N,): a copy is not stretched, sheared or mirrored by much. Singular values of the linear part."""
    stretch = np.linalg.svd(warps[:, :2, :2], compute_uv=False)
    determinant = np.linalg.det(warps[:, :2, :2])
    within = (stretch[:, 1] >= LEAST_STRETCH) & (stretch[:, 0] <= MOST_STRETCH)
    return np.asarray(within & (determinant > 0), dtype=np.bool_)


def _sample(images: Floats, warps: Floats) -> tuple[Floats, Floats]:
    """(N, S, S), (N, 3, 3) -> bilinear values (N, P) at the warped positions, and 1 where inside the image, else 0."""
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
    """(..., S, S) -> (..., side, side), averaged down, as local contrast."""
    factor = images.shape[-1] // side
    shape = (*images.shape[:-2], side, factor, side, factor)
    return contrast.local(images.reshape(shape).mean(axis=(-3, -1)), ALIGN_BLUR_SHARE * side)


def _positions(side: int) -> Floats:
    """(3, P): x, y and 1 of each pixel's centre, row by row."""
    centres = (np.arange(side) + 0.5) * (2 / side) - 1
    y, x = np.meshgrid(centres, centres, indexing="ij")
    return np.stack([x.ravel(), y.ravel(), np.ones(side * side)]).astype(np.float32)


def _weights(side: int) -> Floats:
    """(P,): 1 in the middle of a picture, falling to 0 at its edge."""
    x, y, _ = _positions(side)
    from_edge = 1 - np.maximum(np.abs(x), np.abs(y))
    return np.asarray((from_edge / (2 * EDGE_SHARE)).clip(0, 1), dtype=np.float32)
