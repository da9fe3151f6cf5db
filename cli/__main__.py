"""`python -m cli` is `walloff`."""

from cli.main import main

if __name__ == "__main__":
    main()
