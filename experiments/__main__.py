"""`python -m experiments` is `alliances`."""

from experiments.cli import main

if __name__ == "__main__":
    main()
