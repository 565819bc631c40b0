"""A browser without a window, where the machine has one."""

from __future__ import annotations

import re
import shutil
import subprocess

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
_FRAME = """<!DOCTYPE html><body><script>
const wide = {widths}, found = [];
const measure = (width) => new Promise(done => {{
  const frame = document.createElement('iframe');
  frame.style.width = width + 'px'; frame.style.height = '900px';
  frame.onload = () => {{
    const page = frame.contentDocument;
    found.push([width, page.documentElement.scrollWidth, page.images.length,
      [...page.images].filter(image => image.naturalWidth > 0).length,
      Math.min(...[...page.querySelectorAll('svg text')].map(text => text.getBoundingClientRect().height))]);
    done();
  }};
  frame.src = {page!r}; document.body.append(frame);
}});
(async () => {{ for (const width of wide) await measure(width);
  document.body.innerHTML = '<pre>' + JSON.stringify(found) + '</pre>'; }})();
</script>"""


def measured(page, widths, folder):
    """Of the page at each width: width, that of its content, its pictures, those that are shown, and the height of the
    smallest text of a drawing, px; and what the browser complained of."""
    outer = folder / "outer.html"
    outer.write_text(_FRAME.format(widths=list(widths), page=page.as_uri()))
    words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom"]
    words += ["--enable-logging=stderr", "--virtual-time-budget=20000", f"--user-data-dir={folder / 'profile'}"]
    done = subprocess.run([BROWSER, *words, outer.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    complaints = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return re.search(r"<pre>(.*)</pre>", done.stdout)[1], complaints
