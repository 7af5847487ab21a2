//! Unpacking as it is read, within bounds, and with faults that say what is wrong.

use super::input::Progress;
use crate::error::FileError;
use crate::source::Bounds;
use flate2::Crc;
use std::io::{self, ErrorKind, Read};

/// Up to here nothing is said against how densely a file is packed.
const RATIO_FREE_BYTES: u64 = 64 << 20;

/// What a zip says of a part: how many bytes, and their checksum.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    pub bytes: u64,
    pub checksum: u32,
}

/// Reads from a decoder, and watches over what comes out of it.
pub struct Unpacked<R> {
    decoder: R,
    format: &'static str,
    /// Counts the bytes that the decoder reads.
    packed: Progress,
    bounds: Bounds,
    unpacked: u64,
    expected: Option<(Expected, Crc)>,
}

impl<R: Read> Unpacked<R> {
    pub fn new(decoder: R, format: &'static str, packed: Progress, bounds: Bounds) -> Self {
        Self { decoder, format, packed, bounds, unpacked: 0, expected: None }
    }

    /// Checks at the end whether what came out is what should.
    pub fn expecting(self, expected: Expected) -> Self {
        Self { expected: Some((expected, Crc::new())), ..self }
    }

    fn check_size(&self) -> Result<(), FileError> {
        let Bounds { expanded_bytes_max, ratio_max, .. } = self.bounds;
        if self.unpacked > expanded_bytes_max {
            return Err(FileError::TooLarge { bytes_max: expanded_bytes_max });
        }
        let dense = self.packed.bytes().max(1).saturating_mul(u64::from(ratio_max));
        if self.unpacked > RATIO_FREE_BYTES && self.unpacked > dense {
            return Err(FileError::TooDense { ratio_max });
        }
        Ok(())
    }

    fn check_end(&self) -> Result<(), FileError> {
        let Some((expected, checksum)) = &self.expected else { return Ok(()) };
        if self.unpacked < expected.bytes {
            return Err(FileError::Truncated { format: self.format });
        }
        if self.unpacked > expected.bytes || checksum.sum() != expected.checksum {
            return Err(FileError::Damaged { format: self.format, detail: "a checksum is wrong".to_owned() });
        }
        Ok(())
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.decoder.read(buffer).map_err(|error| fault(error, self.format))?;
        self.unpacked += count as u64;
        self.check_size()?;
        if let Some((_, checksum)) = &mut self.expected {
            checksum.update(&buffer[..count]);
        }
        if count == 0 && !buffer.is_empty() {
            self.check_end()?;
        }
        Ok(count)
    }
}

/// Tells faults of what is packed from faults of the disk.
fn fault(error: io::Error, format: &'static str) -> io::Error {
    match error.kind() {
        ErrorKind::UnexpectedEof => FileError::Truncated { format }.into(),
        ErrorKind::InvalidData | ErrorKind::InvalidInput => {
            FileError::Damaged { format, detail: error.to_string() }.into()
        }
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dense_content_is_refused_once_it_is_large() {
        let check = |packed_bytes: u64, unpacked_bytes: u64, is_refused: bool| {
            let packed = Progress::default();
            packed.add(packed_bytes);
            let decoder = io::repeat(b'1').take(unpacked_bytes);
            let mut unpacked = Unpacked::new(decoder, "gzip", packed, Bounds::default());
            let mut block = vec![0; 1 << 20];
            let ended = loop {
                match unpacked.read(&mut block) {
                    Ok(0) => break Ok(()),
                    Ok(_) => {}
                    Err(error) => break Err(error.to_string()),
                }
            };
            assert_eq!(ended.is_err(), is_refused, "{packed_bytes}, {unpacked_bytes}: {ended:?}");
        };
        check(1_000, 60 << 20, false);
        check(1_000, 70 << 20, true);
        check(1 << 20, 190 << 20, false);
        check(1 << 20, 210 << 20, true);
    }
}
