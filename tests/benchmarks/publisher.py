"""The benchmark's sender, a process of its own: publishes Observations and waits for the receipts.

`python -m tests.benchmarks.publisher BROKER TREE PREFIX MANY RATE`: RATE 0 is as fast as receipts come back (at most
WINDOW unanswered). Prints one JSON object: when each message was handed over, and when the last receipt came.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from urllib.parse import urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.benchmarks.people import observations

WINDOW = 1_000


def main() -> None:
    broker, tree, prefix, many, rate = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5])
    messages = list(observations(many, prefix=prefix))
    free = threading.Semaphore(WINDOW)
    received = [0]
    done = threading.Event()
    subscribed = threading.Event()

    def on_receipt(*_: object) -> None:
        received[0] += 1
        free.release()
        if received[0] == many:
            done.set()

    client = Client(CallbackAPIVersion.VERSION2, f"bench-{prefix}")
    client.on_message = on_receipt
    client.on_subscribe = lambda *_: subscribed.set()
    client.max_inflight_messages_set(WINDOW)
    where = urlsplit(broker)
    client.connect(where.hostname or "127.0.0.1", where.port or 1883)
    client.loop_start()
    client.subscribe(f"{tree}/+/receipt", 1)
    subscribed.wait(10)
    sent = []
    began = time.time()
    for i, message in enumerate(messages):
        if rate:
            pause = began + i / rate - time.time()
            if pause > 0:
                time.sleep(pause)
        free.acquire()
        sent.append(time.time())
        client.publish(f"{tree}/puls-{i % 500}/event", message, 1)
    done.wait(120)
    ended = time.time()
    client.disconnect()
    json.dump({"sent": sent, "began": began, "ended": ended, "receipts": received[0]}, sys.stdout)


if __name__ == "__main__":
    main()
