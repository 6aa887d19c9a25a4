{% import "auth/" ~ cookiecutter.auth ~ ".jinja" as auth with context %}
{% import "direction/" ~ cookiecutter.direction ~ ".jinja" as direction with context %}
"""{{ cookiecutter.vendor }}: {{ direction.headline }}."""

{{ direction.modules }}from decimal import Decimal
from typing import Annotated

from connector_sdk import (
{% for name in (["Config", "Connector", "HttpUrl", "Key", "Personal", "RateLimit", "Record", "Register", "ThrottledError", "VendorErrors"] + auth.imports + direction.imports) | sort(case_sensitive=true) %}
    {{ name }},
{% endfor %}
    hookimpl,
)


class {{ cookiecutter.__class }}Config(Config):
    base_url: HttpUrl
    """Where the API of {{ cookiecutter.vendor }} begins."""{{ auth.settings }}{{ direction.records }}


class {{ cookiecutter.__class }}(Connector[{{ cookiecutter.__class }}Config]):
    """{{ cookiecutter.vendor }}: {{ direction.headline }}."""

    name, vendor, api_versions = "{{ cookiecutter.name }}", "{{ cookiecutter.vendor }}", ("v1",)
    simulator = "{{ cookiecutter.__package }}.simulator:{{ cookiecutter.__class }}Simulator"{{ auth.capabilities }}
    rate_limit = RateLimit(100, per=60)
    errors = VendorErrors(code="error.code", classes={"RATE_LIMITED": ThrottledError}){{ direction.collections }}{{ auth.method }}


@hookimpl
def connector_register(register: Register) -> None:
    register({{ cookiecutter.__class }})
