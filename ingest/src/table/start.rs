//! What the first bytes of a file tell: what holds tables is told apart, and the rest is refused by its name.

use crate::error::FileError;

/// How many bytes are looked at.
pub const START_BYTES: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Text,
    Gzip,
    Zip,
    Parquet,
}

pub fn look(start: &[u8]) -> Result<Start, FileError> {
    let begins = |magic: &[u8]| start.starts_with(magic);
    if begins(b"\x1f\x8b") {
        return Ok(Start::Gzip);
    } else if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") || begins(b"PK\x07\x08") {
        return Ok(Start::Zip);
    } else if begins(b"PAR1") {
        return Ok(Start::Parquet);
    }
    refuse_compressed(start)?;
    refuse_other(start)?;
    Ok(Start::Text)
}

fn refuse_compressed(start: &[u8]) -> Result<(), FileError> {
    const MAGICS: [(&[u8], &str); 7] = [
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"\x28\xb5\x2f\xfd", "zstd"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x04\x22\x4d\x18", "LZ4"),
        (b"\x1f\x9d", "compress (.Z)"),
    ];
    match MAGICS.iter().find(|(magic, _)| start.starts_with(magic)) {
        Some((_, format)) => Err(FileError::Compressed { format }),
        None if start.get(257..262) == Some(b"ustar") => Err(FileError::Compressed { format: "tar" }),
        None => Ok(()),
    }
}

fn refuse_other(start: &[u8]) -> Result<(), FileError> {
    const SAVE: &str = "open it and save the table as CSV (UTF-8)";
    const XLSX: &str = "open it and save it without a password as .xlsx, or as CSV (UTF-8)";
    const EXPORT: &str = "export the table as CSV (UTF-8)";
    const MAGICS: [(&[u8], &str, &str); 8] = [
        (b"\xd0\xcf\x11\xe0", "older Excel (.xls) or password-protected Excel", XLSX),
        (b"%PDF", "PDF", "ask for the table as CSV or Excel"),
        (b"{\\rtf", "rich text", SAVE),
        (b"SQLite format 3\0", "SQLite", EXPORT),
        (b"ORC", "ORC", EXPORT),
        (b"Obj\x01", "Avro", EXPORT),
        (b"ARROW1", "Arrow", EXPORT),
        (b"\x89HDF", "HDF5", EXPORT),
    ];
    if let Some((_, format, advice)) = MAGICS.iter().find(|(magic, ..)| start.starts_with(magic)) {
        // A header of three letters is no reason to take a table for a file of columns.
        if *format != "ORC" || start.get(3).is_some_and(u8::is_ascii_control) {
            return Err(FileError::OtherFormat { format, advice });
        }
    }
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    match text {
        [b'<', b'?', b'x' | b'X', ..] => Err(FileError::OtherFormat { format: "XML", advice: SAVE }),
        [b'<', next, ..] if next.is_ascii_alphabetic() || *next == b'!' => Err(FileError::WebPage),
        // Names of columns may stand in brackets, but JSON has quotation marks, numbers or further brackets there.
        [b'{' | b'[', rest @ ..] if !rest.trim_ascii_start().first().is_some_and(u8::is_ascii_alphabetic) => {
            Err(FileError::OtherFormat { format: "JSON", advice: EXPORT })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_formats_are_named() {
        let check = |start: &[u8], words: &str| {
            let error = look(start).expect_err(words).to_string();
            assert!(error.contains(words), "{error}");
        };
        check(b"BZh91AY", "bzip2");
        check(b"\xfd7zXZ\0\0", "xz");
        check(b"\x28\xb5\x2f\xfd\0", "zstd");
        check(b"7z\xbc\xaf\x27\x1c", "7-Zip");
        check(&[&[b'a'; 257][..], b"ustar\0"].concat(), "tar");
        check(b"%PDF-1.7", "PDF");
        check(b"\xd0\xcf\x11\xe0\xa1\xb1", "as .xlsx");
        check(b"  <html>", "web page");
        check(b"\xef\xbb\xbf<!doctype html>", "web page");
        check(b"<?xml version=\"1.0\"?><Workbook>", "XML");
        check(b"[{\"Age\": 1}]", "JSON");
        check(b"ORC\n\0", "ORC");
    }

    #[test]
    fn tables_are_told_apart() {
        let check = |start: &[u8], expected: Start| assert_eq!(look(start).expect("holds a table"), expected);
        check(b"Age,Gender", Start::Text);
        check(b"\xef\xbb\xbfAge,Gender", Start::Text);
        check(b"ORC,Gender", Start::Text);
        check(b"<30,1\n", Start::Text);
        check(b"[Loan ID],[Amount]\n", Start::Text);
        check(b"", Start::Text);
        check(b"\x1f\x8b\x08\0", Start::Gzip);
        check(b"PK\x03\x04...", Start::Zip);
        check(b"PAR1", Start::Parquet);
    }
}
