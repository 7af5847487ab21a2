//! Tables of any text under any mapping: the suggestion for them, and one that the input makes up. Every row is taken, passed
//! over or told with a reason; what is taken is finite; a mapping survives being saved.
#![no_main]

use domain::field::{Field, FileKind};
use domain::mapping::{DateFormat, MappedColumn, Mapping, Profile, ProfileFile, Reading};
use domain::money::Currency;
use ingest::links::Links;
use ingest::preview::Start;
use ingest::profile;
use ingest::record::Record;
use ingest::row::{Plan, Taken};
use libfuzzer_sys::fuzz_target;

/// Values in a message are cut to so many characters.
const VALUE_MAX: usize = 80;

struct Row {
    text: String,
    ends: Vec<usize>,
}

impl Row {
    fn new(line: &str) -> Self {
        let mut row = Self { text: String::new(), ends: Vec::new() };
        for cell in line.split('|') {
            row.text.push_str(cell);
            row.ends.push(row.text.len());
        }
        row
    }

    fn record(&self, line: u64) -> Record<'_> {
        Record::new(line, &self.text, &self.ends)
    }
}

// The first bytes choose a mapping, one for each column and one for all; the text follows a zero.
fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(0);
    let (choices, text) = (&bytes[..end], String::from_utf8_lossy(&bytes[end..]));
    let rows: Vec<Row> = text.trim_start_matches('\0').lines().take(200).map(Row::new).collect();
    let mut start = Start::default();
    for (row, line) in rows.iter().zip(1..) {
        start.push(&row.record(line));
    }
    let preview = start.preview(&[]);
    let skipped = if preview.has_header { preview.header_line as usize } else { 0 };
    for mapping in [preview.mapping(), made_up(choices, &preview.header, preview.has_header)] {
        read_all(&mapping, &preview.header, rows.get(skipped..).unwrap_or_default());
        save(mapping);
    }
});

fn made_up(choices: &[u8], header: &[String], has_header: bool) -> Mapping {
    let kinds = [FileKind::Loans, FileKind::Payments, FileKind::Borrowers, FileKind::Links];
    let (all, each) = choices.split_first().map_or((0, choices), |(all, each)| (*all, each));
    let kind = kinds[usize::from(all) % kinds.len()];
    let fields: Vec<Field> = Field::ALL.into_iter().filter(|field| field.belongs_to(kind)).collect();
    let column = |(name, choice): (&String, &u8)| {
        let choice = usize::from(*choice);
        let field = *fields.get(choice % (fields.len() + 1))?;
        let reading = Reading {
            times: [None, Some(100.0), Some(1e-300), Some(1e300)][choice % 4],
            decimal_comma: choice % 3 == 0,
            date: (choice % 2 == 0).then(|| DateFormat::ALL[choice % DateFormat::ALL.len()]),
            missing: if choice % 5 == 0 { vec!["-7".to_owned(), name.clone()] } else { Vec::new() },
            negative_as_zero: choice % 7 == 0,
            ..Reading::default()
        };
        Some(MappedColumn { column: name.clone(), field, reading })
    };
    let columns = header.iter().zip(each).filter_map(column).collect();
    Mapping { kind, has_header, blank_is_missing: all & 64 == 0, only: None, columns }
}

fn read_all(mapping: &Mapping, header: &[String], rows: &[Row]) {
    let names = mapping.has_header.then_some(header);
    let Ok(plan) = Plan::new(mapping, names, Currency::USD, &Links::default()) else { return };
    let mut warnings = Vec::new();
    for (row, number) in rows.iter().zip(1..) {
        match plan.read(&row.record(number), number, &mut warnings) {
            Ok(Taken::Loan(loan)) => {
                assert!(!loan.loan_ref.is_empty(), "a loan without an id");
                assert!(loan.interest_rate.is_none_or(f64::is_finite), "{:?}", loan.interest_rate);
                let amounts = [loan.loan_amount, loan.outstanding_amount, loan.collateral_value];
                assert!(amounts.iter().flatten().all(|amount| amount.minor >= 0), "{amounts:?}");
            }
            Ok(_) => {}
            Err(fault) => {
                assert!(!fault.reason.is_empty() && fault.value.chars().count() <= VALUE_MAX, "{fault:?}");
            }
        }
    }
    assert!(warnings.iter().all(|warning| warning.value.chars().count() <= VALUE_MAX), "{warnings:?}");
}

/// What is written of a mapping reads as the same mapping.
fn save(mapping: Mapping) {
    if mapping.check().is_err() {
        return;
    }
    let file = ProfileFile { name: String::new(), mapping };
    let profile = Profile { id: "fuzz".to_owned(), title: "Fuzz".to_owned(), files: vec![file] };
    let Ok(text) = profile::write(&profile) else { return };
    assert_eq!(profile::parse(&text).expect("what was written can be read"), profile);
}
