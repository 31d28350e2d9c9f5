import simple_websocket


class Client(simple_websocket.Client):  # type: ignore[misc]  # it has no types
    """A browser's side of a socket. Unlike the library's it reads what comes in one piece with the
    answer to the handshake, such as a server's word why it closes at once.
    """

    def _thread(self) -> None:
        self.connected = self._handle_events()
        super()._thread()
