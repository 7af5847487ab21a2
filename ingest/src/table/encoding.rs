//! How a file's bytes stand for characters: what its start tells, and turning the bytes into UTF-8.

use encoding_rs::{Decoder, UTF_16BE, UTF_16LE, WINDOWS_1252};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

impl Encoding {
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// What turns the bytes into UTF-8, unless they are UTF-8 already.
    pub fn decoder(self) -> Option<Decoder> {
        match self {
            Self::Utf8 => None,
            Self::Utf16Le => Some(UTF_16LE.new_decoder_without_bom_handling()),
            Self::Utf16Be => Some(UTF_16BE.new_decoder_without_bom_handling()),
            Self::Windows1252 => Some(WINDOWS_1252.new_decoder_without_bom_handling()),
        }
    }
}

/// What the first bytes of a text tell of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detected {
    pub encoding: Encoding,
    /// How many bytes the byte order mark takes, if there is one.
    pub bom_bytes: usize,
    /// Whether UTF-8 was seen beyond ASCII, so that it is known to be none of the older encodings.
    pub is_sure: bool,
}

pub fn detect(sample: &[u8]) -> Detected {
    let with_bom = |encoding, bom_bytes| Detected { encoding, bom_bytes, is_sure: true };
    match sample {
        [0xef, 0xbb, 0xbf, ..] => with_bom(Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => with_bom(Encoding::Utf16Le, 2),
        [0xfe, 0xff, ..] => with_bom(Encoding::Utf16Be, 2),
        _ => {
            let wide = detect_utf16(sample);
            wide.map_or_else(|| detect_narrow(sample), |encoding| Detected { encoding, bom_bytes: 0, is_sure: true })
        }
    }
}

/// Digits and delimiters of UTF-16 have a zero as their upper byte, and hardly anything has one as its lower.
fn detect_utf16(sample: &[u8]) -> Option<Encoding> {
    const LOOKED_AT: usize = 4096;
    let pairs = || sample.chunks_exact(2).take(LOOKED_AT / 2);
    let count = pairs().len();
    let (first, second) = pairs()
        .fold((0, 0), |(first, second), pair| (first + usize::from(pair[0] == 0), second + usize::from(pair[1] == 0)));
    let is_upper = |upper: usize, lower: usize| count > 0 && upper * 5 >= count * 2 && lower * 50 <= count;
    if is_upper(second, first) {
        Some(Encoding::Utf16Le)
    } else if is_upper(first, second) {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// Letters of Windows-1252 seldom look like UTF-8 by chance, so what occurs more often decides.
fn detect_narrow(sample: &[u8]) -> Detected {
    let (mut whole, mut broken) = (0, 0);
    // The sample may end within a character.
    let tail = match std::str::from_utf8(sample) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => sample.len(),
    };
    for chunk in sample[..tail].utf8_chunks() {
        if !chunk.valid().is_ascii() {
            whole += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        }
        broken += usize::from(!chunk.invalid().is_empty());
    }
    let encoding = if broken > whole { Encoding::Windows1252 } else { Encoding::Utf8 };
    Detected { encoding, bom_bytes: 0, is_sure: whole > 0 }
}

/// Whether decoded text holds what its encoding has no characters for.
pub fn is_text(text: &str, encoding: Encoding) -> bool {
    match encoding {
        Encoding::Utf8 => !text.contains('\0'),
        // What is no UTF-16 was decoded as the replacement character.
        Encoding::Utf16Le | Encoding::Utf16Be => !text.contains(['\0', '\u{fffd}']),
        Encoding::Windows1252 => !text.contains(is_odd_control),
    }
}

/// A control character that no table holds; bytes without a character of Windows-1252 are decoded as such.
fn is_odd_control(letter: char) -> bool {
    letter.is_control() && !matches!(letter, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn encodings_are_detected() {
        let check = |sample: &[u8], encoding: Encoding, bom_bytes: usize, is_sure: bool| {
            assert_eq!(detect(sample), Detected { encoding, bom_bytes, is_sure }, "{sample:?}");
        };
        check(b"", Encoding::Utf8, 0, false);
        check(b"a,b\n", Encoding::Utf8, 0, false);
        check("Größe\n".as_bytes(), Encoding::Utf8, 0, true);
        check(&"Größe".as_bytes()[..4], Encoding::Utf8, 0, true);
        check(&"Gr".as_bytes()[..2], Encoding::Utf8, 0, false);
        check("\u{feff}a".as_bytes(), Encoding::Utf8, 3, true);
        check(b"Gr\xf6\xdfe,b\n", Encoding::Windows1252, 0, false);
        check("Größe\nÄnderung\n\u{e9}".as_bytes(), Encoding::Utf8, 0, true);
        check(&utf16("\u{feff}a,b", u16::to_le_bytes), Encoding::Utf16Le, 2, true);
        check(&utf16("\u{feff}a,b", u16::to_be_bytes), Encoding::Utf16Be, 2, true);
        check(&utf16("Größe,b\n", u16::to_le_bytes), Encoding::Utf16Le, 0, true);
        check(&utf16("Сумма;12,5\n1;200\n", u16::to_be_bytes), Encoding::Utf16Be, 0, true);
    }
}
