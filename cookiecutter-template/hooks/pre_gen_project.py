"""Refuse answers that make no package; `connector-sdk new` says the same, and more."""

import re
import sys

REFUSED = {
    "name": (r"(?=.{1,20}$)[a-z][a-z0-9]*(_[a-z0-9]+)*", "small letters, digits, underscores in between"),
    "vendor": (r"[^\W_][\w .,&()+-]{0,39}(?<! )", "letters, digits, spaces and . , & ( ) + -, 40 at most"),
    "base_url": (
        r"(?=.{1,80}$)(https://[\w.\[]|http://(localhost|127\.0\.0\.1|\[::1\])(?![^:/]))[\w.:/\[\]~%-]*(?<!/)",
        "https://host or https://host/path, without a slash at its end",
    ),
}
GIVEN = {
    "name": "{{ cookiecutter.name }}",
    "vendor": "{{ cookiecutter.vendor }}",
    "base_url": "{{ cookiecutter.base_url }}",
}

for key, (pattern, wanted) in REFUSED.items():
    if not re.fullmatch(pattern, GIVEN[key]):
        sys.exit(f"{key} {GIVEN[key]!r} cannot be used: write {wanted}")
