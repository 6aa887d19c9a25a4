"""`check`: is a pipeline ready to run?"""

from typing import TYPE_CHECKING

from connector_sdk.cli.answer import Answer, Document, describe, worst
from connector_sdk.cli.options import EnvironmentName, JsonFlag, PipelinePath

if TYPE_CHECKING:
    from connector_sdk.cli.findings import Finding
    from connector_sdk.cli.screen import Screen
    from connector_sdk.pipeline.definition import Pipeline


def check(path: PipelinePath, env: EnvironmentName = "dev", _json: JsonFlag = False) -> Answer:
    """Tell whether a pipeline is ready to run. Moves nothing, creates nothing.

    Looks at the documents, both connectors and who their systems are, the contract, the target and the
    ledger. The exit code is that of the worst finding; warnings do not count.

    \b
    Example:
      connector-sdk check pipeline.yaml --env prod
    """
    from connector_sdk.cli.pipelines import each

    return each(path, env, _check)


def _check(pipeline: "Pipeline") -> Answer:
    from connector_sdk.cli.findings import examine  # SQLAlchemy

    findings = list(examine(pipeline))
    failed = [finding for finding in findings if finding.error is not None]
    exit_code = worst([0, *(finding.exit_code for finding in failed)])
    document: Document = {
        "pipeline": pipeline.definition.pipeline,
        "environment": pipeline.environment.name,
        "ready": not failed,
        "findings": [
            {
                "check": finding.check,
                "state": finding.state,
                "message": finding.message,
                "hint": finding.hint,
                **({"error": describe(finding.error)} if finding.error else {}),
            }
            for finding in findings
        ],
    }
    first = next((finding.error for finding in failed if finding.exit_code == exit_code), None)
    if first is not None:
        document["error"] = describe(first)
    return Answer(document, lambda screen: _show(screen, pipeline, findings), exit_code, first)


def _show(screen: "Screen", pipeline: "Pipeline", findings: "list[Finding]") -> None:
    from connector_sdk.cli.output import tell

    rows = [(finding.state, finding.check, finding.message) for finding in findings]
    screen.table(("state", "check", "finding"), rows, state="state")
    hints = [finding for finding in findings if finding.hint and finding.state != "ok"]
    if hints:
        screen.line()
    for finding in hints:
        screen.line(f"{finding.check}: {finding.hint}")
    if all(finding.state != "fail" for finding in findings):
        screen.line()
        screen.line(f"Ready. Next: connector-sdk run {pipeline.command_line}")
    for finding in findings:
        # A document's findings point at their lines.
        if getattr(finding.error, "diagnostics", None) and finding.error is not None:
            screen.flush()
            tell(finding.error)
