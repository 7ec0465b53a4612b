"""Instructions, loads and stores of the arm, the market and C++ of the same work: valgrind's, the same every time.

``python -m bench.instructions`` counts, and compares with `kept.FILE`; ``--keep`` writes what it found there. All is
compiled for CPUs with 256-bit vectors, which valgrind knows, so that counts of one machine hold on another.
"""
