"""Tables as people have them, prices and funds alike: from a file to columns whose days and numbers have one reading.

Formats are read by the csv module, pyarrow and openpyxl. What is found in a file is bounded before it is unpacked, what
may be read in two ways is refused, and every refusal names all that is wrong with what to write.
"""
