"""Which tests prove which requirement: collected from the marks, written into docs/requirements.md.

`python -m tests.house.requirements` brings the table up to date.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import DOCS, parsed, relative, suite

PAGE = DOCS / "requirements.md"
BEGIN = "<!-- table: python -m tests.house.requirements -->\n"
END = "<!-- end of table -->\n"

TITLES = {
    "G1": "no silent loss",
    "G2": "delivery class",
    "G3": "order",
    "G4": "audit",
    "G5": "fencing",
    "P11-10a-1": "21 CFR 11.10(a): only installed files that match their manifest run",
    "P11-10a-2": "21 CFR 11.10(a): altered records are discerned",
    "P11-10a-3": "21 CFR 11.10(a): same input, same output",
    "P11-10b": "21 CFR 11.10(b): complete copies",
    "P11-10c": "21 CFR 11.10(c): records stay retrievable",
    "P11-10d": "21 CFR 11.10(d): limited access",
    "P11-10e-1": "21 CFR 11.10(e): every change yields an event",
    "P11-10e-2": "21 CFR 11.10(e): no write without a durable intent",
    "P11-10e-3": "21 CFR 11.10(e): earlier entries are not obscured",
    "P11-10f": "21 CFR 11.10(f): sequence of steps",
    "P11-10g": "21 CFR 11.10(g): authority checks",
    "P11-10h": "21 CFR 11.10(h): the right source and target",
    "P11-10i": "21 CFR 11.10(i): training",
    "P11-10j": "21 CFR 11.10(j): policies",
    "P11-10k": "21 CFR 11.10(k): controlled documentation",
    "P11-30": "21 CFR 11.30: open systems",
    "P11-50": "21 CFR 11.50: signature manifestation",
    "P11-70": "21 CFR 11.70: signatures linked to records",
    "P11-100a": "21 CFR 11.100(a): unique signers",
    "P11-100b": "21 CFR 11.100(b): verified identity",
    "P11-100c": "21 CFR 11.100(c): letter to the agency",
    "P11-200a1": "21 CFR 11.200(a)(1): two components",
    "P11-200a1i": "21 CFR 11.200(a)(1)(i)(ii): series of signings",
    "P11-200a3": "21 CFR 11.200(a)(2)(3): genuine owners",
    "P11-200b": "21 CFR 11.200(b): biometrics",
    "P11-300": "21 CFR 11.300: passwords",
    "A11-1": "EU Annex 11 §1: risk",
    "A11-3": "EU Annex 11 §3: suppliers",
    "A11-4.3": "EU Annex 11 §4.3: inventory and data flows",
    "A11-4.4": "EU Annex 11 §4.4: traceability",
    "A11-4.7": "EU Annex 11 §4.7: limits and error handling",
    "A11-4.8": "EU Annex 11 §4.8: values and meaning are not altered",
    "A11-5": "EU Annex 11 §5: checks on exchanged data",
    "A11-6": "EU Annex 11 §6: accuracy",
    "A11-7": "EU Annex 11 §7: storage and backup",
    "A11-8.2": "EU Annex 11 §8.2: printouts show changes",
    "A11-9": "EU Annex 11 §9: reasons for changes",
    "A11-10": "EU Annex 11 §10: configuration",
    "A11-11": "EU Annex 11 §11: periodic evaluation",
    "A11-12.4": "EU Annex 11 §12.4: operators' identity",
    "A11-13": "EU Annex 11 §13: incidents",
    "A11-14": "EU Annex 11 §14: electronic signatures",
    "A11-16": "EU Annex 11 §16: continuity",
    "A11-17": "EU Annex 11 §17: archiving",
    "D11-12.2": "draft Annex 11 (2025) §12.2: who, what, when, why",
    "D11-12.3": "draft Annex 11 (2025) §12.3: the trail is locked on",
    "D11-12.4": "draft Annex 11 (2025) §12.4: the trail can be searched",
    "D11-12.6/7/8": "draft Annex 11 (2025) §12.6–8: review of the trail",
    "D11-10.2": "draft Annex 11 (2025) §10.2: transfer by validated interface",
    "D11-10.4": "draft Annex 11 (2025) §10.4: encryption",
    "D11-11": "draft Annex 11 (2025) §11: identity and access",
    "D11-13": "draft Annex 11 (2025) §13: electronic signatures",
    "E6-4.2.1c": "ICH E6(R3) 4.2.1(c): checks at capture",
    "E6-4.2.2a": "ICH E6(R3) 4.2.2(a): what is logged",
    "E6-4.2.2b": "ICH E6(R3) 4.2.2(b): the trail is not disabled",
    "E6-4.2.2c": "ICH E6(R3) 4.2.2(c): interpretable",
    "E6-4.2.2d": "ICH E6(R3) 4.2.2(d): unambiguous time",
    "E6-4.2.5": "ICH E6(R3) 4.2.5: transferred data are reconciled",
    "E6-4.1": "ICH E6(R3) 4.1: blinding",
    "E6-4.3.4": "ICH E6(R3) 4.3.4: risk-based validation",
    "EMA-2": "EMA computerised systems: traceable",
    "GDPR-5/25": "GDPR 5, 25: minimisation",
    "GDPR-17": "GDPR 17: erasure",
    "GDPR-30/32": "GDPR 30, 32: register and security",
    "HIP-312b": "45 CFR 164.312(b): audit controls",
    "HIP-312c": "45 CFR 164.312(c)(2): authenticity",
    "HIP-312e": "45 CFR 164.312(e): transmission",
    "HIP-316": "45 CFR 164.316: retention",
    "CSA-1": "FDA CSA: record of assurance",
    "CSA-2": "FDA CSA: electronic evidence",
    "NS-1": "every record balances, or the run fails",
    "NS-2": "no success without acknowledgement and readback",
    "NS-3": "evidence comes from the run itself",
}
"""Every id that a mark may name, in the table's order, with what it asks in a few words."""


def marks() -> Iterator[tuple[str, str]]:
    """Yield id and file for every `req` mark of a test, a class or a module."""
    for path in suite():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.req"):
                for argument in node.args:
                    assert isinstance(argument, ast.Constant), (
                        f"{relative(path)}:{node.lineno}: write ids out"
                    )
                    yield str(argument.value), relative(path)


def table() -> str:
    """Return the table as it should stand on the page."""
    found: dict[str, set[str]] = {}
    for identifier, file in marks():
        found.setdefault(identifier, set()).add(file)
    lines = ["| requirement | asks | tests |", "|---|---|---|"]
    for identifier in sorted(found, key=list(TITLES).index):
        files = ", ".join(f"[{Path(file).name}](../{file})" for file in sorted(found[identifier]))
        lines.append(f"| `{identifier}` | {TITLES[identifier]} | {files} |")
    return "\n".join(lines) + "\n"


def update() -> None:
    """Put the table into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    update()
