"""Answers each line of standard input, a count, with the seconds that run(count) took."""

import json
import sys


def serve(run, **versions):
    print(json.dumps(versions), flush=True)
    for line in sys.stdin:
        print(run(int(line)), flush=True)
