"""Environments: found by name, read strictly, laid over what a pipeline says of its connections."""

from pathlib import Path

import pytest

from connector_sdk.documents import DocumentError
from connector_sdk.errors import ConfigurationError
from connector_sdk.http.policy import Timeouts
from connector_sdk.pipeline.assembly import assemble, partition_of
from connector_sdk.pipeline.bundle import bundle_digest
from connector_sdk.pipeline.definition import Pipeline, PipelineDefinition, load_pipeline
from connector_sdk.pipeline.destination import digest_of
from connector_sdk.pipeline.environment import PIPELINES_OWN, EnvironmentDefinition

PIPELINE = """\
format: 1
pipeline: visits
source: {connector: files, stream: visits, config: {path: visits.jsonl, primary_key: [id]}}
destination:
  connector: sql
  sink: visits
  config: {url: "sqlite:///visits.db"}
"""


def write(folder: Path, environment: str = "", name: str = "uat", pipeline: str = PIPELINE) -> Path:
    (folder / "environments").mkdir(exist_ok=True)
    (folder / "pipeline.yaml").write_text(pipeline)
    if environment:
        (folder / "environments" / f"{name}.yaml").write_text(environment)
    return folder / "pipeline.yaml"


def found_in(folder: Path, environment: str, pipeline: str = PIPELINE) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        assemble(load_pipeline(write(folder, environment, pipeline=pipeline), "uat"))
    return caught.value


def test_only_dev_needs_no_document(tmp_path: Path) -> None:
    path = write(tmp_path, "gxp: false\n")
    assert load_pipeline(path).environment.name == "dev"
    with pytest.raises(ConfigurationError) as caught:
        load_pipeline(path, "prod")
    assert caught.value.code == "environment-unknown"
    assert "there are: dev, uat;" in caught.value.hint


@pytest.mark.parametrize("name", ["UAT", "../environments/uat", "uat.yaml", "", "."])
def test_a_name_is_that_of_the_document_and_no_other_way_to_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_pipeline(write(tmp_path, "gxp: false\n"), name)
    assert caught.value.code == "environment-unknown"


def test_connections_are_laid_over_key_by_key_and_the_rest_stays(tmp_path: Path) -> None:
    settled = load_pipeline(write(tmp_path, "connections: {files: {path: uat.jsonl}}\n"), "uat")
    assert settled.settled.value["source"]["config"] == {"path": "uat.jsonl", "primary_key": ["id"]}
    assert settled.document.value["source"]["config"]["path"] == "visits.jsonl"
    made = assemble(settled)
    assert made.source.config.path == tmp_path / "environments" / "uat.jsonl"
    assert made.source.config.primary_key == ("id",)
    assert made.destination.config.path == tmp_path / "visits.db"
    made.close()


def test_paths_and_references_start_from_the_document_they_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UAT_FILE", "by-reference.jsonl")
    path = write(
        tmp_path,
        'connections:\n  files: {path: "${env:UAT_FILE}"}\n  sql: {url: "${file:url.txt}"}\nledger: led.db\n',
    )
    (tmp_path / "url.txt").write_text("sqlite:///wrong.db")
    (tmp_path / "environments" / "url.txt").write_text("sqlite:///right.db\n")
    pipeline = load_pipeline(path, "uat")
    assert pipeline.ledger == tmp_path / "environments" / "led.db"
    made = assemble(pipeline)
    assert made.source.config.path == tmp_path / "environments" / "by-reference.jsonl"
    assert made.destination.config.path == tmp_path / "environments" / "right.db"
    made.close()


def test_a_config_may_stand_in_the_environment_alone(tmp_path: Path) -> None:
    bare = PIPELINE.replace('  config: {url: "sqlite:///visits.db"}\n', "")
    path = write(tmp_path, 'connections: {sql: {url: "sqlite:///x.db"}}\n', pipeline=bare)
    made = assemble(load_pipeline(path, "uat"))
    assert made.destination.config.path == tmp_path / "environments" / "x.db"
    made.close()


def test_a_connection_of_another_name_is_the_one_meant(tmp_path: Path) -> None:
    named = PIPELINE.replace("connector: sql\n", "connector: sql\n  connection: warehouse\n")
    path = write(tmp_path, 'connections: {warehouse: {url: "sqlite:///w.db"}}\n', pipeline=named)
    assert load_pipeline(path, "uat").settled.value["destination"]["config"] == {"url": "sqlite:///w.db"}


@pytest.mark.parametrize(
    ("environment", "code", "line"),
    [
        ("connections:\n  files:\n    pth: x.jsonl\n", "unknown-key", 3),
        ("connections:\n  files: {path: 1}\n", "wrong-type", 2),
        ("connections:\n  sql:\n    url: [x]\n", "wrong-type", 3),  # a secret, hence masked
        (
            'gxp: false\nconnections:\n  files: {path: "${env:NOT_SET_ANYWHERE}"}\n',
            "reference-env-missing",
            3,
        ),
        ("gxp: yes\n", "yaml-ambiguous-scalar", 1),
        ("gxp: 1\n", "wrong-type", 1),
        ("connections:\n  sql:\n", "wrong-type", 2),
        ("identity: {files: {}}\n", "invalid-value", 1),
        ("format: 2\n", "unknown-choice", 1),
        ("http: {timeouts: {connect: 0}}\n", "invalid-value", 1),
    ],
)
def test_findings_point_into_the_environments_document(
    tmp_path: Path, environment: str, code: str, line: int
) -> None:
    (found,) = found_in(tmp_path, environment).diagnostics
    assert (found.code, found.path, found.line) == (code, str(tmp_path / "environments" / "uat.yaml"), line)
    assert found.source_line.replace("***", "x") == environment.splitlines()[line - 1]


def test_findings_in_the_pipeline_point_there_still(tmp_path: Path) -> None:
    text = PIPELINE.replace("primary_key", "primary_kee")
    found = found_in(tmp_path, "connections: {files: {path: 1}}\n", text).diagnostics
    places = {(Path(one.path).name, one.code) for one in found}
    assert places == {("pipeline.yaml", "unknown-key"), ("uat.yaml", "wrong-type")}


def test_a_secret_of_either_document_is_shown_by_neither(tmp_path: Path) -> None:
    pipeline = PIPELINE.replace('{url: "sqlite:///visits.db"}', '{url: "hunter2-in-pipeline", token: x}')
    text = str(
        found_in(tmp_path, "connections: {files: {path: 1}, sql: {url: 'hunter2', sized: 1}}\n", pipeline)
    )
    found = found_in(tmp_path, "connections: {sql: {url: 'hunter2', sized: 1}}\n", pipeline)
    shown = "".join(one.source_line + one.message + one.hint for one in found.diagnostics)
    assert "hunter2" not in shown + text
    assert "sized" in shown


FORBIDDEN = [
    ("mapping: m.yaml", "overlay-forbidden"),
    ("write: {mode: insert}", "overlay-forbidden"),
    ("batch_size: 1", "overlay-forbidden"),
    ("dead_letters: {max_ratio: 1}", "overlay-forbidden"),
    ("expect: {every: 1h}", "overlay-forbidden"),
    ("source: {stream: other}", "overlay-forbidden"),
    ("destination: {sink: other}", "overlay-forbidden"),
    ("flows: []", "overlay-forbidden"),
    ("reconcile: {}", "overlay-forbidden"),
    ("pipeline: other", "overlay-forbidden"),
    ("owner: other", "overlay-forbidden"),
    ("connections: {files: {primary_key: [n]}}", "overlay-forbidden"),
    ("connections: {files: {format: csv}}", "overlay-forbidden"),
    ("connections: {files: {delimiter: ';'}}", "overlay-forbidden"),
    ("connections: {files: {encoding: cp1252}}", "overlay-forbidden"),
    ("connections: {files: {special_missing: 'null'}}", "overlay-forbidden"),
    ("connections: {filez: {path: x}}", "connection-unknown"),
    ("connections: {source: {path: x}}", "connection-unknown"),
    ("identity: {salesforce: {org: x}}", "connection-unknown"),
    ("keys: {}", "key-not-supported"),
    ("limits: {}", "key-not-supported"),
    ("retention: {}", "key-not-supported"),
    ("oidc: {}", "key-not-supported"),
    ("plugins: {}", "key-not-supported"),
    ("conections: {}", "unknown-key"),
    ("name: uat", "unknown-key"),
]


@pytest.mark.req("A11-10")
@pytest.mark.parametrize(("text", "code"), FORBIDDEN, ids=[text for text, _ in FORBIDDEN])
def test_what_an_environment_may_not_do(tmp_path: Path, text: str, code: str) -> None:
    error = found_in(tmp_path, f"format: 1\n{text}\n")
    assert (error.code, error.exit_code) == (code, 2)
    assert [(Path(found.path).name, found.line) for found in error.diagnostics] == [("uat.yaml", 2)]


def test_all_that_is_forbidden_is_told_at_once(tmp_path: Path) -> None:
    found = found_in(tmp_path, "write: {mode: insert}\nmapping: m\ngxp: 1\nxx: 2\n").diagnostics
    assert [one.code for one in found] == [
        "overlay-forbidden",
        "overlay-forbidden",
        "wrong-type",
        "unknown-key",
    ]


def test_every_key_of_a_pipeline_is_its_own_but_the_ledger() -> None:
    keys = PipelineDefinition.model_fields.keys() | PipelineDefinition.later
    assert keys - PIPELINES_OWN == {"format", "ledger"}
    assert not PIPELINES_OWN & EnvironmentDefinition.model_fields.keys()


def test_a_connection_of_another_pipeline_in_the_folder_is_known(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(
        PIPELINE.replace("pipeline: visits", "pipeline: other").replace("connector: sql", "connector: lims")
    )
    path = write(tmp_path, "connections: {lims: {url: x}}\nidentity: {lims: {site: '1'}}\n")
    assert load_pipeline(path, "uat").settled.value["destination"]["config"]["url"] == "sqlite:///visits.db"


TWO_DATABASES = """\
format: 1
pipeline: copy
source: {connector: sql, stream: a, config: {url: "sqlite:///a.db"}}
destination: {connector: sql, sink: b, config: {url: "sqlite:///b.db"}}
"""


def test_settings_for_both_sides_at_once_are_refused_unless_they_are_one(tmp_path: Path) -> None:
    path = write(tmp_path, 'connections: {sql: {url: "sqlite:///c.db"}}\n', pipeline=TWO_DATABASES)
    with pytest.raises(DocumentError) as caught:
        load_pipeline(path, "uat")
    assert caught.value.code == "connection-ambiguous"
    path.write_text(TWO_DATABASES.replace("b.db", "a.db"))
    assert load_pipeline(path, "uat").settled.value["source"]["config"] == {"url": "sqlite:///c.db"}
    path.write_text(TWO_DATABASES.replace("sink: b", "connection: target, sink: b"))
    assert load_pipeline(path, "uat").settled.value["destination"]["config"] == {"url": "sqlite:///b.db"}


def test_a_stream_named_by_a_setting_of_the_environment_needs_a_name_of_its_own(tmp_path: Path) -> None:
    pipeline = PIPELINE.replace("stream: visits, ", "")
    error = found_in(tmp_path, "connections: {files: {path: uat.jsonl}}\n", pipeline)
    assert (error.code, Path(error.diagnostics[0].path).name) == ("stream-not-named", "pipeline.yaml")
    assert load_pipeline(write(tmp_path, "gxp: false\n", pipeline=pipeline), "uat")


def test_ledger_and_partition_follow_the_environment(tmp_path: Path) -> None:
    own = PIPELINE + "ledger: own.db\n"
    path = write(tmp_path, "gxp: false\n", pipeline=own)
    dev, uat = load_pipeline(path), load_pipeline(path, "uat")
    assert (dev.ledger, uat.ledger) == (tmp_path / "own.db", tmp_path / ".connector-sdk" / "ledger.db")
    assert [str(partition_of(one)) for one in (dev, uat)] == ["dev/visits/main/all", "uat/visits/main/all"]
    write(tmp_path, "ledger: sqlite:///uat.db\n", pipeline=own)
    assert load_pipeline(path, "uat").ledger == tmp_path / "environments" / "uat.db"


def test_dev_may_have_a_document_as_well(tmp_path: Path) -> None:
    path = write(tmp_path, "ledger: dev.db\n", "dev", PIPELINE + "ledger: own.db\n")
    assert load_pipeline(path).ledger == tmp_path / "environments" / "dev.db"


def test_the_network_is_the_environments(tmp_path: Path) -> None:
    path = write(
        tmp_path, 'http: {proxy: "http://u:p@proxy:3128", ca_bundle: ca.pem, timeouts: {read: 90}}\n'
    )
    found = load_pipeline(path, "uat").environment.http
    assert found.proxy is not None
    assert found.proxy.reveal() == "http://u:p@proxy:3128"
    assert found.ca_bundle == tmp_path / "environments" / "ca.pem"
    assert (found.timeouts.read, found.timeouts.connect) == (90.0, Timeouts().connect)


def _both(folder: Path, environment: str) -> tuple[Pipeline, Pipeline]:
    path = write(folder, environment)
    return load_pipeline(path), load_pipeline(path, "uat")


@pytest.mark.req("P11-10k")
def test_the_bundle_is_the_same_everywhere_and_the_environments_digest_is_not(tmp_path: Path) -> None:
    dev, uat = _both(tmp_path, "connections: {files: {path: uat.jsonl}}\nledger: x.db\n")
    assert bundle_digest(dev, "visits") == bundle_digest(uat, "visits")
    assert dev.environment.digest != uat.environment.digest
    again = load_pipeline(
        write(tmp_path, "# moved\nledger: x.db\nconnections:\n  files: {path: uat.jsonl}\n"), "uat"
    )
    assert again.environment.digest == uat.environment.digest
    other = load_pipeline(write(tmp_path, "connections: {files: {path: uat.jsonl}}\nledger: y.db\n"), "uat")
    assert other.environment.digest != uat.environment.digest


def test_a_destination_is_told_apart_by_where_its_settings_stand(tmp_path: Path) -> None:
    dev, same = _both(tmp_path, "gxp: false\n")
    assert digest_of(dev, "visits") == digest_of(same, "visits")
    _, moved = _both(tmp_path, 'connections: {sql: {url: "sqlite:///visits.db"}}\n')
    assert digest_of(moved, "visits") != digest_of(dev, "visits")
