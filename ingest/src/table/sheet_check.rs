//! Looks through a workbook before it is read: its reader trusts it, and would hold in memory whatever it says.

use super::archive::{Archive, Part};
use super::input::Progress;
use crate::error::FileError;
use crate::source::Bounds;
use std::fs::File;
use std::io::Read;

/// Up to here a part may hold what it likes, for so much fits into memory.
const FREE_BYTES: u64 = 16 << 20;
/// How far apart the cells of a larger sheet may begin.
const CELL_BYTES_MAX: u64 = 4 << 20;
/// Enough to tell a cell's tag behind a prefix.
const TAG_BYTES: usize = 16;

/// Checks all parts of a workbook, for any of them may be said to hold what its reader keeps. Answers whether a sheet
/// seems to hold formulas without a value.
pub fn check(file: &File, archive: &Archive, bounds: &Bounds) -> Result<bool, FileError> {
    let (mut held_in_memory, mut has_unsaved) = (0, false);
    for part in archive.parts()? {
        let is_sheet = part.name.to_ascii_lowercase().starts_with("xl/worksheets/") && !part.name.contains("_rels");
        let input = archive.read(part.index, file.try_clone()?, &Progress::default(), bounds)?;
        if is_sheet {
            has_unsaved |= check_sheet(input, &part)?;
        } else {
            let left = bounds.shared_text_bytes_max.saturating_sub(held_in_memory);
            held_in_memory += std::io::copy(&mut input.take(left + 1), &mut std::io::sink())?;
            if held_in_memory > bounds.shared_text_bytes_max {
                return Err(FileError::TooLarge { bytes_max: bounds.shared_text_bytes_max });
            }
        }
    }
    Ok(has_unsaved)
}

/// Checks that no cell of a sheet is larger than any cell can be.
fn check_sheet(mut input: impl Read, part: &Part) -> Result<bool, FileError> {
    let mut block = vec![0; 1 << 16];
    let mut formulas = Formulas::default();
    let (mut kept, mut total, mut last_cell, mut is_odd) = (0, 0_u64, 0_u64, false);
    loop {
        let count = input.read(&mut block[kept..])?;
        let length = kept + count;
        // A tag at the end of a block is looked at with the next one.
        let looked_at = if count == 0 { length } else { length.saturating_sub(TAG_BYTES) };
        for at in memchr::memchr_iter(b'<', &block[..looked_at]) {
            let here = total + at as u64;
            let tag = tag(&block[at..length]);
            formulas.see(&tag);
            match tag {
                Tag::Cell => {
                    is_odd = is_odd || here - last_cell > CELL_BYTES_MAX;
                    last_cell = here;
                }
                // Nothing is read behind the cells.
                Tag::EndOfCells => return verdict(is_odd, here, part).map(|()| formulas.has_unsaved),
                Tag::Odd => is_odd = true,
                Tag::Formula | Tag::Value | Tag::Other => {}
            }
        }
        total += looked_at as u64;
        is_odd = is_odd || total - last_cell.min(total) > CELL_BYTES_MAX;
        verdict(is_odd, total, part)?;
        if count == 0 {
            return Ok(formulas.has_unsaved);
        }
        block.copy_within(looked_at..length, 0);
        kept = length - looked_at;
    }
}

fn verdict(is_odd: bool, bytes: u64, part: &Part) -> Result<(), FileError> {
    if is_odd && bytes > FREE_BYTES {
        let detail = format!("{} holds what no sheet does", part.name);
        return Err(FileError::Damaged { format: "Excel", detail });
    }
    Ok(())
}

/// Looks for cells with a formula and no value behind it.
#[derive(Default)]
struct Formulas {
    is_formula: bool,
    has_value: bool,
    has_unsaved: bool,
}

impl Formulas {
    fn see(&mut self, tag: &Tag) {
        match tag {
            Tag::Cell | Tag::EndOfCells => {
                self.has_unsaved |= self.is_formula && !self.has_value;
                (self.is_formula, self.has_value) = (false, false);
            }
            Tag::Formula => self.is_formula = true,
            Tag::Value => self.has_value = true,
            Tag::Odd | Tag::Other => {}
        }
    }
}

enum Tag {
    Cell,
    EndOfCells,
    Formula,
    /// A value that is not empty.
    Value,
    /// What has no place in a sheet, and may be larger than a cell: comments, and texts that sheets share.
    Odd,
    Other,
}

fn tag(bytes: &[u8]) -> Tag {
    let bytes = &bytes[1..bytes.len().min(TAG_BYTES)];
    if bytes.first() == Some(&b'!') {
        return Tag::Odd;
    }
    let (is_end, name) = bytes.strip_prefix(b"/").map_or((false, bytes), |name| (true, name));
    let prefix = name.iter().take(6).position(|byte| *byte == b':').map_or(0, |colon| colon + 1);
    match &name[prefix..] {
        name if is_end && name.starts_with(b"sheetData") => Tag::EndOfCells,
        [b's', b'i', b' ' | b'>' | b'/', ..] => Tag::Odd,
        [b'c', b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r', ..] if !is_end => Tag::Cell,
        [b'f', b' ' | b'>' | b'/', ..] if !is_end => Tag::Formula,
        [b'v', b'>', b'<', ..] | [b'v', b'/' | b' ', ..] if !is_end => Tag::Other,
        [b'v', b'>', ..] | [b'i', b's', ..] if !is_end => Tag::Value,
        _ => Tag::Other,
    }
}
