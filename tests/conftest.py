"""What all tests share: an ordinary user, and the watch for what they leave behind."""

from hypothesis import settings

# How long an example takes depends on what else the machine does: time is measured in `make bench`, never in a test.
settings.register_profile("wetrun", deadline=None)
settings.load_profile("wetrun")

pytest_plugins = ["ordinary_user", "left_behind"]
