"""The benchmark suite: ``python -m bench`` from the root of the repository.

Ours and its peers are timed in turn within one run, so that what the machine does meanwhile hits all of them.
Single-thread figures are CPU time of the process, those of more threads are wall time.
"""
