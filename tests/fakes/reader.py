"""A disposable child that reads nothing: it gives small pictures and does what the order's option `does` says."""

import sys

from coopwatch.cameras.child_talk import Requests, say, say_picture

HEIGHT, WIDTH = 4, 6
LAG_SECONDS = 99.0


def main() -> None:
    """Give pictures that `lag`, `open` and give none, or `die` at the first wish."""
    requests = Requests.listen()
    does = requests.order["options"]["does"]
    say({"opened": True})
    while requests.wanted.wait():
        requests.wanted.clear()
        if does == "die":
            sys.exit(1)
        if does == "lag":
            say_picture(memoryview(bytes(3 * HEIGHT * WIDTH)), HEIGHT, WIDTH, lag_seconds=LAG_SECONDS)


if __name__ == "__main__":
    main()
