//! The fields of one row, each read as its shape asks. What is not known is `None`.

use super::cell::Cell;
use super::column::Column;
use super::{Plan, RowFault};
use crate::record::Record;
use crate::{date, word};
use chrono::NaiveDate;
use domain::field::Field;
use domain::mapping::DateFormat;
use domain::money::Money;
use domain::warning::{Oddity, RowWarning};
use std::collections::BTreeMap;

/// Longer texts of extra columns are cut; the raw row has all of them.
const EXTRA_LENGTH_MAX: usize = 200;

pub(super) struct Row<'a, 'w> {
    pub(super) plan: &'a Plan,
    pub(super) record: &'a Record<'a>,
    /// Of the row among the file's rows, from 1.
    pub(super) number: u64,
    pub(super) warnings: &'w mut Vec<RowWarning>,
}

impl<'a> Row<'a, '_> {
    /// The cell of a field; nothing where no column holds the field, or the cell says nothing.
    pub(super) fn cell(&self, field: Field) -> Option<Cell<'a>> {
        self.cell_of(self.plan.column(field)?)
    }

    /// What its extra columns say.
    pub(super) fn extras(&self) -> BTreeMap<String, String> {
        let cells = self.plan.extras.iter().filter_map(|column| self.cell_of(column));
        cells.map(|cell| (cell.column.name.clone(), cell.text.chars().take(EXTRA_LENGTH_MAX).collect())).collect()
    }

    fn cell_of(&self, column: &'a Column) -> Option<Cell<'a>> {
        let text = self.record.field(column.place);
        if let Some(meaning) = column.meaning(text) {
            return Some(Cell { column, written: text, text: meaning });
        }
        let says_nothing = column.is_missing(text) || (self.plan.blank_is_missing && word::says_nothing(text));
        (!says_nothing).then_some(Cell { column, written: text, text })
    }

    /// Refuses a line below the table, told by what stands in the column of a field, or else in the first one.
    pub(super) fn refuse_closing(&self, field: Field) -> Result<(), RowFault> {
        let first = self.record.field(0);
        let id = self.plan.column(field).map_or(first, |column| self.record.field(column.place));
        self.plan.refuse_closing(self.record, if id.is_empty() { first } else { id })
    }

    pub(super) fn warn(&mut self, oddity: Oddity, cell: &Cell<'_>) {
        let (column, value) = (cell.column.name.clone(), word::shortened(cell.written));
        self.warnings.push(RowWarning { oddity, column, value });
    }

    /// An id as it stands. Nothing where it is blank in a file that may leave it out.
    pub(super) fn id(&mut self, field: Field) -> Result<Option<String>, RowFault> {
        let Some(cell) = self.cell(field) else { return Ok(None) };
        let id = cell.word()?;
        if id.is_empty() {
            return Err(cell.fault("is blank: every loan needs an id here"));
        }
        if is_shortened(id) {
            self.warn(Oddity::ShortenedId, &cell);
        }
        if is_truth(id) {
            self.warn(Oddity::TruthId, &cell);
        }
        let linked = cell.column.linked(id);
        if linked.is_none() {
            self.warn(Oddity::Orphan, &cell);
        }
        Ok(linked.map(str::to_owned))
    }

    /// A word of a category; blank where it is not known.
    pub(super) fn word(&mut self, field: Field) -> Result<String, RowFault> {
        let Some(cell) = self.cell(field) else { return Ok(String::new()) };
        let text = cell.word()?;
        if text.starts_with('=') {
            self.warn(Oddity::FormulaText, &cell);
        }
        Ok(text.to_owned())
    }

    pub(super) fn known_word(&mut self, field: Field) -> Result<Option<String>, RowFault> {
        Ok(Some(self.word(field)?).filter(|word| !word.is_empty()))
    }

    pub(super) fn gender(&mut self) -> Result<Option<String>, RowFault> {
        let is_birth_number = |cell: &Cell<'_>| cell.column.date == DateFormat::BirthNumber;
        match self.cell(Field::Gender).filter(is_birth_number) {
            Some(cell) => {
                let is_woman = date::is_womans_birth_number(cell.text);
                Ok(is_woman.map(|is_woman| if is_woman { "Female" } else { "Male" }.to_owned()))
            }
            None => self.known_word(Field::Gender),
        }
    }

    pub(super) fn amount(&mut self, field: Field) -> Result<Option<Money>, RowFault> {
        let Some(cell) = self.cell(field) else { return Ok(None) };
        let (amount, odd) = cell.amount(self.plan.currency)?;
        if odd.is_range {
            self.warn(Oddity::Range, &cell);
        }
        if odd.is_foreign {
            self.warn(Oddity::OtherCurrency, &cell);
        }
        self.doubt_style(&cell);
        if amount >= Money::ZERO {
            return Ok(Some(amount));
        }
        self.below_zero(&cell, "is negative: amounts are 0 or more").map(|()| Some(Money::ZERO))
    }

    pub(super) fn signed_amount(&mut self, field: Field) -> Result<Option<Money>, RowFault> {
        let Some(cell) = self.cell(field) else { return Ok(None) };
        let (amount, odd) = cell.amount(self.plan.currency)?;
        if odd.is_foreign {
            self.warn(Oddity::OtherCurrency, &cell);
        }
        if odd.is_range {
            return Err(cell.fault("is a range: write the amount that was paid"));
        }
        self.doubt_style(&cell);
        Ok(Some(amount))
    }

    fn doubt_style(&mut self, cell: &Cell<'_>) {
        if cell.may_be_in_other_style() {
            self.warn(Oddity::OtherStyle, cell);
        }
    }

    /// A whole number from 0 to `max`; `3.0`, which some programs write for 3, is one.
    pub(super) fn count(&mut self, field: Field, max: u32) -> Result<Option<u32>, RowFault> {
        let Some(cell) = self.cell(field) else { return Ok(None) };
        let (number, is_range) = cell.number()?;
        let number = if is_range { number.floor() } else { number };
        if is_range {
            self.warn(Oddity::Range, &cell);
        }
        if number < 0.0 {
            return self.below_zero(&cell, "is negative: it must be 0 or more").map(|()| Some(0));
        }
        if number.fract() != 0.0 {
            return Err(cell.fault("is not a whole number"));
        }
        if number > f64::from(max) {
            return Err(cell.fault(format!("is above {max}, which cannot be right")));
        }
        Ok(Some(number as u32))
    }

    pub(super) fn rate(&mut self, field: Field) -> Result<Option<f64>, RowFault> {
        const RATE_MAX: f64 = 1000.0;
        let Some(cell) = self.cell(field) else { return Ok(None) };
        let (number, is_range) = cell.number()?;
        if is_range {
            self.warn(Oddity::Range, &cell);
        }
        if number < 0.0 {
            return self.below_zero(&cell, "is negative: it must be 0 or more").map(|()| Some(0.0));
        }
        if number > RATE_MAX {
            return Err(cell.fault(format!("is above {RATE_MAX} percent a year")));
        }
        if number == 0.0 {
            self.warn(Oddity::NoInterest, &cell);
        }
        // Adding zero turns a negative zero into a plain one.
        Ok(Some(number + 0.0))
    }

    pub(super) fn date(&mut self, field: Field) -> Result<Option<NaiveDate>, RowFault> {
        self.cell(field).map(|cell| cell.date()).transpose()
    }

    /// A value that `read` knows, or whose code the mapping has given.
    pub(super) fn one_of<T>(
        &mut self,
        field: Field,
        read: impl Fn(&str) -> Option<T>,
        choices: &str,
    ) -> Result<Option<T>, RowFault> {
        let Some(cell) = self.cell(field) else { return Ok(None) };
        let found = read(cell.text);
        let is = if cell.text.is_empty() { "is blank" } else { "is not known" };
        found.map(Some).ok_or_else(|| cell.fault(format!("{is}: write {choices}")))
    }

    pub(super) fn yes_no(&mut self, field: Field) -> Result<Option<bool>, RowFault> {
        self.one_of(field, yes_or_no, "Yes or No")
    }

    /// What to do about a number below zero: a fault, unless the mapping takes it as zero.
    fn below_zero(&mut self, cell: &Cell<'_>, reason: &str) -> Result<(), RowFault> {
        if !cell.column.negative_as_zero {
            return Err(cell.fault(reason));
        }
        self.warn(Oddity::NegativeAsZero, cell);
        Ok(())
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    let is = |words: [&str; 5]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is(["yes", "y", "true", "t", "1"]) {
        Some(true)
    } else if is(["no", "n", "false", "f", "0"]) {
        Some(false)
    } else {
        None
    }
}

/// Whether an id is what a spreadsheet shows of a cell that is true or false.
fn is_truth(id: &str) -> bool {
    id.eq_ignore_ascii_case("true") || id.eq_ignore_ascii_case("false")
}

/// Whether a spreadsheet has taken a long id for a number and written `1.23457E+15`.
fn is_shortened(id: &str) -> bool {
    // Hardly an id has a plus, so that most end here.
    let plus = id.bytes().position(|byte| byte == b'+').unwrap_or_default();
    let before = id[..plus].strip_suffix(['E', 'e']);
    before.is_some_and(|number| {
        let power = &id[plus + 1..];
        let has_digits = |part: &str, dot| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit() || b == dot);
        number.contains('.') && has_digits(number, b'.') && has_digits(power, b'0')
    })
}
