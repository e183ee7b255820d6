"""Masks of 6x6 patches, up to 4 pixels from the centre: as on the sheet, and without its loop."""

import numpy as np
import torch


def masks_by_loop(n):
    mask = np.zeros((n, 28, 28), np.float32)
    for i in range(n):
        j = np.random.randint(-4, 5)
        k = np.random.randint(-4, 5)
        mask[i, 11 + j : 17 + j, 11 + k : 17 + k] = 1
    return torch.from_numpy(mask.reshape(n, 784))


def masks_vectorised(n):
    top, left = torch.randint(7, 16, (2, n, 1))
    pixel = torch.arange(28)
    rows = (pixel >= top) & (pixel < top + 6)
    columns = (pixel >= left) & (pixel < left + 6)
    return (rows[:, :, None] & columns[:, None, :]).view(n, 784).float()
