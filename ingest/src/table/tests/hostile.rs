//! Files that are broken, or made to do harm.

use super::files::{Values, gzip, parquet, utf16, workbook, zip};
use super::*;
use proptest::prelude::*;

const CELL: &str = r#"<row r="1"><c r="A1"><v>1</v></c></row>"#;

fn fault(bytes: &[u8], bounds: &Bounds) -> String {
    match read_bytes(bytes, bounds) {
        Ok(found) => format!("no fault: {found:?}").chars().take(200).collect(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn faults_say_what_is_wrong() {
    let check = |bytes: &[u8], words: &str| {
        let found = fault(bytes, &Bounds::default());
        assert!(found.contains(words), "{words}: {found}");
    };
    let csv = "a,b\n1,2\n".repeat(10_000);
    let packed = gzip(csv.as_bytes());
    check(b"", "the file is empty");
    check(&gzip(b""), "the file is empty");
    check(b"%PDF-1.7", "PDF");
    check(&packed[..packed.len() / 2], "the gzip file ends before its time");
    check(&[&packed[..20], &[0xff; 40], &packed[60..]].concat(), "the gzip file is damaged");
    check(&gzip(&packed), "an archive inside an archive");
    let bundle = zip(&[("a.csv", csv.as_bytes())]);
    check(&bundle[..bundle.len() - 60], "the zip file ends before its time");
    check(&bundle[..40], "the zip file ends before its time");
    check(&zip(&[("inner.zip", &bundle)]), "inner.zip is an archive inside an archive");
    check(&zip(&[("a.pdf", b"%PDF-1.7")]), "PDF");
    check(&zip(&[("__MACOSX/a", b"")]), "there is no table inside");
    check(&zip(&[("../../a.pdf", b"%PDF-1.7")]), "PDF");
    check(&zip(&[("word/document.xml", b"")]), "Word");
    check(&zip(&[("mimetype", b""), ("content.xml", b"")]), "OpenDocument");
    let mut doubled = zip(&[("one.csv", b"a,b\n1,2\n"), ("two.csv", b"a,b\n3,4\n")]);
    while let Some(at) = memchr::memmem::find(&doubled, b"two.csv") {
        doubled[at..at + 3].copy_from_slice(b"one");
    }
    check(&doubled, "several parts inside bear the same name");
    let mut other = bundle.clone();
    for (magic, at) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let start = memchr::memmem::find(&other, magic).expect("is there");
        other[start + at] |= 1;
    }
    check(&other, "the zip file is protected by a password");
    let mut other = bundle.clone();
    other[60] ^= 0x55;
    check(&other, "the zip file");
    let book = workbook(&[("Loans", CELL)]);
    check(&book[..book.len() - 30], "the zip file ends before its time");
    check(&workbook(&[("Loans", "")]), "the file is empty");
    check(&workbook(&[("Loans", "<row><c t=\"s\"><v>7</v></c></row>")]), "the Excel file is damaged");
    check(
        &workbook(&[("Loans", "<row r=\"1\"><c r=\"B1\"><v>7</v></c><c r=\"A1\"><v>7</v></c></row>")]),
        "their order",
    );
    check(&workbook(&[("Loans", "<row r=\"1\"><c r=\"XFD1\"><v>7</v></c></row>")]), "more than 5000 fields");
    let flat = "message m { required int32 a; }";
    let columnar = parquet(flat, &[Values::Int32(&[1, 2, 3])]);
    check(&columnar[..columnar.len() - 7], "Parquet file");
    check(&columnar[..6], "Parquet file");
    let mut other = columnar.clone();
    other[6..20].fill(0xff);
    check(&other, "the Parquet file is damaged");
    let nested = "message m { required group g { required int32 a; } }";
    check(&parquet(nested, &[Values::Int32(&[1])]), "column g holds lists or structures");
    check(&utf16(&("a,b\n1,2\n".repeat(20) + "\0")), "line 41: there are bytes");
}

#[test]
fn bombs_are_refused() {
    let check = |bytes: &[u8], bounds: Bounds, words: &str| {
        let found = fault(bytes, &bounds);
        assert!(found.contains(words), "{words}: {found}");
    };
    let bounds = Bounds::default();
    let many = "1,2,3,4,5,6,7,8\n".repeat(1 << 12);
    let small = Bounds { expanded_bytes_max: 1 << 14, ..bounds };
    check(&gzip(many.as_bytes()), small, "more than 16384 bytes");
    check(&zip(&[("a.csv", many.as_bytes())]), small, "more than 16384 bytes");
    let long = format!("<row r=\"1\"><c r=\"A1\" t=\"str\"><v>{}</v></c></row>", "é1".repeat(8 << 20));
    check(&workbook(&[("Loans", &long)]), bounds, "sheet1.xml holds what no sheet does");
    let comment = format!("<!--{}-->{CELL}", "<c ".repeat(7 << 20));
    check(&workbook(&[("Loans", &comment)]), bounds, "sheet1.xml holds what no sheet does");
    check(&workbook(&[("Loans", CELL)]), Bounds { shared_text_bytes_max: 100, ..bounds }, "more than 100 bytes");
    check(&workbook(&[("Loans", CELL)]), Bounds { sheet_cells_max: 0, ..bounds }, "row 1: the sheet has more than 0");
    check(&zip(&[("a", b"1"), ("b", b"2")]), Bounds { parts_max: 1, ..bounds }, "more than 1 tables");
}

#[test]
fn whoever_stops_reading_stops_the_thread() {
    let rows = "<row><c><v>1</v></c></row>".repeat(40_000);
    let folder = tempfile::tempdir().expect("a folder is made");
    let path = folder.path().join("upload");
    std::fs::write(&path, workbook(&[("Loans", &rows)])).expect("the file is written");
    let source = tables(&path, "file", &Bounds::default()).expect("is listed").remove(0);
    let mut reader = TableReader::open(&source, &Bounds::default()).expect("is opened");
    let first = reader.next().expect("is read").map(|record| record.field(0).to_owned());
    assert_eq!(first.as_deref(), Some("1"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_damage_makes_it_panic(kind in 0_usize..4, damage in prop::collection::vec((any::<u16>(), any::<u8>()), 1..6)) {
        let mut bytes = match kind {
            0 => gzip(b"a,b\n1,2\n"),
            1 => zip(&[("a.csv", b"a,b\n1,2\n")]),
            2 => workbook(&[("Loans", CELL)]),
            _ => parquet("message m { required int32 a; }", &[Values::Int32(&[1, 2, 3])]),
        };
        for (at, byte) in damage {
            let at = usize::from(at) % bytes.len();
            bytes[at] = byte;
        }
        fault(&bytes, &Bounds::default());
    }
}
