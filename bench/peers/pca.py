"""All principal components of all images but the last 10,000, and the reconstruction of those from
60: python3 pca.py IMAGES sklearn|numpy"""

import sys
import time

import numpy as np
from rounds import serve

path, kind = sys.argv[1:]
X = np.fromfile(path, np.uint8).reshape(-1, 784).astype(np.float32) / 127.5 - 1
X, Z = X[:-10_000], X[-10_000:]


def with_sklearn():
    from sklearn.decomposition import PCA

    pca = PCA().fit(X)
    return pca.mean_, pca.components_


def with_numpy():
    mean = X.mean(0)
    centred = X - mean
    covariance = centred.T @ centred / (len(X) - 1)
    variances, vectors = np.linalg.eigh(covariance)
    return mean, vectors.T[::-1]


fit = {"sklearn": with_sklearn, "numpy": with_numpy}[kind]


def run(count):
    start = time.perf_counter()
    for _ in range(count):
        mean, components = fit()
        V = components[:60]
        (Z - mean) @ V.T @ V + mean
    return time.perf_counter() - start


module = __import__(kind)
serve(run, **{kind: module.__version__})
