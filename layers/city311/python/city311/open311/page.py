"""The page a person finds at the address of the endpoint: no script, one style, plain words."""

import base64
import hashlib
from html import escape

from city311.domain.catalogue import City
from city311.open311.discovery import SPECIFICATION, Place, endpoints, keys

CONTENT_TYPE = "text/html; charset=utf-8"
_STYLE = """\
:root{color-scheme:light dark;background:Canvas;color:CanvasText}
body{font:1.0625rem/1.6 system-ui,sans-serif;margin:0 auto;max-width:44rem;padding:2rem 1.25rem}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1.25rem;margin:2.25rem 0 .5rem}
code{font-size:.9375em;overflow-wrap:anywhere}
a{text-underline-offset:.2em}
a:focus-visible{outline:.1875rem solid;outline-offset:.1875rem}
dt{font-weight:600;margin-top:.75rem}
dd{margin:0}
ul{padding-left:1.25rem}
"""
_READS = (
    ("discovery", "where and how this endpoint is used"),
    ("services", "what can be reported"),
    ("requests", "what was reported in the last 90 days"),
)


def policy() -> str:
    """The page's own Content-Security-Policy: nothing but the one style, known by its hash."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    closed = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return f"default-src 'none'; style-src 'sha256-{digest}'; {closed}"


def page(city: City, place: Place, language: str | None) -> str:
    """The page. It says in words what discovery says to programs."""
    name, spoken = escape(city.name), escape(language or city.language)
    contact = escape(city.say(city.contact, language))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Open311 in {name}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>Open311 in {name}</h1>
<p>This is the address where programs report problems to the city and read what became of them, by
the open standard <a href="{SPECIFICATION}">GeoReport v2</a>.
To report something yourself, go to <a href="/">the city's own page</a>.</p>
<h2>Endpoints</h2>
<dl>
{_endpoints(city, place)}
</dl>
<p>The jurisdiction is <code>{escape(city.jurisdiction_id)}</code>; there is no other here. The list
of services last changed on <time>{escape(city.published_at)}</time>.</p>
<h2>Read it</h2>
<ul>
{_links(place)}
<li>limits and extensions:
<a href="{escape(place.base)}/capabilities.json">capabilities.json</a></li>
</ul>
<h2>Keys</h2>
<p>{escape(keys(city))}</p>
<h2>Contact</h2>
<p lang="{spoken}">{contact}</p>
</main>
</body>
</html>
"""


def _endpoints(city: City, place: Place) -> str:
    return "\n".join(
        f"<dt>{kind}</dt>\n<dd><code>{escape(url)}</code></dd>"
        for kind, url in endpoints(city, place)
    )


def _links(place: Place) -> str:
    base = escape(place.base)
    return "\n".join(
        f'<li>{words}: <a href="{base}/{name}.json">{name}.json</a>, '
        f'<a href="{base}/{name}.xml">{name}.xml</a></li>'
        for name, words in _READS
    )
