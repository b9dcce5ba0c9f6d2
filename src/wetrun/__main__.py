"""`python -m wetrun` is `wetrun`."""

from wetrun.cli import main

if __name__ == "__main__":
    main()
