//! What several tests need: records made of text.

use crate::record::Record;

/// A row that owns its fields.
pub struct Row {
    line: u64,
    text: String,
    ends: Vec<usize>,
}

impl Row {
    pub fn new<S: AsRef<str>>(line: u64, cells: impl IntoIterator<Item = S>) -> Self {
        let mut row = Self { line, text: String::new(), ends: Vec::new() };
        for cell in cells {
            row.text.push_str(cell.as_ref());
            row.ends.push(row.text.len());
        }
        row
    }

    pub fn record(&self) -> Record<'_> {
        Record::new(self.line, &self.text, &self.ends)
    }
}

/// The rows of a text with commas between its fields.
pub fn rows(text: &str) -> Vec<Row> {
    text.lines().zip(1..).map(|(line, number)| Row::new(number, line.split(','))).collect()
}

/// The header and the rows of a file of the folder of shared data; nothing where a clone does not have it.
pub fn shared(name: &str, delimiter: u8) -> Option<(Vec<String>, Vec<Row>)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);
    let header = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows = reader.records().map(|record| record.expect("a record"));
    Some((header, rows.zip(2..).map(|(record, line)| Row::new(line, record.iter())).collect()))
}
