"""Every screen, table and picture of the pages that a run makes: ``python -m docs.figures`` makes them anew.

A page holds a figure between two marks, ``<!-- figure NAME -->`` and ``<!-- end -->``; a module of this folder says
what stands between. What is told in sentences is a person's to read again: ``--loose`` lists its numbers.
"""
