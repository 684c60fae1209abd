"""Printed pages as answers: HTML for a frame, and PDF."""

import re
from base64 import b64encode
from hashlib import sha256

from fastapi.responses import HTMLResponse, Response

from examples.web.guard import POLICY
from invoicecore.documents import Document


def html_paper(document: Document) -> Response:
    """A printed page for a frame of ours. It brings its own style, which the policy allows by its digest."""
    styles = re.findall(r"<style>(.*?)</style>", document.html, re.DOTALL)
    digests = " ".join(f"'sha256-{b64encode(sha256(it.encode()).digest()).decode()}'" for it in styles)
    policy = POLICY.format(ancestors="'self'").replace("style-src 'self'", f"style-src {digests}")
    return HTMLResponse(document.html, headers={"Content-Security-Policy": policy})


def pdf_paper(document: Document) -> Response:
    """The same page as a file."""
    headers = {"Content-Disposition": f'inline; filename="{document.file_name}.pdf"'}
    return Response(document.pdf(), media_type="application/pdf", headers=headers)
