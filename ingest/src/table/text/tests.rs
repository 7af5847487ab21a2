use super::*;
use proptest::prelude::*;

/// Hands out one byte a time.
struct Dripping<'a>(&'a [u8]);

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.len().min(1);
        buffer[..count].copy_from_slice(&self.0[..count]);
        self.0 = &self.0[count..];
        Ok(count)
    }
}

struct Failing;

impl Read for Failing {
    fn read(&mut self, _buffer: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("the disk is gone"))
    }
}

fn lines_and_fields(bytes: &[u8]) -> Vec<(u64, Vec<String>)> {
    let mut reader = TextReader::new(Dripping(bytes)).expect("is text");
    let mut records = Vec::new();
    while let Some(record) = reader.next().expect("is read") {
        records.push((record.line(), record.fields().map(str::to_owned).collect()));
    }
    records
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

#[test]
fn records_know_the_line_on_which_they_begin() {
    let check = |bytes: &[u8], expected: &[(u64, &[&str])]| {
        let expected: Vec<(u64, Vec<String>)> = expected
            .iter()
            .map(|(line, fields)| (*line, fields.iter().map(|field| (*field).to_owned()).collect()))
            .collect();
        assert_eq!(lines_and_fields(bytes), expected, "{bytes:?}");
    };
    check(b"a,b\n1,2\n", &[(1, &["a", "b"]), (2, &["1", "2"])]);
    check(b"a,b\r\n1,2\r\n3,4", &[(1, &["a", "b"]), (2, &["1", "2"]), (3, &["3", "4"])]);
    check(b"a,b\r1,2\r\r3,4", &[(1, &["a", "b"]), (2, &["1", "2"]), (4, &["3", "4"])]);
    check(b"a,b\r1,2\n3,4\r\n5,6\r", &[(1, &["a", "b"]), (2, &["1", "2"]), (3, &["3", "4"]), (4, &["5", "6"])]);
    check(b"a\n\n\n1\n\n2\n", &[(1, &["a"]), (4, &["1"]), (6, &["2"])]);
    check(b"a\r\n\r\n1\r\n", &[(1, &["a"]), (3, &["1"])]);
    check(b"\"a\n\",b\nc,d", &[(1, &["a", "b"]), (3, &["c", "d"])]);
    check(b"\"a\r\",b\n\"c\r\nd\",e\nf,g", &[(1, &["a", "b"]), (3, &["c\r\nd", "e"]), (5, &["f", "g"])]);
    check("\u{feff}a, b \n".as_bytes(), &[(1, &["a", "b"])]);
    check(b"a,b\n1\n1,2,3\n", &[(1, &["a", "b"]), (2, &["1"]), (3, &["1", "2", "3"])]);
    check(b"sep=;\r\na,b;c\r\n", &[(2, &["a,b", "c"])]);
    check(&utf16("\u{feff}a;Größe\r\n1;\"2\r\n\"\r\n", u16::to_le_bytes), &[(1, &["a", "Größe"]), (2, &["1", "2"])]);
    check(&utf16("a\tb\n1\t2\n", u16::to_be_bytes), &[(1, &["a", "b"]), (2, &["1", "2"])]);
    check(b"a;Gr\xf6\xdfe\n1;\x80 2\n", &[(1, &["a", "Größe"]), (2, &["1", "€ 2"])]);
}

#[test]
fn large_input_is_read_across_buffers() {
    let mut text = "\"field one\",field two\r\n".repeat(80_000);
    text.push_str("\"field\none\",field two\n");
    text.push_str(&"field one,field two\n".repeat(80_000));
    let mut reader = TextReader::new(text.as_bytes()).expect("is text");
    let mut count = 0;
    while let Some(record) = reader.next().expect("is read") {
        count += 1;
        let line = if count > 80_001 { count + 1 } else { count };
        assert_eq!((record.line(), record.field(1), record.field(2)), (line, "field two", ""));
    }
    assert_eq!(count, 160_001);
}

#[test]
fn older_encodings_are_noticed_late() {
    let text = [&b"name,amount\n".repeat(200_000)[..], b"Andr\xe9,1\nJos\xe9,2\n"].concat();
    let mut reader = TextReader::new(&text[..]).expect("is text");
    assert_eq!(reader.format().encoding, Encoding::Utf8);
    let mut last = Vec::new();
    while let Some(record) = reader.next().expect("is read") {
        last = vec![record.line().to_string(), record.field(0).to_owned(), record.field(1).to_owned()];
    }
    assert_eq!(last, ["200002", "José", "2"]);
    assert_eq!(reader.format().encoding, Encoding::Windows1252);
}

#[test]
fn formats_are_told() {
    let check = |bytes: &[u8], delimiter: Option<char>, encoding: &str, is_quoted: bool, has_bom: bool| {
        let format = TextReader::new(bytes).expect("is text").format();
        let found = (format.delimiter(), format.encoding.name(), format.is_quoted, format.has_bom);
        assert_eq!(found, (delimiter, encoding, is_quoted, has_bom), "{bytes:?}");
    };
    check(b"a,b\n1,2\n", Some(','), "UTF-8", false, false);
    check("\u{feff}\"a\"\t\"b\"\n".as_bytes(), Some('\t'), "UTF-8", true, true);
    check(b"\xe4\n1\n", None, "windows-1252", false, false);
    check(&utf16("\u{feff}a|b\n", u16::to_be_bytes), Some('|'), "UTF-16BE", false, true);
}

#[test]
fn unclosed_quotes_are_suspected() {
    let check = |text: &str, expected: Result<bool, u64>| {
        let mut reader = TextReader::new(text.as_bytes()).expect("is text");
        let mut last = Ok(false);
        loop {
            match reader.next() {
                Ok(Some(record)) => last = Ok(record.is_unclosed()),
                Ok(None) => break,
                Err(FileError::UnclosedQuote { line }) => {
                    last = Err(line);
                    break;
                }
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(last, expected, "{text:?}");
    };
    check("a,b\n1,2\n", Ok(false));
    check("a,b\n1,\"2\n3,4\n", Err(2));
    check("a,b\n1,\"2", Err(2));
    check("a,b\n1,\"2\"", Ok(false));
    check("a,b\n1,\"2\n3,\"4\"", Err(2));
    check("a,b\n1,\"2\n3,4\",5\n6,\"7\"\n", Ok(false));
    check("a,b\n0,x\n1,\"2\n3\"", Ok(true));
    check("a,\"b\n1,2\n3,4\n", Err(1));
}

fn fault(input: impl Read) -> String {
    let mut reader = match TextReader::new(input) {
        Ok(reader) => reader,
        Err(error) => return error.to_string(),
    };
    loop {
        match reader.next() {
            Ok(Some(_)) => {}
            Ok(None) => return "no fault".to_owned(),
            Err(error) => return error.to_string(),
        }
    }
}

#[test]
fn bounds_hold() {
    let check = |bytes: &[u8], words: &str| {
        let found = fault(bytes);
        assert!(found.contains(words), "{found}");
    };
    check(b"", "the file is empty");
    check(b"\xef\xbb\xbf\r\n \n", "the file is empty");
    check(&b"a".repeat(4_000_000), "line 1: the row that begins here is longer than 1 MiB");
    check(&[&b"a,b\n1,\"2\n"[..], &b"3,4\n".repeat(600_000)].concat(), "line 2: the row that begins here");
    check(&[&b"a\n"[..], &b",".repeat(10_000)].concat(), "line 2: the row has more than 5000 fields");
    check(&b"\0".repeat(4_000_000), "line 1: there are bytes that stand for no characters");
    check(b"a,b\n1,\0\n", "line 2: there are bytes that stand for no characters");
    check(
        "Größe,b\n1,2\n".bytes().chain(*b"1,\xc3,\xa9\n").collect::<Vec<_>>().as_slice(),
        "line 3, field 2: this is not",
    );
    check(b"a,b\n\xe9,\x81\n", "line 2: there are bytes");
    check(b"a,b\n\n\xe9,\x07\n", "line 3: there are bytes");
    check(b"\xff\xfea\0,\0b\0\n\0\x00\xd8,\0", "line 2: there are bytes");
    check(b"\x1f\x8b\x08", "an archive inside an archive");
    let found = fault(Failing);
    assert!(found.contains("the disk is gone"), "{found}");
}

#[test]
fn endless_lines_are_refused_early() {
    let endless = std::io::repeat(b'a').take(1 << 40);
    let found = fault((&b"a,b\n"[..]).chain(endless));
    assert!(found.contains("line 2: the row that begins here is longer"), "{found}");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        fault(&bytes[..]);
    }

    #[test]
    fn no_text_makes_it_panic(bytes in "[a,;\"\r\n\0é\u{feff}|\t]{0,60}", cut in 0_usize..3) {
        let bytes = &bytes.as_bytes()[cut.min(bytes.len())..];
        fault(bytes);
    }
}
