//! Files of every format, from the disk to their rows.

mod files;
mod hostile;

use super::*;
use crate::source::tables;
use files::{Values, gzip, parquet, utf16, workbook, zip};
use std::fmt::Write;
use std::path::Path;

/// A table as text: its name, how it was packed, and its rows with their lines.
fn read(path: &Path, bounds: &Bounds) -> Result<Vec<(String, Container, String)>, FileError> {
    let mut found = Vec::new();
    for source in tables(path, "file", bounds)? {
        let mut reader = TableReader::open(&source, bounds)?;
        let mut rows = String::new();
        while let Some(record) = reader.next()? {
            let fields: Vec<&str> = record.fields().collect();
            let doubts: Vec<String> =
                record.doubts().iter().map(|(place, doubt)| format!(" {place} {doubt:?}")).collect();
            writeln!(rows, "{}:{}{}", record.line(), fields.join("|"), doubts.concat()).expect("fits");
        }
        assert!(reader.bytes_read() <= reader.bytes_total(), "{}", source.name);
        found.push((source.name, reader.format().container, rows));
    }
    Ok(found)
}

fn read_bytes(bytes: &[u8], bounds: &Bounds) -> Result<Vec<(String, Container, String)>, FileError> {
    let folder = tempfile::tempdir().expect("a folder is made");
    let path = folder.path().join("upload");
    std::fs::write(&path, bytes).expect("the file is written");
    read(&path, bounds)
}

#[test]
fn every_format_gives_rows() {
    let check = |bytes: &[u8], expected: &[(&str, Container, &str)]| {
        let found = read_bytes(bytes, &Bounds::default()).expect("is read");
        let found: Vec<_> = found.iter().map(|(name, packed, rows)| (name.as_str(), *packed, rows.as_str())).collect();
        assert_eq!(found, expected);
    };
    let (csv, rows) = (&b"a;b\r\n1,5;x\r\n"[..], "1:a|b\n2:1,5|x\n");
    check(csv, &[("file", Container::Plain, rows)]);
    check(&utf16("a\tb\n1\t2\n"), &[("file", Container::Plain, "1:a|b\n2:1|2\n")]);
    check(
        b"  id  who  amount\n   1   Bo      50\n  20  Cy       7\n",
        &[("file", Container::Plain, "1:id|who|amount\n2:1|Bo|50\n3:20|Cy|7\n")],
    );
    check(&gzip(csv), &[("file", Container::Gzip, rows)]);
    let members = [gzip(b"a,b\n"), gzip(b"1,2\n")].concat();
    check(&members, &[("file", Container::Gzip, "1:a|b\n2:1|2\n")]);
    let bundle = zip(&[
        ("loans/Loan.csv", csv),
        ("loans/Disp.csv.gz", &gzip(b"a,b\n1,2\n")),
        ("__MACOSX/loans/._Loan.csv", b"\0\0"),
        ("loans/.DS_Store", b"\0\0"),
        ("loans/", b""),
    ]);
    let tables =
        [("file/loans/Loan.csv", Container::Zip, rows), ("file/loans/Disp.csv.gz", Container::Gzip, "1:a|b\n2:1|2\n")];
    check(&bundle, &tables);
}

#[test]
fn formats_are_told_in_words() {
    let check = |bytes: &[u8], expected: &str, delimiter: char| {
        let folder = tempfile::tempdir().expect("a folder is made");
        let path = folder.path().join("upload");
        std::fs::write(&path, bytes).expect("the file is written");
        let source = tables(&path, "file", &Bounds::default()).expect("is listed").remove(0);
        let preview = crate::preview::of(&source, &Bounds::default(), &[]).expect("is looked at");
        assert_eq!(preview.format, expected);
        assert_eq!(delimiter_of(&preview.format), delimiter, "{expected}");
    };
    check(b"id who amount\n1 Bo 50\n2 Cy 7\n", "Text with blanks between fields, UTF-8", ',');
    check(b"a,b\n1,2\n", "Text with commas between fields, UTF-8", ',');
    check(b"a;b\n1;K\xf6ln\n", "Text with semicolons between fields, windows-1252", ';');
    check(&utf16("a\tb\n1\t2\n"), "Text with tabs between fields, UTF-16LE", '\t');
    check(&gzip(b"a|b\n1|2\n"), "Text with bars between fields, UTF-8, in gzip", '|');
    check(&zip(&[("a.csv", b"a\n1\n")]), "Text with one field a line, UTF-8, in zip", ',');
    let cells = r#"<row r="1"><c r="A1" t="str"><v>id</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>"#;
    check(&workbook(&[("Loans", cells)]), "Excel workbook", ',');
    check(&parquet("message m { required int64 id; }", &[Values::Int64(&[1])]), "Parquet", ',');
}

#[test]
fn workbooks_are_read() {
    let check = |sheets: &[(&str, &str)], expected: &[(&str, &str)]| {
        let book = workbook(sheets);
        let packed = [(book.clone(), "file"), (gzip(&book), "file"), (zip(&[("book.xlsx", &book)]), "file/book.xlsx")];
        for (bytes, name) in packed {
            let found = read_bytes(&bytes, &Bounds::default()).expect("is read");
            let found: Vec<_> = found.into_iter().map(|(name, _, rows)| (name, rows)).collect();
            let expected = expected.iter().map(|(sheet, rows)| (format!("{name}{sheet}"), (*rows).to_owned()));
            assert_eq!(found, expected.collect::<Vec<_>>());
        }
    };
    let cells = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Größe</t></is></c><c r="D1" t="str"><v>d</v></c></row>
        <row r="2"><c r="A2"><v>12.0</v></c><c r="B2" s="1"><v>45943</v></c><c r="C2"><f>A2*2</f><v>24</v></c></row>
        <row r="4"><c r="A4"><f>A2*2</f></c><c r="B4" t="e"><v>#N/A</v></c><c r="C4" t="b"><v>1</v></c><c r="D4"><v>8.9E-2</v></c></row>"#;
    let rows = "1:shared|Größe||d\n2:12|2025-10-13|24|\n4:=|#N/A|TRUE|0.089 0 UnsavedFormula\n";
    let note = r#"<row r="1"><c r="A1" t="str"><v>made in May</v></c></row>"#;
    check(&[("Loans", cells)], &[("", rows)]);
    check(&[("Empty", ""), ("Loans", cells), ("Note", note)], &[("", rows)]);
    check(&[("Note", note), ("Loans", cells)], &[("", "1:made in May\n"), ("/Loans", rows)]);
}

/// What a cell shows is what a CSV of the sheet would hold, and what it cannot hold is told.
#[test]
fn cells_of_workbooks_are_read_as_they_show() {
    let check = |cells: &str, expected: &str| {
        let found = read_bytes(&workbook(&[("Loans", cells)]), &Bounds::default()).expect("is read").remove(0).2;
        assert_eq!(found, expected, "{cells}");
    };
    check(
        r#"<row r="1"><c r="A1" s="2"><v>0.089</v></c><c r="B1" s="3"><v>8.9E-2</v></c><c r="C1" s="4"><v>8.9</v></c>
            <c r="D1" s="2" t="str"><v>8.9</v></c><c r="E1"><v>0.089</v></c></row>"#,
        "1:8.9%|8.9%|8.9|8.9|0.089\n",
    );
    // Ids that a workbook keeps as numbers are those that people see.
    check(
        r#"<row r="1"><c r="A1" s="5"><v>123</v></c><c r="B1"><v>123</v></c><c r="C1" s="5"><v>1234567</v></c><c r="D1" s="5"><v>1.5</v></c>
            <c r="E1" s="5"><v>-7</v></c><c r="F1" s="5" t="str"><v>7</v></c></row>"#,
        "1:00123|123|1234567|1.5|-7|7\n",
    );
    check(
        r#"<row r="1"><c r="A1"><v>12345678901234561</v></c><c r="B1" t="str"><v>12345678901234561</v></c></row>
            <row r="2"><c r="A2"><v>9007199254740991</v></c></row>"#,
        "1:1.234567890123456E+16|12345678901234561 0 RoundedNumber\n2:9007199254740991|\n",
    );
    check(
        r#"<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1+1</f><v></v></c><c r="C1" s="2"><f>1/4</f><v>0.25</v></c></row>
            <row r="2"><c r="A2" t="str"><f>IF(1,"","")</f><v></v></c><c r="B2"/><c r="C2"><v>7</v></c></row>
            <row r="3"><c r="B3"><f t="shared" ref="B3:B4" si="0">1+1</f><v/></c></row><row r="4"><c r="B4"><f t="shared" si="0"/></c></row>"#,
        "1:=|=|25% 0 UnsavedFormula 1 UnsavedFormula\n2:||7\n3:|=| 1 UnsavedFormula\n4:|=| 1 UnsavedFormula\n",
    );
}

#[test]
fn parquet_is_read() {
    let schema = "message m {
        required int64 id; optional binary name (UTF8); required int32 day (DATE);
        required int64 at (TIMESTAMP(NANOS,false)); required int64 amount (DECIMAL(12,2)); required double rate;
        required boolean open; }";
    let columns = [
        Values::Int64(&[0, 1, 2]),
        Values::Text(&[None, Some("n,1"), Some("é")]),
        Values::Int32(&[0, 1, 19_000]),
        Values::Int64(&[0, 1_500_000_000, 86_400_000_000_000]),
        Values::Int64(&[0, -125, 1_000_000]),
        Values::Double(&[-0.0, 0.5, f64::NAN]),
        Values::Bool(&[true, false, true]),
    ];
    let bytes = parquet(schema, &columns);
    let rows = "1:id|name|day|at|amount|rate|open\n\
        2:0||1970-01-01|1970-01-01|0.00|0|true\n\
        3:1|n,1|1970-01-02|1970-01-01 00:00:01.500|-1.25|0.5|false\n\
        4:2|é|2022-01-08|1970-01-02|10000.00||true\n";
    for (bytes, name) in [(bytes.clone(), "file"), (gzip(&bytes), "file"), (zip(&[("a", &bytes)]), "file/a")] {
        let found = read_bytes(&bytes, &Bounds::default()).expect("is read");
        assert_eq!(found, [(name.to_owned(), Container::Parquet, rows.to_owned())]);
    }
}

/// Files that others made, where this machine has them.
#[test]
fn foreign_files_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let check = |name: &str, delimiter: char, rows: u64, width: usize| {
        let source = tables(&folder.join(name), name, &Bounds::default()).expect("is listed").remove(0);
        let mut reader = TableReader::open(&source, &Bounds::default()).expect("is opened");
        assert_eq!(reader.format().delimiter, Some(delimiter), "{name}");
        let mut count = 0;
        while let Some(record) = reader.next().expect("is read") {
            count += 1;
            assert_eq!((record.line(), record.width()), (count, width), "{name}");
        }
        assert_eq!(count, rows, "{name}");
        assert_eq!(reader.bytes_read(), reader.bytes_total(), "{name}");
    };
    if !folder.is_dir() {
        return eprintln!("skipped: there are no foreign files on this machine");
    }
    check("notebook-loans.csv", ',', 501, 21);
    check("uci-credit-card-default.csv", ',', 30_001, 24);
    check("sba-case.csv", ',', 2_102, 35);
    check("berka/Loan.csv", ';', 683, 7);
    check("berka/Disp.csv", ',', 5_370, 25);
    check("berka/trnx_16.csv", ',', 28_206, 10);
}
