"""What all tests share: an ordinary user, and the watch for what they leave behind."""

import signal

from hypothesis import settings

# How long an example takes depends on what else the machine does: time is measured in `make bench`, never in a test.
settings.register_profile("wetrun", deadline=None)
settings.load_profile("wetrun")

pytest_plugins = ["ordinary_user", "left_behind"]

# Whoever starts the tests with `nohup`, or with `&` from a script, has these ignored, and so has all that they start.
# What is handled here is not ignored there; the tests themselves go on when the terminal is closed.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, lambda *_: None)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
