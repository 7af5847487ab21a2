//! Lines below a table that are no rows of data: totals, counts, and the end.

use super::{Plan, RowFault};
use crate::number;
use crate::record::Record;
use domain::field::Field;
use domain::preview::NumberKind;

const TOTAL_LINE: &str = "is a line of totals, not a row of data";
const END_LINE: &str = "is a line below the table, not a row of data";

/// What totals are called. No lender gives ids such as these, so that the rest of the row does not matter.
const TOTALS: [&str; 4] = ["total", "totals", "subtotal", "sum"];

/// What totals and counts are called besides, where the row says nothing else: in English, German, French, Spanish, Italian,
/// Portuguese, Dutch, Czech and Polish.
const TOTALS_ALONE: [&str; 47] = [
    "aantal",
    "anzahl",
    "celkem",
    "celkově",
    "conteggio",
    "count",
    "eindtotaal",
    "endsumme",
    "ensemble",
    "gesamt",
    "gesamtbetrag",
    "gesamtergebnis",
    "gesamtsumme",
    "grand",
    "insgesamt",
    "liczba",
    "mezisoučet",
    "nombre",
    "number",
    "numero",
    "número",
    "ogółem",
    "počet",
    "quantidade",
    "razem",
    "records",
    "rows",
    "soma",
    "som",
    "somma",
    "somme",
    "sous-total",
    "soucet",
    "součet",
    "subtotaal",
    "subtotale",
    "suma",
    "summe",
    "teilsumme",
    "totaal",
    "totais",
    "totale",
    "totales",
    "totaux",
    "zusammen",
    "zwischensumme",
    "łącznie",
];

/// What the end of a report is called, as a first word that others follow or nothing does.
const ENDS: [&str; 12] =
    ["einde", "end", "ende", "eof", "fim", "fin", "fine", "koniec", "konec", "generated", "erstellt", "printed"];

impl RowFault {
    /// Whether the row is none of the table: it stands below it.
    pub fn is_below_table(&self) -> bool {
        self.reason.starts_with(TOTAL_LINE) || self.reason.starts_with(END_LINE)
    }
}

impl Plan {
    /// Refuses a row that begins with `text` as lines below a table do.
    pub(super) fn refuse_closing(&self, record: &Record<'_>, text: &str) -> Result<(), RowFault> {
        // Nearly all ids have a digit or an underscore behind their letters, and end here.
        let Some(word) = first_word(text) else { return Ok(()) };
        let word = word.to_lowercase();
        let is_in = |words: &[&str]| words.contains(&word.as_str());
        if is_in(&TOTALS) || (word == "grand" && text.to_lowercase().starts_with("grand total")) {
            return Err(RowFault::of_row(text, TOTAL_LINE));
        }
        let reason = if is_in(&TOTALS_ALONE) {
            TOTAL_LINE
        } else if is_in(&ENDS) {
            END_LINE
        } else {
            return Ok(());
        };
        if self.says_more(record, text) { Ok(()) } else { Err(RowFault::of_row(text, reason)) }
    }

    /// Whether a row says anything besides `text` that is no number: whose it is, since when, how it stands. Where no column
    /// holds an id, `text` may be any word of the row, and columns that are not used count, too.
    fn says_more(&self, record: &Record<'_>, text: &str) -> bool {
        let is_worded = |place: usize| {
            let mut columns = self.columns.iter().flatten().filter(|column| column.place == place);
            columns.any(|column| NumberKind::of(column.field).is_none())
        };
        let has_id = [Field::LoanId, Field::BorrowerId].into_iter().any(|field| self.column(field).is_some());
        let is_no_number = |cell: &str| number::values(cell) == [None, None];
        (0..record.width()).any(|place| {
            let cell = record.field(place);
            !cell.is_empty() && cell != text && (is_worded(place) || (!has_id && is_no_number(cell)))
        })
    }
}

/// The letters that a text begins with, where no id goes on behind them.
fn first_word(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_alphabetic() && c != '-').unwrap_or(text.len());
    let (word, behind) = text.split_at(end);
    let is_word = word.chars().count() > 2 && !behind.starts_with(|c: char| !matches!(c, ' ' | ':' | '=' | '.' | '('));
    is_word.then_some(word)
}
