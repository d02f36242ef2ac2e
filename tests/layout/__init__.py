"""Tests of `xlsflow.layout`."""
