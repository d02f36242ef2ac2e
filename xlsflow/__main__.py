"""Lets `python -m xlsflow` be the same as `xlsflow`, where the scripts of Python are not on the path."""

from xlsflow.cli import main

if __name__ == "__main__":
    main()
