"""IN: a returned file becomes raw grids in a child process, is recognised, and its blocks are read with their cells."""
