"""The events of a turn, within one process."""

import subprocess
import sys

from pitchbar.core.assets import ROOT

_UNDER_GEVENT = """
from gevent import monkey
monkey.patch_all()
import threading, time, uuid
from pitchbar.chat.feeds import Feed
feed, heard = Feed(uuid.uuid4(), uuid.uuid4()), []
def listen():
    for event in feed.listen(0, 10):
        heard.append(event)
listener = threading.Thread(target=listen)
listener.start()
while not feed._listeners:
    time.sleep(0.005)
feed.add("token", text="Hello")
# Whoever speaks has waited for nothing, and nobody has made room.
print([b"Hello" in event for event in heard])
feed.add("done")
listener.join()
"""


def test_under_gevent_a_word_is_heard_before_the_next_one_is_worked_out() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _UNDER_GEVENT], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[True]", done.stderr
