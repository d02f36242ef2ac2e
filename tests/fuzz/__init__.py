"""Fuzzing of the guard and the readers: seeds of our own, mutations that know how a workbook is built, a harness."""
