"""The model of docs/model.md in numpy, vectorised over funds and paths: the peer of the kernels.

Written from that page, a module a subject and a function a step, as one would who has no compiler: whole-array
arithmetic on blocks of paths that stay in cache, days and facilities in loops, and work skipped where no path needs it.
Axes as everywhere: F funds, J assets, C classes, K facilities, Y layers, and P paths, always last.
"""
