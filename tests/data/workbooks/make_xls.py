#!/usr/bin/env python3
"""Writes the .xls workbooks beside this script with xlwt (made with Debian 12's python3-xlwt 1.3.0). Their content is made up.

    coded.xls   a coding table as FreeXL reads it and as it does not: texts, numbers, a formula of each kind, truth values, an error,
                a date; an empty sheet and a hidden one behind it
    long.xls    60 rows whose texts fill more than one SST record, every third in UTF-16, and a sheet that ends in row 65536, column IV

xlwt writes formulas without their values, so the values are put in here.

usage: make_xls.py [FOLDER]
"""

import datetime
import pathlib
import struct
import sys

import xlwt
from xlwt import BIFFRecords, Cell

STRING = 0x0207


class Formula(Cell.FormulaCell):
    """A formula with the value a spreadsheet program would have stored: a number, text, bool or the code of an error in a tuple."""

    __slots__ = ["value"]

    def get_biff_data(self):
        text = b""
        if isinstance(self.value, str):
            result = struct.pack("<BBBBBBH", 0, 0, 0, 0, 0, 0, 0xFFFF)
            body = struct.pack("<HB", len(self.value), 1) + self.value.encode("utf-16-le")
            text = struct.pack("<HH", STRING, len(body)) + body
        elif isinstance(self.value, bool):
            result = struct.pack("<BBBBBBH", 1, 0, self.value, 0, 0, 0, 0xFFFF)
        elif isinstance(self.value, tuple):
            result = struct.pack("<BBBBBBH", 2, 0, self.value[0], 0, 0, 0, 0xFFFF)
        elif self.value is None:  # an empty text
            result = struct.pack("<BBBBBBH", 3, 0, 0, 0, 0, 0, 0xFFFF)
        else:
            result = struct.pack("<d", self.value)
        record = bytearray(BIFFRecords.FormulaRecord(self.rowx, self.colx, self.xf_idx, self.frmla.rpn()).get())
        record[10:18] = result
        return bytes(record) + text


def formula(sheet, row, column, text, value):
    sheet.write(row, column, xlwt.Formula(text))
    cells = sheet.row(row)._Row__cells
    plain = cells[column]
    cell = Formula(plain.rowx, plain.colx, plain.xf_idx, plain.frmla)
    cell.value = value
    cells[column] = cell


def coded():
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("HS")
    for column, name in enumerate(["Subject", "Filename", "Onset", "Offset", "Length", "Emotion", "Sure", "Coded"]):
        sheet.write(2, column, name)
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    rows = [("01", "ne_01", 46, 86, "disgust", True), ("02", "sur_02", 566.4, 600, "\u60ca\u8bb6", False)]
    for row, (subject, name, onset, offset, emotion, sure) in enumerate(rows, start=3):
        sheet.write(row, 0, subject)
        sheet.write(row, 1, name)
        sheet.write(row, 2, onset)
        sheet.write(row, 3, offset)
        formula(sheet, row, 4, f"D{row + 1}-C{row + 1}", float(offset - onset))
        sheet.write(row, 5, emotion)
        sheet.write(row, 6, sure)
        sheet.write(row, 7, datetime.date(2014, 5, 8), day)
    formula(sheet, 6, 0, "B4&\"\"", "ne_01 \u4e2d")
    formula(sheet, 6, 1, "C4>D4", False)
    formula(sheet, 6, 2, "C4/0", (0x07,))
    formula(sheet, 6, 3, "\"\"", None)
    sheet.row(6).set_cell_error(4, "#REF!")
    sheet.write(6, 5, "last")
    sheet.write(9, 3, "", xlwt.easyxf("font: bold on"))  # styled, and nothing in it
    book.add_sheet("Empty")
    hidden = book.add_sheet("Old \u8868")
    hidden.visibility = 1
    hidden.write(0, 1, -1)
    return book


def long():
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Long")
    for row in range(60):
        sheet.write(row, 0, f"clip {row:02d}" + " of a corpus that nobody has" * 6 + " \u8868" * (row % 3 == 0))
        sheet.write(row, 1, row)
    far = book.add_sheet("Far")
    far.write(65535, 255, "end")
    return book


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    coded().save(str(folder / "coded.xls"))
    long().save(str(folder / "long.xls"))


if __name__ == "__main__":
    main()
