"""per_call.lua in Python."""
import time


def per_call(f):
    f()
    calls = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            f()
        seconds = time.perf_counter() - start
        if seconds > 0.05:
            return seconds / calls * 1e6
        calls *= 2
