"""URL -> host -> registrable domain, offline: the public suffix list is the one that tldextract ships."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from tldextract import TLDExtract

_HOSTNAME = re.compile(r"[\w-]+(\.[\w-]+)+\.?")  # what may stand without a scheme in front of it


def host(url: str) -> str | None:
    """The host of a URL in lower case and ASCII, without user, port and final dot; None when there is none.

    `example.org/page` without a scheme counts, `mailto:someone@example.org` and free text do not.
    """
    url = url.strip()
    try:
        if "://" not in url and not url.startswith("//"):
            if not _HOSTNAME.fullmatch(re.split(r"[/?#:]", url, maxsplit=1)[0]):
                return None
            url = f"//{url}"
        name = _ascii((urlsplit(url).hostname or "").rstrip("."))
    except ValueError:  # `http://[oops`
        return None
    if not name or re.search(r"[\s\x00-\x1f<>\"'`]", name):
        return None
    return name


@lru_cache(maxsize=1 << 16)
def registrable(name: str, private_suffixes: bool = False) -> str:
    """The registrable domain of a host: `www.bbc.co.uk` -> `bbc.co.uk`. IP addresses and odd hosts stay as they are.

    `private_suffixes`: a suffix that a company runs counts like a public one, so `alice.github.io` is a domain.
    """
    try:
        return str(ip_address(name))
    except ValueError:
        return _extractor(private_suffixes)(name).top_domain_under_public_suffix or name


@cache
def _extractor(private_suffixes: bool) -> TLDExtract:
    # no list to fetch, no cache to write: the same answer on every machine, also without network
    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=private_suffixes)


def _ascii(name: str) -> str:
    """One spelling of an international name: `münchen.de` and `xn--mnchen-3ya.de` are the same host."""
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return name
