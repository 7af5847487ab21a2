//! What the first bytes of a file tell: formats that are no CSV are refused by their name.

use super::LoanFileError;

/// How many bytes are looked at.
pub(super) const START_BYTES: usize = 4096;

/// The UTF-8 byte order mark.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Checks the first bytes of a file; answers how many of them are no content.
pub(super) fn check(start: &[u8]) -> Result<usize, LoanFileError> {
    let begins = |magic: &[u8]| start.starts_with(magic);
    let compressed = |format| Err(LoanFileError::Compressed { format });
    let other = |format| Err(LoanFileError::OtherFormat { format });
    if begins(b"\x1f\x8b") {
        return compressed("gzip");
    } else if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        return compressed("zip or Excel");
    } else if begins(b"BZh") {
        return compressed("bzip2");
    } else if begins(b"\xfd7zXZ\0") {
        return compressed("xz");
    } else if begins(b"\x28\xb5\x2f\xfd") {
        return compressed("zstd");
    } else if begins(b"7z\xbc\xaf\x27\x1c") {
        return compressed("7-Zip");
    } else if begins(b"\xff\xfe") || begins(b"\xfe\xff") {
        return other("UTF-16 text");
    } else if begins(b"\xd0\xcf\x11\xe0") {
        return other("older Excel");
    } else if begins(b"%PDF") {
        return other("PDF");
    } else if begins(b"PAR1") {
        return other("Parquet");
    }
    let skipped = if begins(BOM) { BOM.len() } else { 0 };
    match start[skipped..].trim_ascii_start() {
        [b'<', ..] => Err(LoanFileError::WebPage),
        [b'{' | b'[', ..] => other("JSON"),
        _ => Ok(skipped),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn other_formats_are_named() {
        let check = |start: &[u8], words: &str| {
            let error = super::check(start).expect_err(words).to_string();
            assert!(error.contains(words), "{error}");
        };
        check(b"\x1f\x8b\x08\0", "gzip");
        check(b"PK\x03\x04...", "zip");
        check(b"\xff\xfeB\0", "UTF-16");
        check(b"%PDF-1.7", "PDF");
        check(b"  <html>", "web page");
        check(b"\xef\xbb\xbf<!doctype html>", "web page");
        check(b"[{\"Age\": 1}]", "JSON");
        assert_eq!(super::check(b"Age,Gender").ok(), Some(0));
        assert_eq!(super::check(b"\xef\xbb\xbfAge,Gender").ok(), Some(3));
        assert_eq!(super::check(b"").ok(), Some(0));
    }
}
