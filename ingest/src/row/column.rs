//! A mapped column, made ready for reading millions of cells.

use super::PlanError;
use crate::links::{LinkTable, Links};
use domain::field::Field;
use domain::mapping::{DateFormat, MappedColumn};
use std::sync::Arc;

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) field: Field,
    pub(super) place: usize,
    /// The name as the mapping spells it.
    pub(super) name: String,
    pub(super) times: Option<f64>,
    pub(super) decimal_comma: bool,
    /// Whether other columns of amounts or rates part decimals by the other sign.
    pub(super) is_beside_other_style: bool,
    pub(super) date: DateFormat,
    pub(super) negative_as_zero: bool,
    /// The file's words and what they stand for.
    words: Vec<(String, String)>,
    missing: Vec<String>,
    /// The files of links that turn an id into the one that is meant, in their order.
    via: Vec<Arc<LinkTable>>,
}

impl Column {
    pub(super) fn new(mapped: &MappedColumn, place: usize, links: &Links) -> Result<Self, PlanError> {
        let reading = &mapped.reading;
        let (mut names, mut via): (Vec<&str>, Vec<Arc<LinkTable>>) = (Vec::new(), Vec::new());
        for name in reading.via.iter().flat_map(|via| via.split('>')).map(str::trim) {
            let column = || mapped.column.clone();
            if names.iter().any(|earlier| earlier.eq_ignore_ascii_case(name)) {
                return Err(PlanError::CyclicLinks { column: column(), via: name.to_owned() });
            }
            let table = links.table(name).ok_or_else(|| PlanError::UnknownLinks {
                column: column(),
                via: name.to_owned(),
                known: links.names().map(str::to_owned).collect(),
            })?;
            names.push(name);
            via.push(table);
        }
        Ok(Self {
            field: mapped.field,
            place,
            name: mapped.column.clone(),
            times: reading.times,
            decimal_comma: reading.decimal_comma,
            is_beside_other_style: false,
            date: reading.date.unwrap_or(DateFormat::Iso),
            negative_as_zero: reading.negative_as_zero,
            words: reading.words.iter().map(|(word, meaning)| (word.trim().to_owned(), meaning.clone())).collect(),
            missing: reading.missing.iter().map(|text| text.trim().to_owned()).collect(),
            via,
        })
    }

    /// What the mapping says that a text of the file stands for.
    pub(super) fn meaning(&self, text: &str) -> Option<&str> {
        if self.words.is_empty() {
            return None;
        }
        self.words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, meaning)| meaning.as_str())
    }

    /// Whether the mapping lists the text as one that says nothing.
    pub(super) fn is_missing(&self, text: &str) -> bool {
        self.missing.iter().any(|missing| missing.eq_ignore_ascii_case(text))
    }

    /// The id that is meant by the one in the file; nothing where a file of links does not have it.
    pub(super) fn linked<'a>(&'a self, id: &'a str) -> Option<&'a str> {
        self.via.iter().try_fold(id, |id, table| table.get(id))
    }
}
