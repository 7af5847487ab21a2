//! One row: text in, a checked loan, payment, borrower or link out, or the first fault.

mod cell;
mod closing;
mod column;
mod doubt;
mod error;
mod fields;
mod loan;
mod others;
mod places;
#[cfg(test)]
mod tests;
mod totals;

pub use error::{MissingColumn, PlanError};
pub use places::{is_header, missing};
pub use totals::ControlAmount;

use crate::links::Links;
use crate::record::Record;
use crate::word;
use column::Column;
use domain::borrower::BorrowerRecord;
use domain::count::count;
use domain::field::{Field, FileKind};
use domain::loan::LoanRecord;
use domain::mapping::Mapping;
use domain::money::Currency;
use domain::payment::PaymentRecord;
use domain::preview::NumberKind;
use domain::warning::RowWarning;

/// What a row became.
#[derive(Clone, Debug, PartialEq)]
pub enum Taken {
    Loan(Box<LoanRecord>),
    Payment(Box<PaymentRecord>),
    Borrower(Box<BorrowerRecord>),
    /// An id, and the one that it stands for.
    Link {
        from: String,
        to: String,
    },
    /// The mapping's filter does not mean this row.
    PassedOver,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The column's name; nothing where the whole row is at fault.
    pub column: Option<String>,
    /// Shortened to at most 80 characters.
    pub value: String,
    /// As a sentence without its subject.
    pub reason: String,
}

impl RowFault {
    fn of_row(value: &str, reason: impl Into<String>) -> Self {
        Self { column: None, value: word::shortened(value), reason: reason.into() }
    }

    /// Says of a row of several lines that it is one: other rows may hang between two stray quotation marks.
    fn reaching_over(mut self, record: &Record<'_>) -> Self {
        let line_ends = record.parts().0.matches('\n').count();
        if line_ends > 0 {
            let lines = count(line_ends + 1, "line");
            self.reason = format!("{}; the row reaches over {lines}: is a quotation mark wrong?", self.reason);
        }
        self
    }
}

/// How the rows of a file are read: a mapping whose columns have found their places.
///
/// It owns all that it needs, so that several threads can share it.
#[derive(Clone, Debug)]
pub struct Plan {
    kind: FileKind,
    currency: Currency,
    blank_is_missing: bool,
    /// The fields that a row must have at least.
    width_min: usize,
    /// The fields that a row may have; more must be blank. Nothing where no header says so.
    width: Option<usize>,
    /// Where each of [`Field::ALL`] is read from.
    columns: Vec<Option<Column>>,
    /// What is kept with a loan besides.
    extras: Vec<Column>,
    filter: Option<Filter>,
    /// What ids that are made of the rows' numbers begin with.
    id_mark: String,
    notes: Vec<String>,
}

/// The rows whose field says one of these words.
#[derive(Clone, Debug)]
struct Filter {
    place: usize,
    words: Vec<String>,
}

impl Plan {
    /// Finds the place of each mapped column in the header.
    ///
    /// # Errors
    /// Where the mapping is wrong in itself, or does not fit the header or the links.
    pub fn new(
        mapping: &Mapping,
        header: Option<&[String]>,
        currency: Currency,
        links: &Links,
    ) -> Result<Self, PlanError> {
        mapping.check()?;
        refuse_links_via_links(mapping)?;
        let places = places::find(mapping, header)?;
        let mut columns: Vec<Option<Column>> = Field::ALL.map(|_| None).into();
        let mut extras = Vec::new();
        for (mapped, place) in mapping.columns.iter().zip(&places.of_columns) {
            let column = Column::new(mapped, *place, links)?;
            if mapped.field == Field::Extra {
                extras.push(column);
            } else {
                columns[mapped.field as usize] = Some(column);
            }
        }
        tell_mixed_styles(&mut columns);
        let filter = mapping.only.as_ref().zip(places.of_filter);
        Ok(Self {
            kind: mapping.kind,
            currency,
            blank_is_missing: mapping.blank_is_missing,
            width_min: places.width_min,
            width: header.map(<[String]>::len),
            columns,
            extras,
            filter: filter.map(|(filter, place)| Filter { place, words: filter.is.clone() }),
            id_mark: "row".to_owned(),
            notes: places::notes(mapping, header, &places),
        })
    }

    /// Begins ids that are made of the rows' numbers with `mark`, so that those of two files are told apart.
    #[must_use]
    pub fn with_id_mark(self, mark: &str) -> Self {
        Self { id_mark: mark.to_owned(), ..self }
    }

    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// What is passed over or made up, said once for the whole file, one sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Reads a row. `number` is that of the row among the file's rows of data, from 1. What is odd about a row that is
    /// taken is added to `warnings`.
    ///
    /// # Errors
    /// The row's first fault.
    pub fn read(&self, record: &Record<'_>, number: u64, warnings: &mut Vec<RowWarning>) -> Result<Taken, RowFault> {
        self.read_fields(record, number, warnings).map_err(|fault| fault.reaching_over(record))
    }

    fn read_fields(&self, record: &Record<'_>, number: u64, warnings: &mut Vec<RowWarning>) -> Result<Taken, RowFault> {
        self.check_width(record)?;
        self.check_filter(record)?;
        if self.filter.as_ref().is_some_and(|filter| !filter.means(record)) {
            return Ok(Taken::PassedOver);
        }
        self.check_doubts(record)?;
        let kept = warnings.len();
        let mut row = fields::Row { plan: self, record, number, warnings };
        let taken = match self.kind {
            FileKind::Loans => row.loan().map(|loan| Taken::Loan(Box::new(loan))),
            FileKind::Payments => row.payment().map(|payment| Taken::Payment(Box::new(payment))),
            FileKind::Borrowers => row.borrower().map(|borrower| Taken::Borrower(Box::new(borrower))),
            FileKind::Links => row.link().map(|(from, to)| Taken::Link { from, to }),
        };
        if taken.is_err() {
            // A rejected row has a fault, and no oddities besides.
            warnings.truncate(kept);
        }
        taken
    }

    fn check_width(&self, record: &Record<'_>) -> Result<(), RowFault> {
        let has = record.width();
        let is_short = has < self.width_min;
        let is_long = self.width.is_some_and(|width| (width..has).any(|place| !record.field(place).is_empty()));
        if !is_short && !is_long {
            return Ok(());
        }
        let first = record.field(0);
        self.refuse_closing(record, first)?;
        let needs = self.width.unwrap_or(self.width_min);
        let reason = match self.width {
            Some(_) => format!("the row has {}, but the header has {needs}", count(has, "field")),
            None => format!("the row has {}, but {needs} are needed", count(has, "field")),
        };
        Err(RowFault::of_row(first, reason))
    }

    fn column(&self, field: Field) -> Option<&Column> {
        self.columns[field as usize].as_ref()
    }
}

/// Files of links are read before any links are known.
fn refuse_links_via_links(mapping: &Mapping) -> Result<(), PlanError> {
    let with_via = mapping.columns.iter().find_map(|mapped| Some((&mapped.column, mapped.reading.via.as_ref()?)));
    match with_via {
        Some((column, via)) if mapping.kind == FileKind::Links => {
            Err(PlanError::LinksViaLinks { column: column.clone(), via: via.clone() })
        }
        _ => Ok(()),
    }
}

/// Lets columns of amounts know that others are written in the other style.
fn tell_mixed_styles(columns: &mut [Option<Column>]) {
    let kind = |column: &Column| NumberKind::of(column.field);
    let has = |decimal_comma: bool| {
        let is_it = |column: &Column| {
            column.decimal_comma == decimal_comma && kind(column).is_some_and(|kind| kind != NumberKind::Count)
        };
        columns.iter().flatten().any(is_it)
    };
    let is_mixed = has(true) && has(false);
    for column in columns.iter_mut().flatten() {
        column.is_beside_other_style = is_mixed && kind(column) == Some(NumberKind::Amount);
    }
}

impl Filter {
    fn means(&self, record: &Record<'_>) -> bool {
        let text = record.field(self.place);
        self.words.iter().any(|word| word.eq_ignore_ascii_case(text))
    }
}
