"""Simulate JPEG compression on tensors: 8 x 8 cosine transforms, quantised by quality (ITU-T T.81, annex K)."""

import math

import torch
from torch import Tensor
from torch.nn import functional

BLOCK_PX = 8
LUMINANCE = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
CHROMINANCE = (
    (17, 18, 24, 47, 99, 99, 99, 99),
    (18, 21, 26, 66, 99, 99, 99, 99),
    (24, 26, 56, 99, 99, 99, 99, 99),
    (47, 66, 99, 99, 99, 99, 99, 99),
    *[(99,) * 8] * 4,
)
TO_YCC = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))


def jpeg(pictures: Tensor, quality: Tensor) -> Tensor:
    """Recompress (N, 3, H, W) RGB in 0..1 with qualities (N,) in 1..100. Chroma is not subsampled."""
    height, width = pictures.shape[2:]
    padded = functional.pad(pictures, (0, -width % BLOCK_PX, 0, -height % BLOCK_PX), mode="replicate")
    to_ycc = torch.tensor(TO_YCC, device=pictures.device)
    planes = 255 * torch.einsum("ij,njhw->nihw", to_ycc, padded) - 128 * to_ycc.sum(1)[:, None, None]
    basis = cosines(pictures.device)
    blocks = planes.reshape(
        *planes.shape[:2], -1, BLOCK_PX, planes.shape[3] // BLOCK_PX, BLOCK_PX
    )  # (N, 3, rows, 8, columns, 8)
    steps = tables(quality)[:, :, None, :, None, :]
    rounded = (torch.einsum("ua,ncraqb,vb->ncruqv", basis, blocks, basis) / steps).round() * steps
    planes = torch.einsum("ua,ncruqv,vb->ncraqb", basis, rounded, basis).flatten(4, 5).flatten(2, 3)
    planes = (planes + 128 * to_ycc.sum(1)[:, None, None]) / 255
    rgb = torch.einsum("ij,njhw->nihw", torch.linalg.inv(to_ycc), planes)
    return rgb[:, :, :height, :width].clamp(0, 1)


def cosines(device: torch.device) -> Tensor:
    """Return (8, 8): the orthonormal DCT-II, one frequency a row."""
    frequencies, places = torch.arange(BLOCK_PX, device=device)[:, None], torch.arange(BLOCK_PX, device=device) + 0.5
    basis = torch.cos(math.pi / BLOCK_PX * frequencies * places) * math.sqrt(2 / BLOCK_PX)
    basis[0] /= math.sqrt(2)
    return basis


def tables(quality: Tensor) -> Tensor:
    """Return (N, 3, 8, 8) quantisation steps for qualities (N,), scaled as in libjpeg."""
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)[:, None, None, None]
    standard = torch.tensor((LUMINANCE, CHROMINANCE, CHROMINANCE), device=quality.device)
    return (scale * standard + 0.5).floor().clamp(1, 255)
