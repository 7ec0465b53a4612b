import pyarrow as pa

from backstop.runs.exports.sources import safe_texts


def test_no_text_is_a_formula_to_a_spreadsheet():
    texts = ["=1+1", "+1", "-1", "@x", "\tx", "plain", None, "a=b"]
    table = safe_texts(pa.table({"note": texts, "value": [-1.0] * 8}))
    assert table["note"].to_pylist() == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "plain", None, "a=b"]
    assert table["value"].to_pylist() == [-1.0] * 8
