"""Parts of plants: bending stems, and leaves with veins."""

from __future__ import annotations

import numpy as np

from collection.study.canvas import Pixels, Plate, moved


def stem(x: float, y: float, length: float, angle: float, bend: float, steps: int = 30) -> Pixels:
    """Return a bending line (steps, 2) from its foot. The angle is in radians; upwards is -pi / 2."""
    turn = angle + bend * np.linspace(0, 1, steps)
    path = np.cumsum(np.stack([np.cos(turn), np.sin(turn)], -1), axis=0) * length / steps
    return moved(path, x, y)


def heading(path: Pixels, i: int) -> float:
    ahead = path[min(i + 1, len(path) - 1)] - path[max(i - 1, 0)]
    return float(np.arctan2(ahead[1], ahead[0]))


def blade(
    leaves: Plate,
    lines: Plate,
    foot: Pixels,
    length: float,
    breadth: float,
    angle: float,
    bend: float = 0.0,
    lobes: int = 0,
) -> None:
    """Draw one leaf with midrib and side veins. `lobes` makes its edge wavy."""
    rib = stem(foot[0], foot[1], length, angle, bend, 24)
    t = np.linspace(0, 1, 24)
    half = breadth * np.sin(np.pi * t**0.75) ** 0.9 * (1 + 0.22 * np.sin(t * lobes * 2 * np.pi) * (lobes > 0)) / 2
    normal = np.stack([-np.sin(angle + bend * t), np.cos(angle + bend * t)], -1)
    leaves.polygon(np.concatenate([rib + normal * half[:, None], (rib - normal * half[:, None])[::-1]]))
    lines.line(rib[:-1], 1.1)
    if breadth > 16:
        for i in range(4, 20, 3):
            for side in (-1, 1):
                tip = rib[min(i + 3, 23)] + normal[i] * side * half[i] * 0.86
                lines.line([rib[i], tip], 0.6)
