"""A disposable child that reads nothing: it gives small pictures and does what the order's option `does` says."""

import sys

from coopwatch.cameras.child_talk import Requests, say, say_picture

HEIGHT, WIDTH = 4, 6
AGE_SECONDS = 30.0
LATE_SECONDS, TOO_LATE_SECONDS = 5.0, 99.0


def main() -> None:
    """Give pictures that `tarry` or `lag` too far behind, `open` and give none, or `die` at the first wish."""
    requests = Requests.listen()
    does = requests.order["options"]["does"]
    say({"opened": True})
    while requests.wanted.wait():
        requests.wanted.clear()
        if does == "die":
            sys.exit(1)
        if does != "open":
            lag = LATE_SECONDS if does == "tarry" else TOO_LATE_SECONDS
            pixels = memoryview(bytes(3 * HEIGHT * WIDTH))
            say_picture(pixels, HEIGHT, WIDTH, age_seconds=AGE_SECONDS, lag_seconds=lag)


if __name__ == "__main__":
    main()
