"""Scene 4: a code that nobody foresaw is set aside, decided upon, and moved."""

from connector_sdk.cli.demo.checks import require_same
from connector_sdk.cli.demo.pipelines import LEDGER, MAPPING, PIPELINE, WAREHOUSE, add_code
from connector_sdk.cli.demo.stage import Proof, Stage

TITLE = "A code nobody foresaw"
TITLES = ("Oncologist", "Haematologist", "Cardiologist", "Haematologist", "Pharmacist")
CODE = "HAEM"
BAD = TITLES.count("Haematologist")
STOPPED = 65
ACTOR = "qa.lead"
REASON = "code agreed with medical affairs"
OPEN = "SELECT count(*) FROM dead_letter WHERE state = 'open'"
ARRIVED = f"SELECT count(*) FROM hcp WHERE profession = '{CODE}'"  # noqa: S608 - our code
MOVED = f"SELECT count(*) FROM dead_letter WHERE state = 'redriven' AND actor = '{ACTOR}'"  # noqa: S608 - our name


def play(stage: Stage) -> Proof:
    """Move contacts of which two have an unknown title; correct the mapping; redrive."""
    stage.org.create({"LastName": f"Ferrán {number}", "Title": title} for number, title in enumerate(TITLES))
    stage.say(
        f"{len(TITLES)} new contacts, {BAD} of them with a title that the code list does not have. Nothing "
        f"is guessed: these are set aside, encrypted, the other {len(TITLES) - BAD} are written, and the run "
        "ends with 65, a data stop."
    )
    stage.narrator.blank()
    stopped = stage.call("run", PIPELINE, expect=STOPPED)
    stage.narrator.quote(stopped["error"]["message"])
    listed = stage.call("dead-letters", "list", PIPELINE)["dead_letters"]
    stage.narrator.rows([(f"record {each['origin']:,}", each["code"], each["message"]) for each in listed])
    stage.narrator.blank()
    aside = stage.figure("set aside, open", LEDGER, OPEN)
    written = stage.measured("written nevertheless", "run --json", "applied", stopped["applied"])
    stage.expect(aside == BAD, f"{aside} records are set aside, not {BAD}")
    stage.expect(written == len(TITLES) - BAD, f"{written} records were written")
    stage.narrator.blank()
    stage.say(
        f"The code list gets the code that was agreed (Haematologist = {CODE}, version 1.1.0 of {MAPPING}), "
        "and the same records are moved once more: by name, with a reason, on record."
    )
    stage.narrator.blank()
    add_code(stage.folder, "Haematologist", CODE)
    stage.call("dead-letters", "redrive", PIPELINE, "--actor", ACTOR, "--reason", REASON)
    stage.call("run", PIPELINE)
    stage.narrator.blank()
    moved = stage.figure(f"moved by {ACTOR}", LEDGER, MOVED)
    arrived = stage.figure(f"rows with the code {CODE}", WAREHOUSE, ARRIVED)
    stage.expect(moved == arrived == BAD, f"{moved} were moved, {arrived} arrived, not {BAD}")
    require_same(stage)
    return Proof("set aside, decided upon, moved", f"{aside} of {len(TITLES)}")
