//! Files of any bytes: their tables are read to the end or refused, the same way twice, and no row is lost on its way into
//! the archive of raw rows.
#![no_main]

use ingest::preview;
use ingest::raw::RawRows;
use ingest::record::Record;
use ingest::source::{Bounds, TableSource, tables};
use ingest::table::TableReader;
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

/// Small, so that a bomb ends soon.
const BOUNDS: Bounds = Bounds {
    expanded_bytes_max: 1 << 20,
    ratio_max: 200,
    sheet_cells_max: 100_000,
    shared_text_bytes_max: 1 << 20,
    parts_max: 20,
};

static FILE: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("loan-recovery-fuzz-{}", std::process::id())));

fuzz_target!(|bytes: &[u8]| {
    std::fs::write(&*FILE, bytes).expect("the folder for temporary files can be written to");
    let Ok(tables) = tables(&FILE, "fuzz", &BOUNDS) else { return };
    for table in &tables {
        let first = read(table);
        assert_eq!(first, read(table), "the second time it reads something else");
        let _ = preview::of(table, &BOUNDS, &[]);
    }
});

/// The rows of a table, and why it ends before its end.
fn read(table: &TableSource) -> (Vec<(u64, Vec<String>)>, Option<String>) {
    let mut rows = Vec::new();
    let mut raw = RawRows::default();
    let ended = match TableReader::open(table, &BOUNDS) {
        Ok(mut reader) => loop {
            match reader.next() {
                Ok(Some(record)) => {
                    raw.push(&record);
                    rows.push((record.line(), as_they_stand(&record)));
                }
                Ok(None) => break None,
                Err(fault) => break Some(fault.to_string()),
            }
        },
        Err(fault) => Some(fault.to_string()),
    };
    let kept = RawRows::read(&raw.finish()).expect("what was packed can be unpacked");
    let kept: Vec<_> = kept.into_iter().map(|row| (row.line, row.fields)).collect();
    assert_eq!(rows, kept, "the raw rows differ");
    (rows, ended)
}

/// The fields with the blanks around them.
fn as_they_stand(record: &Record<'_>) -> Vec<String> {
    let (text, ends) = record.parts();
    let starts = std::iter::once(&0).chain(ends);
    starts.zip(ends).map(|(start, end)| text[*start..*end].to_owned()).collect()
}
