"""Page views a second: visitors in a process of their own ask one page after the other.

`python -m bench.platform_load PORT COOKIES VISITORS SECONDS PATH...` prints the views in each second's mean.
"""

from __future__ import annotations

import json
import sys
import threading
import time

from bench.platform_server import Browser


def views_per_second(
    port: int, cookies: dict[str, str], visitors: int, seconds: float, paths: list[str]
) -> float:
    counts = [0] * visitors
    failures: list[Exception] = []
    end = time.perf_counter() + seconds

    def visit(me: int) -> None:
        browser = Browser(port, dict(cookies))
        step = me
        try:
            while time.perf_counter() < end:
                browser.seconds(paths[step % len(paths)])
                counts[me] += 1
                step += 1
        except (OSError, RuntimeError) as error:
            failures.append(error)

    threads = [threading.Thread(target=visit, args=(me,)) for me in range(visitors)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sum(counts) / (time.perf_counter() - began)


if __name__ == "__main__":
    port, cookies, visitors, seconds, *paths = sys.argv[1:]
    print(views_per_second(int(port), json.loads(cookies), int(visitors), float(seconds), paths))
