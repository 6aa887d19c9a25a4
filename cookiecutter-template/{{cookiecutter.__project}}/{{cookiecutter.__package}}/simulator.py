{% import "auth/" ~ cookiecutter.auth ~ ".jinja" as auth with context %}
{% import "direction/" ~ cookiecutter.direction ~ ".jinja" as direction with context %}
"""{{ cookiecutter.vendor }}, simulated on this machine as far as this connector uses it."""

{{ auth.modules }}from collections.abc import {{ auth.abstract | join(", ") }}
{{ direction.simulator_modules }}from typing import Any

from connector_sdk.testing import Request, Response, Route, Simulator, as_json{% for line in auth.constants + direction.constants %}{{ "\n\n" if loop.first else "\n" }}{{ line }}{% endfor %}



def failure(status: int, code: str) -> Response:
    """Answer as {{ cookiecutter.vendor }} does when it refuses."""
    return as_json({"error": {"code": code}}, status)


class {{ cookiecutter.__class }}Simulator(Simulator):
    """{{ direction.simulator_doc }}; the data is invented."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options){{ auth.state }}{{ direction.state }}

    @property
    def config(self) -> dict[str, Any]:
        return {"base_url": self.url{{ auth.shown }}}

    def routes(self) -> Iterable[Route]:
        return [{{ auth.routes }}{{ direction.routes }}
        ]{{ auth.handlers }}{{ direction.handlers }}
