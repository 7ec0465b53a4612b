import sys
from pathlib import Path

# tests of several folders share the toy run beside them
sys.path.insert(0, str(Path(__file__).parents[1]))
