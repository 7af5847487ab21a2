//! The bytes of a text between its file and its records: read in blocks, and decoded to UTF-8 on the way.

use super::encoding::Encoding;
use crate::error::FileError;
use encoding_rs::Decoder;
use std::io::{ErrorKind, Read};
use std::ops::Range;

/// How much is read at a time: little enough to stay in the processor's cache until it is parsed.
const BLOCK_BYTES: usize = 1 << 17;

pub struct Buffer<R> {
    input: R,
    /// Turns what is read into UTF-8, unless it is taken for that already.
    decoder: Option<Decoder>,
    bytes: Vec<u8>,
    /// The part of `bytes` that is read and not yet parsed.
    unparsed: Range<usize>,
    /// Bytes before they are decoded.
    raw: Vec<u8>,
    is_ended: bool,
    may_hold_nul: bool,
}

impl<R: Read> Buffer<R> {
    /// Reads the first `sample_bytes` of the input, or all of it if it is shorter.
    pub fn new(input: R, sample_bytes: usize) -> Result<Self, FileError> {
        let mut buffer = Self {
            input,
            decoder: None,
            bytes: vec![0; sample_bytes + BLOCK_BYTES],
            unparsed: 0..0,
            raw: Vec::new(),
            is_ended: false,
            may_hold_nul: false,
        };
        while buffer.unparsed.end < sample_bytes && !buffer.is_ended {
            buffer.fill()?;
        }
        Ok(buffer)
    }

    pub fn unparsed(&self) -> &[u8] {
        &self.bytes[self.unparsed.clone()]
    }

    /// The first byte that is not yet parsed.
    pub fn first(&self) -> Option<u8> {
        self.unparsed().first().copied()
    }

    pub fn pass(&mut self, count: usize) {
        self.unparsed.start = (self.unparsed.start + count).min(self.unparsed.end);
    }

    /// Whether nothing comes behind what is unparsed.
    pub fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Whether a NUL byte was read, of what was taken for UTF-8.
    pub fn may_hold_nul(&self) -> bool {
        self.may_hold_nul
    }

    /// Takes all that is unparsed, and all that comes behind it, for text of this encoding.
    pub fn decode_from_here(&mut self, encoding: Encoding) {
        self.decoder = encoding.decoder();
        if self.decoder.is_some() {
            self.raw.clear();
            self.raw.extend_from_slice(&self.bytes[self.unparsed.clone()]);
            self.unparsed = 0..0;
            self.decode();
        }
    }

    /// Reads another block behind what is unparsed.
    pub fn fill(&mut self) -> Result<(), FileError> {
        self.bytes.copy_within(self.unparsed.clone(), 0);
        self.unparsed = 0..self.unparsed.len();
        if self.decoder.is_some() {
            self.raw.resize(BLOCK_BYTES, 0);
            let count = read_whole(&mut self.input, &mut self.raw)?;
            self.is_ended = count < BLOCK_BYTES;
            self.raw.truncate(count);
            self.decode();
        } else {
            let end = self.unparsed.end;
            self.make_room(end + BLOCK_BYTES);
            let count = read_whole(&mut self.input, &mut self.bytes[end..end + BLOCK_BYTES])?;
            self.is_ended = count < BLOCK_BYTES;
            self.unparsed.end += count;
            let new = &self.bytes[end..self.unparsed.end];
            self.may_hold_nul = self.may_hold_nul || memchr::memchr(0, new).is_some();
        }
        Ok(())
    }

    /// Decodes what is in `raw` to behind what is unparsed.
    fn decode(&mut self) {
        let Some(decoder) = &mut self.decoder else { return };
        let end = self.unparsed.end;
        // What has no room would be lost.
        let room = decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(self.raw.len() * 3 + 16);
        if self.bytes.len() < end + room {
            self.bytes.resize(end + room, 0);
        }
        let (_, _, written, _) = decoder.decode_to_utf8(&self.raw, &mut self.bytes[end..], self.is_ended);
        self.unparsed.end += written;
    }

    fn make_room(&mut self, length: usize) {
        if self.bytes.len() < length {
            self.bytes.resize(length, 0);
        }
    }
}

/// Fills `block` unless the input ends; answers how much was read.
fn read_whole(input: &mut impl Read, block: &mut [u8]) -> Result<usize, FileError> {
    let mut length = 0;
    while length < block.len() {
        match input.read(&mut block[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(length)
}
