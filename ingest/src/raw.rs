//! Rows as they stand in their file, packed to be kept: so that a rejected row can be sent back, and another mapping
//! can be tried on what was sent.

use crate::record::Record;
use std::io::Read;

/// A packed chunk that unpacks to more is refused. A caller ends its chunk long before: see [`RawRows::bytes`].
const UNPACKED_BYTES_MAX: usize = 512 << 20;

/// How hard it is packed. Tables pack well even so, and importing must not wait for it.
const LEVEL: i32 = 1;

/// What the first byte of a chunk says of the others.
const PLAIN: u8 = 0;
const ZSTD: u8 = 1;

/// Rows that are being packed. Each is its line (as the distance from the one before), its number of fields, their
/// lengths, and their text; numbers have seven bits a byte, the lower ones first.
#[derive(Clone, Debug, Default)]
pub struct RawRows {
    content: Vec<u8>,
    last_line: u64,
}

/// A row that was unpacked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    pub line: u64,
    pub fields: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum RawError {
    #[error("the kept rows are damaged")]
    Damaged,
    #[error("the kept rows unpack to more than {} MiB", UNPACKED_BYTES_MAX >> 20)]
    TooLarge,
    #[error("the kept rows cannot be unpacked: {0}")]
    Unpack(#[from] std::io::Error),
}

impl RawRows {
    pub fn push(&mut self, record: &Record<'_>) {
        let (text, ends) = record.parts();
        // Lines ascend; the distance wraps, so that any order is told.
        put(&mut self.content, record.line().wrapping_sub(self.last_line));
        self.last_line = record.line();
        put(&mut self.content, ends.len() as u64);
        let mut start = 0;
        for end in ends {
            put(&mut self.content, end.saturating_sub(start) as u64);
            start = *end;
        }
        self.content.extend_from_slice(text.get(..start).unwrap_or_default().as_bytes());
    }

    /// How many bytes the rows take before they are packed.
    pub fn bytes(&self) -> usize {
        self.content.len()
    }

    pub fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    /// The packed rows; no bytes where there are none.
    pub fn finish(self) -> Vec<u8> {
        if self.content.is_empty() {
            return Vec::new();
        }
        let (tag, content) = match zstd::bulk::compress(&self.content, LEVEL) {
            Ok(packed) => (ZSTD, packed),
            // It fails only for want of memory; rows that are kept as they are do no harm.
            Err(_) => (PLAIN, self.content),
        };
        let mut bytes = Vec::with_capacity(content.len() + 1);
        bytes.push(tag);
        bytes.extend_from_slice(&content);
        bytes
    }

    /// Unpacks rows.
    ///
    /// # Errors
    /// Where the bytes are not what [`Self::finish`] made, or unpack to too much.
    pub fn read(bytes: &[u8]) -> Result<Vec<RawRow>, RawError> {
        let content = match bytes.split_first() {
            None => return Ok(Vec::new()),
            Some((&PLAIN, content)) => content.to_vec(),
            Some((&ZSTD, packed)) => unpack(packed)?,
            Some(_) => return Err(RawError::Damaged),
        };
        let mut rest = content.as_slice();
        let (mut rows, mut line) = (Vec::new(), 0_u64);
        while !rest.is_empty() {
            line = line.wrapping_add(take(&mut rest).ok_or(RawError::Damaged)?);
            let fields = fields(&mut rest).ok_or(RawError::Damaged)?;
            rows.push(RawRow { line, fields });
        }
        Ok(rows)
    }
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>, RawError> {
    let mut content = Vec::new();
    zstd::stream::read::Decoder::new(packed)?.take(UNPACKED_BYTES_MAX as u64 + 1).read_to_end(&mut content)?;
    if content.len() > UNPACKED_BYTES_MAX { Err(RawError::TooLarge) } else { Ok(content) }
}

fn fields(rest: &mut &[u8]) -> Option<Vec<String>> {
    let count = usize::try_from(take(rest)?).ok()?;
    // Each field has a length of at least one byte, so that a false count cannot make room for millions.
    if count > rest.len() {
        return None;
    }
    let lengths: Option<Vec<usize>> = (0..count).map(|_| usize::try_from(take(rest)?).ok()).collect();
    lengths?
        .into_iter()
        .map(|length| {
            let (text, behind) = rest.split_at_checked(length)?;
            *rest = behind;
            std::str::from_utf8(text).ok().map(str::to_owned)
        })
        .collect()
}

fn put(content: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        content.push(number as u8 | 0x80);
        number >>= 7;
    }
    content.push(number as u8);
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for place in 0..10 {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Row;
    use proptest::prelude::*;

    fn packed(rows: &[(u64, Vec<String>)]) -> Vec<u8> {
        let mut raw = RawRows::default();
        for (line, fields) in rows {
            raw.push(&Row::new(*line, fields).record());
        }
        raw.finish()
    }

    #[test]
    fn tables_are_packed_tightly() {
        let row = |line: u64| (line, ["LN_1", "1445796", " 36 months", "Fully Paid"].map(str::to_owned).to_vec());
        let rows: Vec<(u64, Vec<String>)> = (2..2002).map(row).collect();
        let bytes = packed(&rows);
        assert!(bytes.len() < 2000, "{}", bytes.len());
        let found = RawRows::read(&bytes).expect("is read");
        assert_eq!((found.len(), found[1999].line), (2000, 2001));
        assert_eq!(found[0].fields[2], " 36 months", "blanks stay");
        assert!(packed(&[]).is_empty() && RawRows::read(&[]).expect("is read").is_empty());
    }

    #[test]
    fn what_unpacks_to_too_much_or_is_damaged_is_refused() {
        let check = |bytes: &[u8], words: &str| {
            let error = RawRows::read(bytes).expect_err(words).to_string();
            assert!(error.contains(words), "{error}");
        };
        check(&[9, 1], "are damaged");
        check(&[PLAIN, 1, 200, 200], "are damaged");
        check(&[PLAIN, 1, 1, 1, 0xff], "are damaged");
        check(&[ZSTD, 1, 2, 3], "cannot be unpacked");
        let mut bomb = vec![ZSTD];
        bomb.extend(zstd::bulk::compress(&vec![0; UNPACKED_BYTES_MAX + 2], LEVEL).expect("is packed"));
        check(&bomb, "unpack to more than 512 MiB");
    }

    proptest! {
        #[test]
        fn what_was_packed_is_read_back(
            rows in proptest::collection::vec((any::<u64>(), proptest::collection::vec(".{0,8}", 0..6)), 0..20),
        ) {
            let found = RawRows::read(&packed(&rows)).expect("is read");
            let found: Vec<(u64, Vec<String>)> = found.into_iter().map(|row| (row.line, row.fields)).collect();
            prop_assert_eq!(found, rows);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = RawRows::read(&bytes);
            let _ = RawRows::read(&[[PLAIN].as_slice(), &bytes].concat());
        }
    }
}
