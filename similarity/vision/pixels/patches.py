"""Binary masks and their connected components ("patches"). Masks are (H, W) bool."""

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Labels = NDArray[np.int32]  # (H, W): 0 outside every patch, patches numbered from 1

CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def dilate(mask: Mask, times: int) -> Mask:
    """Grow the mask by one pixel up, down, left and right, `times` times."""
    return np.asarray(cv2.dilate(mask.astype(np.uint8), CROSS, iterations=times), np.bool_)


def erode(mask: Mask, times: int) -> Mask:
    """Shrink the mask by one pixel up, down, left and right, `times` times. The border of the picture stays."""
    return np.asarray(cv2.erode(mask.astype(np.uint8), CROSS, iterations=times), np.bool_)


def without_thin_parts(mask: Mask, width_px: int) -> Mask:
    """Remove what is thinner than about 2 * `width_px`: a morphological opening."""
    return dilate(erode(mask, width_px), width_px) & mask


def label(mask: Mask) -> Labels:
    """Number the 4-connected patches, in the order of their first pixels row by row."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4, ltype=cv2.CV_32S)
    return np.asarray(labels, np.int32)


def sizes(labels: Labels) -> NDArray[np.int64]:
    """Return the pixels of each patch, indexed by its number; 0 for number 0, which is no patch."""
    counts = np.bincount(labels.ravel())
    counts[0] = 0
    return counts


def filled_size(patch: Mask) -> int:
    """Return the pixels of a patch with its holes: all between the outermost pixels of their row and their column."""
    in_rows = np.maximum.accumulate(patch, 1) & np.maximum.accumulate(patch[:, ::-1], 1)[:, ::-1]
    in_columns = np.maximum.accumulate(patch, 0) & np.maximum.accumulate(patch[::-1], 0)[::-1]
    return int((in_rows & in_columns).sum())
