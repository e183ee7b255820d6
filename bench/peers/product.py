"""Products of matrices by OpenBLAS, through PyTorch: python3 product.py M K N"""

import sys
import time

import torch
from rounds import serve

m, k, n = map(int, sys.argv[1:])
A, B, C = torch.randn(m, k), torch.randn(k, n), torch.empty(m, n)


def run(count):
    start = time.perf_counter()
    for _ in range(count):
        torch.mm(A, B, out=C)
    return time.perf_counter() - start


serve(run, torch=torch.__version__)
