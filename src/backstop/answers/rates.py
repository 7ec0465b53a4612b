"""What a run takes beside its simulation, as seen on one core: the only place of these numbers.

``python -m bench.plans`` holds plans that are made with them against runs of unlike configs.
"""

START_SECONDS = 1.6
"""Of CPU, to import, read a config and load kernels that are compiled. [ours: seen]"""
COLUMN_SECONDS = 0.45e-3
"""To give the statistics of one column of one arm, however many paths. [ours: seen]"""
VALUE_SECONDS = 0.24e-6
"""And for each path of it. [ours: seen]"""
COLUMN_ROWS = 5.0
"""Rows of the summary for a column of an arm. [ours: seen]"""
ROW_SECONDS = 30e-6
"""To write one as JSON and parquet. [ours: seen]"""
JSON_ROW_BYTES = 580
PARQUET_ROW_BYTES = 14
ROW_BYTES = 1200
"""Of memory, while it is in no file. [ours: seen]"""
SUMMARY_PATH_BYTES = 40
"""Of memory, that a summary holds of a path at once, however many arms and columns there are; twice that where
several models share the paths. [ours: seen]"""
DESIGN_SECONDS = 0.1
"""To check, resolve, lay out and judge a design of a sweep. [ours: seen]"""
CONFIG_SECONDS = 0.2
"""To make a config of a sweep, fits at hand. [ours: seen]"""
JUDGED_TIMES = 7.0
"""Memory of a sweep's sums while they are judged, times their own. [ours: seen]"""
TABLE_TIMES = 2.0
"""Memory of a block while it is written, times its outcomes. [ours: seen]"""
LIBRARY_BYTES = 90e6
"""Of memory, that libraries take once tables are made and summarised. [ours: seen]"""
