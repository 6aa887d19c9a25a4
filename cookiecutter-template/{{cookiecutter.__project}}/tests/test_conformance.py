from connector_sdk.conformance import suite

test_conformance = suite("{{ cookiecutter.name }}", book="conformance/")
