"""Lines of a width, in either language."""

from rich.cells import cell_len

from backstop.report.wrapping import beside_word, padded, whole, wrapped


def test_no_line_is_wider_than_asked_and_no_word_is_lost():
    text = "one two three " * 20
    lines = wrapped(text, 17)
    assert max(map(len, lines)) <= 17
    assert " ".join(lines).split() == text.split()


def test_a_number_and_its_sign_and_what_is_whole_are_never_parted():
    for width in range(10, 40):
        assert any("12.3 %" in line for line in wrapped("it is 12.3 % of all that there is", width))
        assert any("(1 to 2)" in line for line in wrapped(f"between {whole('(1 to 2)')} of it", width))


def test_chinese_breaks_between_characters_and_never_before_punctuation():
    text = "资金池在这些路径上有损失，由其收入弥补；没有（任何）例外。"
    for width in range(8, 40):
        lines = wrapped(text, width)
        assert "".join(lines) == text
        assert max(map(cell_len, lines)) <= width
        assert not any(line[0] in "，；。）" or line[-1] == "（" for line in lines)


def test_two_spaces_stay_two():
    assert wrapped("[1] this  [2] that", 40) == ["[1] this  [2] that"]


def test_what_stands_beside_a_word_is_indented_by_columns():
    assert beside_word("谁", "text", 40) == ["谁     text"]
    assert beside_word("who", "a b", 9) == ["who    a", "       b"]


def test_padding_counts_columns():
    assert cell_len(padded("资金", 10)) == 10
