"""One condition's treatment guide, as a page and as a tagged PDF, from one content model.

`content.guide_content` says what stands in a guide; `html.guide_html` and `pdf.guide_pdf` say how it looks.
"""
