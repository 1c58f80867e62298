"""timer.lua in Python."""
import time


def timer(f, threads):
    clock = time.process_time if threads == 1 else time.perf_counter
    f()
    calls = 1
    while True:
        start = clock()
        for _ in range(calls):
            f()
        seconds = clock() - start
        if seconds > 0.05:
            return seconds / calls * 1e6
        calls *= 2
