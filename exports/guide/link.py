"""A web address as a QR code."""

from __future__ import annotations

import io

import segno


def qr_svg(link: str) -> str:
    """The QR code of a web address as an SVG drawing. Raises ValueError where it is no http or https address."""
    if not link.startswith(("https://", "http://")):
        raise ValueError(f"`{link}` is no web address: it begins with neither https:// nor http://")
    drawing = io.BytesIO()
    code = segno.make(link, error="m", micro=False)
    code.save(drawing, kind="svg", border=2, xmldecl=False, omitsize=True, dark="#111", light="#fff", nl=False)
    return drawing.getvalue().decode("utf-8")
