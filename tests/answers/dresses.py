"""Ways to say a text so that it does not look like it: those of whoever wants a prompt told, and
back again.
"""

import base64
import codecs
from collections.abc import Callable
from urllib.parse import quote

Dress = Callable[[str], str]

_NATO = (
    "alfa bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar "
    "papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu"
).split()
_MORSE = (
    ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- "
    "-..- -.-- --.."
).split()
_LIKE = str.maketrans("aeopcxyi", "аеорсхуі")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_LEET = str.maketrans("aeiost", "431057")


def _letters_as(names: list[str], text: str) -> str:
    return " ".join(names[ord(one) - 97] for one in text.lower() if "a" <= one <= "z")


def _caesar(text: str, by: int) -> str:
    def turned(one: str) -> str:
        if not ("a" <= one.lower() <= "z"):
            return one
        base = 65 if one.isupper() else 97
        return chr((ord(one) - base + by) % 26 + base)

    return "".join(turned(one) for one in text)


def _pig_latin(word: str) -> str:
    return word[1:] + word[0] + "ay"


DRESSES: dict[str, Dress] = {
    "as it is": str,
    "in capitals": str.upper,
    "in base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in base64 of lines": lambda text: base64.encodebytes(text.encode()).decode(),
    "in base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "in base32": lambda text: base64.b32encode(text.encode()).decode(),
    "in hex": lambda text: text.encode().hex(),
    "in hex with spaces": lambda text: text.encode().hex(" "),
    "in escapes": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "in numbers": lambda text: " ".join(str(byte) for byte in text.encode()),
    "in bits": lambda text: " ".join(f"{byte:08b}" for byte in text.encode()),
    "in rot13": lambda text: codecs.encode(text, "rot13"),
    "turned by three letters": lambda text: _caesar(text, 3),
    "from a to z and z to a": lambda text: "".join(
        chr(219 - ord(one)) if "a" <= one <= "z" else one for one in text.lower()
    ),
    "backwards": lambda text: text[::-1],
    "with its words backwards": lambda text: " ".join(word[::-1] for word in text.split()),
    "from the last word to the first": lambda text: " ".join(text.split()[::-1]),
    "with spaces": " ".join,
    "with hyphens": "-".join,
    "with dots": ".".join,
    "with signs that nobody sees": "\u200b".join,
    "with stars": "*".join,
    "a word a line": lambda text: "\n".join(text.split()),
    "a letter a line": lambda text: "\n".join(text.replace(" ", "")),
    "as a list": lambda text: "\n".join(f"- {word}" for word in text.split()),
    "as a table": lambda text: "\n".join(f"| {word} |" for word in text.split()),
    "as code": lambda text: f"```\n{text}\n```",
    "as a quotation": lambda text: "\n".join(f"> {line}" for line in text.splitlines()),
    "as JSON": lambda text: '{"answer": "' + text.replace("\n", "\\n") + '"}',
    "in small words": lambda text: text.replace(" ", "_"),
    "as one word": lambda text: "".join(word.title() for word in text.split()),
    "for an address": quote,
    "in entities": lambda text: "".join(f"&#{ord(one)};" for one in text),
    "in wide letters": lambda text: text.translate(_WIDE),
    "in letters that look alike": lambda text: text.translate(_LIKE),
    "in numbers for letters": lambda text: text.translate(_LEET),
    "without vowels": lambda text: "".join(one for one in text if one not in "aeiou"),
    "in Pig Latin": lambda text: " ".join(_pig_latin(word) for word in text.split()),
    "in words for letters": lambda text: _letters_as(_NATO, text),
    "in Morse code": lambda text: _letters_as(_MORSE, text),
    "with a citation in each line": lambda text: "\n".join(
        f"{line.rstrip('.')} [1]." for line in text.splitlines()
    ),
    "three words a sentence": lambda text: " ".join(
        f"{' '.join(text.split()[at : at + 3])}." for at in range(0, len(text.split()), 3)
    ),
}
