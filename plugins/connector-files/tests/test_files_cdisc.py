"""Real SDTM tabulations, value by value against an independent reader."""

import pytest


@pytest.mark.req("G1")
@pytest.mark.parametrize(("name", "count"), [("dm", 306), ("ae", 1191), ("ex", 591), ("ds", 596)])
def test_every_value_equals_what_pyreadstat_reads(cdisc, records, name, count):
    pyreadstat = pytest.importorskip("pyreadstat")
    table, meta = pyreadstat.read_xport(
        cdisc / f"{name}.xpt", output_format="dict", disable_datetime_conversion=True
    )
    read = records(cdisc / f"{name}.xpt")
    assert len(read) == count == meta.number_rows
    assert [list(record) for record in read] == [list(table)] * count
    for variable, values in table.items():
        assert [record[variable] for record in read] == list(values)
