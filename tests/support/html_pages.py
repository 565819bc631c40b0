"""What is in an HTML page, read by the standard library's parser, which knows nothing of how it was made."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"br", "hr", "img", "meta"}
LOADING = {"src", "href", "action", "data", "poster", "srcset", "formaction", "background", "ping"}


class Page(HTMLParser):
    """`texts` and `tags` (name, attributes) in their order; fails where an element is closed that is not open."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.texts, self._open = [], [], []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"{tag} has an attribute twice"
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if self._open[-1:] != ["style"]:
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    def loads(self):
        """What the page refers to, but for pictures that it holds itself."""
        values = [a[name] for _, a in self.tags for name in LOADING & a.keys()]
        return [value for value in values if not value.startswith("data:image/jpeg;base64,")]
