"""Removes a patch from each of 10,000 images: python3 remove_patch.py IMAGES loop|numpy"""

import sys
import time

import numpy as np
from rounds import serve

path, kind = sys.argv[1:]
N = 10_000
X = np.fromfile(path, np.uint8, N * 784).reshape(N, 784).astype(np.float32) / 127.5 - 1


def by_loop(X):
    mask = np.zeros((len(X), 28, 28), np.float32)
    for i in range(len(X)):
        j = np.random.randint(-4, 5)
        k = np.random.randint(-4, 5)
        mask[i, 11 + j : 17 + j, 11 + k : 17 + k] = 1
    mask = mask.reshape(len(X), 784)
    return X * (1 - mask), mask


def vectorised(X):
    n = len(X)
    rows = np.random.randint(7, 16, n)[:, None] + np.arange(6)
    columns = np.random.randint(7, 16, n)[:, None] + np.arange(6)
    mask = np.zeros((n, 28, 28), np.float32)
    images = np.arange(n)[:, None, None]
    mask[images, rows[:, :, None], columns[:, None, :]] = 1
    mask = mask.reshape(n, 784)
    return X * (1 - mask), mask


remove_patch = {"loop": by_loop, "numpy": vectorised}[kind]


def run(count):
    start = time.perf_counter()
    for _ in range(count):
        remove_patch(X)
    return time.perf_counter() - start


serve(run, numpy=np.__version__)
