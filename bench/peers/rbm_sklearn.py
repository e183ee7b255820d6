"""Epochs of scikit-learn's BernoulliRBM, which is PCD-1, with 256 hidden units:
python3 rbm_sklearn.py IMAGES

IMAGES is a file of 28x28 bytes an image; the last 10,000 are left out, and a
pixel of 128 or more is a 1."""

import sys
import time

import numpy as np
import sklearn
from rounds import serve
from sklearn.neural_network import BernoulliRBM

images = np.fromfile(sys.argv[1], np.uint8).reshape(-1, 784)[:-10_000]
V = (images >= 128).astype(np.float32)


def run(epochs):
    rbm = BernoulliRBM(n_components=256, batch_size=100, learning_rate=0.05, n_iter=epochs)
    start = time.perf_counter()
    rbm.fit(V)
    return time.perf_counter() - start


serve(run, sklearn=sklearn.__version__)
