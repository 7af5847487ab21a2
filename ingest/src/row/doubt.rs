//! Cells that say something else than they hold.

use super::{Plan, RowFault};
use crate::record::{Doubt, Record};
use crate::word;
use domain::field::Shape;

/// Of a cell of a workbook, and of a bare equals sign, which stands for one in rows that were handed out.
pub(super) const UNSAVED_FORMULA: &str = "is a formula without a value: open the workbook, save it, and send it again";
const ROUNDED_NUMBER: &str = "has more digits than a number cell keeps: store ids as text";

impl Plan {
    /// Refuses a row of which it cannot be told whether the mapping means it.
    pub(super) fn check_filter(&self, record: &Record<'_>) -> Result<(), RowFault> {
        let Some(filter) = &self.filter else { return Ok(()) };
        let is_unsaved = record.doubts().contains(&(filter.place, Doubt::UnsavedFormula));
        if is_unsaved { Err(RowFault::of_row(record.field(filter.place), UNSAVED_FORMULA)) } else { Ok(()) }
    }

    /// Refuses a row that would be read from a cell that cannot be trusted. Extra columns are kept as they stand.
    pub(super) fn check_doubts(&self, record: &Record<'_>) -> Result<(), RowFault> {
        for (place, doubt) in record.doubts() {
            let mut columns = self.columns.iter().flatten().filter(|column| column.place == *place);
            let (found, reason) = match doubt {
                Doubt::UnsavedFormula => (columns.next(), UNSAVED_FORMULA),
                Doubt::RoundedNumber => (columns.find(|column| column.field.shape() == Shape::Id), ROUNDED_NUMBER),
            };
            if let Some(column) = found {
                return Err(RowFault {
                    column: Some(column.name.clone()),
                    value: word::shortened(record.field(*place)),
                    reason: reason.to_owned(),
                });
            }
        }
        Ok(())
    }
}
