//! Reads every row of the tables of a file, to see what reading alone costs:
//! `time cargo run --release -p ingest --example count_rows -- loans.csv`.

use ingest::source::{Bounds, tables};
use ingest::table::TableReader;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a file")?;
    let bounds = Bounds::default();
    for source in tables(Path::new(&path), &path, &bounds)? {
        let mut reader = TableReader::open(&source, &bounds)?;
        let (mut rows, mut fields) = (0_u64, 0);
        while let Some(record) = reader.next()? {
            rows += 1;
            fields += record.width();
        }
        println!("{}: {rows} rows, {fields} fields, {:?}", source.name, reader.format());
    }
    Ok(())
}
