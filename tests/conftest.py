"""What all tests share: an ordinary user, and the watch for what they leave behind."""

pytest_plugins = ["ordinary_user", "left_behind"]
