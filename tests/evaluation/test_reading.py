from pitchbar.evaluation.reading import Piece, pieces_of


def test_text_is_cut_at_its_citations_and_code() -> None:
    pieces = pieces_of("Set `A_B` to 1 [2]. Then [x] go.\n[1][3]")
    assert pieces == [
        Piece("Set "),
        Piece("A_B", is_code=True),
        Piece(" to 1"),
        Piece(n=2),
        Piece(". Then [x] go."),
        Piece(n=1),
        Piece(n=3),
    ]
    assert pieces_of("") == []
    assert pieces_of("[1]") == [Piece(n=1)]
    assert pieces_of("a ` b c") == [Piece("a ` b c")]
