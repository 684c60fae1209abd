"""A guess at what the columns of an unknown table hold, for the message that asks for them.

A column is guessed by its name, in the languages of the catalogues, and by the first cells in it. Nothing is read by a
guess: it is only shown.
"""

import re
from collections.abc import Iterable, Mapping
from itertools import islice

from invoicecore.importer.files.row import FileRows, Row
from invoicecore.importer.inference import cells
from invoicecore.importer.inference.conventions import Numbers
from invoicecore.importer.inference.dates import date_of, stamp_of, time_of
from invoicecore.importer.inference.words import folded
from invoicecore.importer.options import DateOrder
from invoicecore.importer.timesheet import MissingOption, UnreadableFile

_LOOKED_AT = 20
_MOST_SHOWN = 40
_WORDS = {
    "person": "user username person name employee staff worker who member owner assignee resource consultant "
    "mitarbeiter benutzer bearbeiter wer empleado usuario persona quién utilisateur employé collaborateur salarié "
    "qui nom dipendente utente collaboratore chi nome medewerker gebruiker wie naam funcionário colaborador usuário "
    "utilizador quem 担当者 ユーザー 氏名 名前 社員 الموظف المستخدم الاسم",
    "email": "email mail e-mail courriel correo メール البريد",
    "client": "client customer company kunde kundin auftraggeber cliente klant クライアント 顧客 取引先 العميل الزبون",
    "project": "project job order matter category projekt auftrag proyecto projet progetto projeto "
    "プロジェクト 案件 المشروع",
    "task": "task activity aufgabe tätigkeit tarea actividad tâche activité attività taak activiteit tarefa "
    "タスク 作業 المهمة",
    "note": "description note notes comment comments memo beschreibung bemerkung notiz kommentar descripción nota "
    "commentaire descrizione omschrijving opmerking descrição 内容 備考 メモ الوصف",
    "billable": "billable abrechenbar facturable fatturabile factureerbaar declarabel faturável 請求可能",
    "day": "date day datum tag fecha día jour data giorno dag dia 日付 年月日 التاريخ اليوم",
    "start": "start started begin beginning from beginn anfang von inicio desde début inizio dalle da begin van início "
    "開始 開始時刻 من البداية",
    "end": "end ended finish stop to until ende bis fin hasta fine alle a einde tot eind fim até 終了 "
    "終了時刻 إلى النهاية",
    "hours": "hours hour hrs duration time spent worked total stunden std dauer zeit arbeitszeit horas duración tiempo "
    "heures durée temps ore durata tempo uren duur tijd duração 時間 稼働時間 المدة الساعات",
    "minutes": "minutes minute mins min minuten minutos minuti minuut 分",
    "seconds": "seconds second secs sec sekunden segundos secondes secondi seconden 秒",
    "rate": "rate price hourlyrate satz stundensatz tarif tarifa taux tariffa uurtarief taxa 単価 السعر",
    "currency": "currency währung moneda divisa devise valuta moeda 通貨 العملة",
}
_FIELDS = {folded(word): field for field, words in _WORDS.items() for word in words.split()}


def asked(option: str, table: FileRows, reason: str, fields: Iterable[str]) -> MissingOption:
    """The error that asks for `option`, with the columns of the file, the fields there are, and a guess at them."""
    guess = guessed(table)
    shown = [column for column in table.header if column][:_MOST_SHOWN]
    columns = f"The columns of the file are: {', '.join(shown)}." if shown else "The file has no columns."
    such_as = ", ".join(f"{field}={column}" for field, column in guess.items())
    such = f", such as {such_as}" if guess else ""
    say = f"Say with columns what they hold{such}. The fields are: {', '.join(fields)}."
    return MissingOption(option, 1, None, f"{reason} {columns} {say}", suggestion=guess)


def guessed(table: FileRows) -> Mapping[str, str]:
    """The column of each field, as far as names and cells suggest one."""
    rows = [row for row in islice(_readable(table), _LOOKED_AT) if isinstance(row, Row)]
    found: dict[str, str] = {}
    for column in table.header:
        cell = next((cell for row in rows if (cell := row.cell(column))), "")
        field = _by_cell(_by_name(column), cell)
        if field is not None and table.header.count(column) == 1:
            found.setdefault(field, column)
    if {"start", "end"} & found.keys():
        found = {field: column for field, column in found.items() if field not in {"day", "start_time", "end_time"}}
    lengths = [field for field in ("duration", "hours", "minutes", "seconds") if field in found]
    return {field: column for field, column in found.items() if field not in lengths[1:]}


def _readable(table: FileRows) -> Iterable[Row | UnreadableFile]:
    """The rows up to where the file cannot be read on."""
    try:
        yield from table
    except UnreadableFile:
        return


def _by_name(column: str) -> str | None:
    """The field of which a column has the name, as a whole or in one of its words."""
    words = [folded(column), *map(folded, re.findall(r"[^\W\d_]+", column))]
    found = [_FIELDS[word] for word in words if word in _FIELDS]
    return next(iter([*(it for it in found if it in {"start", "end", "rate", "minutes", "seconds"}), *found]), None)


def _by_cell(field: str | None, cell: str) -> str | None:
    """The field of that kind which holds such a cell; None if none does."""
    match field:
        case "start" | "end" | "day":
            return _moment(field, cell)
        case "hours" | "minutes" | "seconds":
            if field == "hours" and cells.is_duration(cell):
                return "duration"
            return field if _is_number(cell) else None
        case "rate":
            return field if _is_number(cell) else None
    return field


def _moment(field: str, cell: str) -> str | None:
    for order in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST):
        try:
            if stamp_of(cell, order) is not None:
                return "start" if field == "day" else field
            if date_of(cell, order) is not None:
                return None if field == "end" else "day"
            return f"{field}_time" if field != "day" and time_of(cell) is not None else None
        except ValueError:
            continue
    return None


def _is_number(cell: str) -> bool:
    row = Row(1, {"": cell})
    for mark in (".", ","):
        try:
            return Numbers(mark).of(row, "") is not None
        except UnreadableFile:
            continue
    return False
