#!/usr/bin/env python3
"""Makes the old .xls that CASME comes with from the rows that `mexbench synth --layout casme` writes as csv.

What a spreadsheet program would take for a number becomes one. Needs xlwt (Debian: python3-xlwt).

usage: to_xls.py CASME-coded-20190721.csv CASME-coded-20190721.xls
"""

import csv
import sys

import xlwt


def main() -> None:
    source, target = sys.argv[1:]
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    with open(source, encoding="utf-8", newline="") as lines:
        for row, fields in enumerate(csv.reader(lines)):
            for column, field in enumerate(fields):
                if field:
                    sheet.write(row, column, int(field) if field.isdigit() else field)
    book.save(target)


main()
