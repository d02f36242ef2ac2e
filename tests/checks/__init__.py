"""Tests of `xlsflow.checks`: validation of frames and of single rows."""
