"""Workbooks out: forms for the regions, and the consolidated book; xlsxwriter is used nowhere else."""
