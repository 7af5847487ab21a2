//! How a file would be read, before somebody says so: by a profile, as it was said before, or as its columns suggest.

use super::answer::lasting_stem;
use super::asked::LEFT_OUT;
use chrono::NaiveDate;
use domain::field::FileKind;
use domain::mapping::{MappedColumn, Mapping, ProfileFile, Reading, RowFilter};
use domain::preview::{Preview, SuggestedColumn};
use serde::{Deserialize, Serialize};

/// The columns of all files of an upload.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnsView {
    pub as_of: NaiveDate,
    /// What can be chosen from.
    pub profiles: Vec<ProfileChoice>,
    /// The one that is chosen.
    pub profile: String,
    /// Whether somebody saved it, so that it can be deleted.
    pub is_saved: bool,
    pub files: Vec<Draft>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChoice {
    pub id: String,
    pub title: String,
}

/// Why columns stand for what they stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    Suggested,
    Profile,
    Said,
}

/// How one file would be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub name: String,
    pub preview: Preview,
    /// Nothing where the file is left out.
    pub kind: Option<FileKind>,
    pub origin: Origin,
    /// At least one row for each column of the file.
    pub columns: Vec<SuggestedColumn>,
    /// The reading that the columns show, as far as they don't say it.
    pub base: Option<ProfileFile>,
    /// The rows that are meant; nothing means all.
    pub only: Option<RowFilter>,
    /// What else the file is read as: links between files.
    pub links: Vec<ProfileFile>,
}

impl Draft {
    /// `kind` is a code, [`LEFT_OUT`], or nothing for what is known.
    pub fn new(name: String, preview: Preview, origin: Origin, readings: Vec<ProfileFile>, kind: &str) -> Self {
        let (mut links, mut others): (Vec<_>, Vec<_>) =
            readings.into_iter().partition(|reading| reading.mapping.kind == FileKind::Links);
        // A file that is read for its links alone shows these.
        let read = if others.is_empty() { &mut links } else { &mut others };
        let base = (!read.is_empty()).then(|| read.remove(0));
        let is_unread = origin != Origin::Suggested && base.is_none();
        let known = base.as_ref().map_or(preview.kind, |base| base.mapping.kind);
        let kind = match kind {
            LEFT_OUT => None,
            // A profile leaves files out that it does not name.
            "" if is_unread => None,
            code => Some(FileKind::find(code).unwrap_or(known)),
        };
        let base = base.filter(|base| kind == Some(base.mapping.kind));
        let mut columns = match &base {
            Some(base) => overlay(&preview, &base.mapping),
            None => preview.columns.clone(),
        };
        for column in &mut columns {
            if column.field.is_some_and(|field| kind.is_some_and(|kind| !field.belongs_to(kind))) {
                forget(column);
            }
        }
        let origin = if base.is_some() { origin } else { Origin::Suggested };
        let only = base.as_ref().and_then(|base| base.mapping.only.clone());
        Self { name, preview, kind, origin, columns, base, only, links }
    }

    /// Lets ids that follow links which no file of the upload holds stand for themselves.
    pub fn follow_only(&mut self, links: &[String]) {
        for column in &mut self.columns {
            let is_there = |via: &String| via.split('>').all(|hop| links.iter().any(|link| link == hop.trim()));
            column.reading.via = column.reading.via.take().filter(is_there);
        }
    }

    /// Whether a person should look at a column.
    pub fn is_to_check(&self, column: &SuggestedColumn) -> bool {
        let is_unsure = self.origin == Origin::Suggested && column.field.is_some() && column.confidence < 90;
        let is_needed = column.field.is_some_and(|field| {
            field.is_known_after_outcome() || self.kind.is_some_and(|kind| kind.needs().contains(&field))
        });
        let is_unused = self.origin == Origin::Suggested && column.field.is_none();
        self.is_open_question(column) || is_unsure || is_needed || is_unused || column.warning.is_some()
    }

    /// Whether nothing can be read before a person has answered.
    pub fn is_open_question(&self, column: &SuggestedColumn) -> bool {
        self.origin == Origin::Suggested && column.is_open_question()
    }

    /// What its links are called, where it holds nothing else.
    pub fn link_name(&self) -> Option<String> {
        let said = self.base.as_ref().map(|base| base.name.clone());
        (self.kind == Some(FileKind::Links)).then(|| said.unwrap_or_else(|| lasting_stem(&self.name)))
    }

    /// How the file is to be read, in all ways; none where it is left out.
    pub fn readings(&self) -> Vec<ProfileFile> {
        let Some(kind) = self.kind else { return self.links.clone() };
        let base = self.base.as_ref();
        let mapped = |column: &SuggestedColumn| {
            let field = column.field?;
            Some(MappedColumn { column: column.column.clone(), field, reading: column.reading.clone() })
        };
        let mapping = Mapping {
            kind,
            has_header: self.preview.has_header,
            blank_is_missing: base.is_none_or(|base| base.mapping.blank_is_missing),
            only: self.only.clone(),
            columns: self.columns.iter().filter_map(mapped).collect(),
        };
        let name = base.map(|base| base.name.clone()).or_else(|| self.link_name()).unwrap_or_default();
        self.links.iter().cloned().chain([ProfileFile { name, mapping }]).collect()
    }
}

/// The columns of a file as a mapping reads them. One that is taken for two fields stands twice.
fn overlay(preview: &Preview, mapping: &Mapping) -> Vec<SuggestedColumn> {
    let read = |column: &SuggestedColumn| {
        let mapped = mapping.columns.iter().filter(|mapped| is_same(&mapped.column, &column.column));
        let mut rows: Vec<SuggestedColumn> = mapped
            .map(|mapped| SuggestedColumn {
                field: Some(mapped.field),
                reading: mapped.reading.clone(),
                confidence: 100,
                date_choices: Vec::new(),
                // What a profile says is looked at by a person where the numbers contradict it.
                warning: column.objection(mapped.field, &mapped.reading).map(str::to_owned),
                ..column.clone()
            })
            .collect();
        if rows.is_empty() {
            let mut unused = column.clone();
            forget(&mut unused);
            rows.push(unused);
        }
        rows
    };
    preview.columns.iter().flat_map(read).collect()
}

fn forget(column: &mut SuggestedColumn) {
    column.field = None;
    column.confidence = 0;
    column.reading = Reading::default();
    column.date_choices = Vec::new();
    column.warning = None;
}

/// Whether two names are one but for case, blanks and signs.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let bare =
        |name: &str| -> String { name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    one == other || bare(one) == bare(other)
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use domain::field::Field;

    pub fn preview(columns: &[(&str, Option<Field>)]) -> Preview {
        let column = |(name, field): &(&str, Option<Field>)| SuggestedColumn {
            column: (*name).to_owned(),
            field: *field,
            confidence: 80,
            ..SuggestedColumn::default()
        };
        Preview {
            kind: FileKind::Loans,
            kinds: vec![(FileKind::Loans, 90)],
            format: String::new(),
            has_header: true,
            header_line: 1,
            header: columns.iter().map(|(name, _)| (*name).to_owned()).collect(),
            rows: Vec::new(),
            columns: columns.iter().map(column).collect(),
            profile: None,
            almost: None,
            notes: Vec::new(),
        }
    }

    fn profile_file(columns: &[(&str, Field)]) -> ProfileFile {
        let columns = columns.iter().map(|(name, field)| MappedColumn {
            column: (*name).to_owned(),
            field: *field,
            reading: Reading::default(),
        });
        let columns = columns.collect();
        let mapping = Mapping { kind: FileKind::Loans, has_header: true, blank_is_missing: false, only: None, columns };
        ProfileFile { name: "loan".to_owned(), mapping }
    }

    fn draft(readings: Vec<ProfileFile>, kind: &str) -> Draft {
        let seen = preview(&[("Loan ID", Some(Field::LoanId)), ("amt", Some(Field::LoanAmount)), ("x", None)]);
        let origin = if readings.is_empty() { Origin::Suggested } else { Origin::Profile };
        Draft::new("loans.csv".to_owned(), seen, origin, readings, kind)
    }

    #[test]
    fn suggestions_are_kept_where_nothing_else_is_known() {
        let suggested = draft(Vec::new(), "");
        assert_eq!(suggested.readings()[0].mapping, suggested.preview.mapping());
        assert!(suggested.is_to_check(&suggested.columns[0]));
    }

    #[test]
    fn a_profile_says_what_columns_hold_and_keeps_its_own_rules() {
        let file = profile_file(&[
            ("loan_id", Field::LoanId),
            ("x", Field::Age),
            ("X", Field::Gender),
            ("gone", Field::Email),
        ]);
        let read = draft(vec![file], "");
        let fields: Vec<_> = read.columns.iter().map(|column| column.field).collect();
        assert_eq!(fields, [Some(Field::LoanId), None, Some(Field::Age), Some(Field::Gender)]);
        let readings = read.readings();
        assert_eq!((readings.len(), readings[0].name.as_str()), (1, "loan"));
        assert!(!readings[0].mapping.blank_is_missing);
        assert_eq!(readings[0].mapping.columns.len(), 3);
    }

    #[test]
    fn another_kind_drops_what_does_not_belong_to_it() {
        let payments = draft(Vec::new(), "payments");
        let fields: Vec<_> = payments.columns.iter().map(|column| column.field).collect();
        assert_eq!((payments.kind, fields), (Some(FileKind::Payments), vec![Some(Field::LoanId), None, None]));
        assert!(draft(Vec::new(), LEFT_OUT).readings().is_empty());
    }

    #[test]
    fn a_file_of_links_shows_them_and_nobody_follows_links_that_are_not_there() {
        let mut file = profile_file(&[("loan_id", Field::LinkFrom), ("X", Field::LinkTo)]);
        file.mapping.kind = FileKind::Links;
        let links = draft(vec![file.clone()], "");
        assert_eq!((links.kind, links.link_name().as_deref()), (Some(FileKind::Links), Some("loan")));
        let fields: Vec<_> = links.readings()[0].mapping.columns.iter().map(|mapped| mapped.field).collect();
        assert_eq!(fields, [Field::LinkFrom, Field::LinkTo]);
        assert!(draft(vec![file], LEFT_OUT).readings().is_empty(), "left out, it links nothing");
        let mut follows = profile_file(&[("loan_id", Field::LoanId)]);
        follows.mapping.columns[0].reading.via = Some("a > b".to_owned());
        let mut draft = draft(vec![follows], "");
        draft.follow_only(&["b".to_owned(), "a".to_owned()]);
        assert_eq!(draft.columns[0].reading.via.as_deref(), Some("a > b"));
        draft.follow_only(&["a".to_owned()]);
        assert_eq!(draft.columns[0].reading.via, None);
    }
}
