import socket

from pitchbar.core.sockets import WholeSends, is_same_origin

CLOSE = b"\x88\x02\x03\xe8"
TEXT = b"\x81\x02hi"


def test_nothing_is_sent_after_the_close() -> None:
    """Both sides may close at once; a second close frame is an error to browsers."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        whole = WholeSends(ours)
        assert [whole.send(data) for data in (TEXT, CLOSE, CLOSE, TEXT)] == [4, 4, 4, 4]
        assert theirs.recv(100) == TEXT + CLOSE


def test_only_our_own_pages_may_open_a_socket() -> None:
    assert is_same_origin("https://go.example", "go.example")
    assert not is_same_origin("https://go.example.evil.example", "go.example")
    assert not is_same_origin("", "go.example")
