"""The envelope of a sealed copy: what WebCrypto opens in any browser, and nobody alters unseen."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import zlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.errors import SealError
from workbench.sealing.words import normal_words

FORMAT = "1"
ITERATIONS = 600_000
N_SALT, N_NONCE, N_KEY = 32, 12, 32
DAMAGED = "This sealed copy is damaged: a byte of it has changed. Ask the sender for a new copy."
WRONG_WORDS = ("These words do not open this sealed copy. Check each word and their order; "
               "each copy has words of its own.")


def seal_text(text: str, passphrase: str, bound: str) -> str:
    """Return ``text`` sealed: format, salt, wrapped key, content and digest, parted by dots.

    The content is deflated and encrypted by AES-256-GCM with a key of its own, which is
    wrapped by a key made from the passphrase (PBKDF2-SHA-256). ``bound`` is what the reader
    sees around it, the version among it: a change there is refused as well.
    """
    salt, key = os.urandom(N_SALT), os.urandom(N_KEY)
    head = f"{FORMAT}.{_letters(salt)}"
    around = _associated(head, bound)
    wrapped = _encrypt(passphrase_key(normal_words(passphrase), salt), key, around)
    content = _encrypt(key, zlib.compress(text.encode(), 9), around)
    main = f"{head}.{_letters(wrapped)}.{_letters(content)}"
    return f"{main}.{envelope_digest(main, bound)}"


def open_text(sealed: str, passphrase: str, bound: str) -> str:
    """Return the sealed text; SealError where a byte has changed or the words are others."""
    main, _, digest = sealed.rpartition(".")
    if not hmac.compare_digest(digest.encode(), envelope_digest(main, bound).encode()):
        raise SealError(DAMAGED)
    try:
        form, *parts = main.split(".")
        salt, wrapped, content = (base64.b64decode(part, validate=True) for part in parts)
    except (ValueError, binascii.Error):
        raise SealError(DAMAGED) from None
    around = _associated(f"{form}.{parts[0]}", bound)
    key = _decrypt(passphrase_key(normal_words(passphrase), salt), wrapped, around, WRONG_WORDS)
    return zlib.decompress(_decrypt(key, content, around, DAMAGED)).decode()


def envelope_digest(main: str, bound: str) -> str:
    """Return the digest that tells damage from wrong words; it keeps no forger out."""
    return _letters(hashlib.sha256(f"{main}\n{bound}".encode()).digest())


@lru_cache(maxsize=4)
def passphrase_key(passphrase: str, salt: bytes) -> bytes:
    """Return the key that a passphrase, as ``normal_words`` spells it, makes with a salt."""
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, ITERATIONS, N_KEY)


def _associated(head: str, bound: str) -> bytes:
    return f"{head}\n{bound}".encode()


def _encrypt(key: bytes, content: bytes, around: bytes) -> bytes:
    nonce = os.urandom(N_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, around)


def _decrypt(key: bytes, content: bytes, around: bytes, refusal: str) -> bytes:
    try:
        return AESGCM(key).decrypt(content[:N_NONCE], content[N_NONCE:], around)
    except (InvalidTag, ValueError):
        raise SealError(refusal) from None


def _letters(content: bytes) -> str:
    return base64.b64encode(content).decode()
