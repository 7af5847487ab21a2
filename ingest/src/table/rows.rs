//! Rows of formats whose readers cannot be paused: they run in a thread of their own, a few blocks of rows ahead.
//!
//! The thread ends when the rows do, or with the first block that nobody wants. Its panics stay inside of it: these
//! formats are read by other people's code, which need not be ready for every file.

use super::{FIELDS_MAX, RECORD_BYTES_MAX};
use crate::error::FileError;
use crate::record::{Doubt, Record};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// How many bytes make a block.
const BLOCK_BYTES: usize = 1 << 16;
/// How many rows make a block, however short they are.
const BLOCK_ROWS: usize = 1024;
/// How many blocks may wait.
const BLOCKS_AHEAD: usize = 4;

/// Rows one after the other; where each field ends is counted from the start of its row.
#[derive(Debug, Default)]
struct Block {
    text: String,
    ends: Vec<usize>,
    rows: Vec<Row>,
    /// Fields that cannot be trusted, by their index in their row.
    doubts: Vec<(usize, Doubt)>,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    line: u64,
    text_end: usize,
    fields_end: usize,
    doubts_end: usize,
}

/// Why a thread stops before the end of its rows.
#[derive(Debug)]
pub enum Stop {
    Fault(FileError),
    /// Nobody reads on.
    Unwanted,
}

impl From<FileError> for Stop {
    fn from(error: FileError) -> Self {
        Self::Fault(error)
    }
}

/// Where a thread puts its rows.
pub struct Sink {
    block: Block,
    sender: SyncSender<Result<Block, FileError>>,
    width_max: usize,
}

impl Sink {
    /// What the text of the next field is to be appended to.
    pub fn text(&mut self) -> &mut String {
        &mut self.block.text
    }

    /// Says that the field that is not yet ended cannot be trusted. It must have a text.
    pub fn doubt(&mut self, doubt: Doubt) {
        let field = self.width();
        self.block.doubts.push((field, doubt));
    }

    pub fn end_field(&mut self) {
        let end = self.block.text.len() - self.row_start();
        self.block.ends.push(end);
    }

    /// How many fields of the row were ended.
    pub fn width(&self) -> usize {
        self.block.ends.len() - self.block.rows.last().map_or(0, |row| row.fields_end)
    }

    /// Ends a row. One without any text is passed over; one shorter than those before is filled up, for these formats
    /// leave out what is empty.
    pub fn end_row(&mut self, line: u64) -> Result<(), Stop> {
        if self.block.text.len() == self.row_start() {
            self.block.ends.truncate(self.block.ends.len() - self.width());
            return Ok(());
        }
        if self.block.text.len() - self.row_start() > RECORD_BYTES_MAX {
            return Err(FileError::RowTooLong { line }.into());
        }
        self.width_max = self.width_max.max(self.width());
        if self.width_max > FIELDS_MAX {
            return Err(FileError::TooManyFields { line }.into());
        }
        while self.width() < self.width_max {
            self.end_field();
        }
        let Block { text, ends, rows, doubts } = &mut self.block;
        rows.push(Row { line, text_end: text.len(), fields_end: ends.len(), doubts_end: doubts.len() });
        if rows.len() >= BLOCK_ROWS || text.len() >= BLOCK_BYTES { self.send() } else { Ok(()) }
    }

    fn row_start(&self) -> usize {
        self.block.rows.last().map_or(0, |row| row.text_end)
    }

    fn send(&mut self) -> Result<(), Stop> {
        let block = std::mem::take(&mut self.block);
        self.sender.send(Ok(block)).map_err(|_| Stop::Unwanted)
    }
}

/// Reads the rows that a thread puts out.
pub struct ThreadedRows {
    blocks: Receiver<Result<Block, FileError>>,
    block: Block,
    next: usize,
}

impl ThreadedRows {
    /// Starts a thread that puts out rows; `format` is what a panic is blamed on.
    pub fn start(
        format: &'static str,
        produce: impl FnOnce(&mut Sink) -> Result<(), Stop> + Send + 'static,
    ) -> Result<Self, FileError> {
        let (sender, blocks) = sync_channel(BLOCKS_AHEAD);
        let run = move || {
            let mut sink = Sink { block: Block::default(), sender, width_max: 0 };
            let ended = guarded(format, || match produce(&mut sink) {
                Ok(()) | Err(Stop::Unwanted) => Ok(()),
                Err(Stop::Fault(error)) => Err(error),
            });
            // Rows before a fault are rows as well. Whoever has gone needs to be told nothing.
            let sent = if sink.block.rows.is_empty() { Ok(()) } else { sink.send() };
            if let (Ok(()), Err(error)) = (sent, ended) {
                drop(sink.sender.send(Err(error)));
            }
        };
        thread::Builder::new().name(format!("{format} rows")).spawn(run)?;
        Ok(Self { blocks, block: Block::default(), next: 0 })
    }

    pub fn next(&mut self) -> Result<Option<Record<'_>>, FileError> {
        while self.next >= self.block.rows.len() {
            let Ok(block) = self.blocks.recv() else { return Ok(None) };
            self.block = block?;
            self.next = 0;
        }
        let Block { text, ends, rows, doubts } = &self.block;
        let before = self.next.checked_sub(1).map(|before| rows[before]);
        let row = rows[self.next];
        self.next += 1;
        let (text_start, fields_start, doubts_start) =
            before.map_or((0, 0, 0), |row| (row.text_end, row.fields_end, row.doubts_end));
        let record = Record::new(row.line, &text[text_start..row.text_end], &ends[fields_start..row.fields_end]);
        Ok(Some(record.with_doubts(&doubts[doubts_start..row.doubts_end])))
    }
}

/// Takes a panic of other people's code for what it is: a file that they were not ready for.
pub fn guarded<T>(format: &'static str, run: impl FnOnce() -> Result<T, FileError>) -> Result<T, FileError> {
    let damaged = |_| Err(FileError::Damaged { format, detail: "its content contradicts itself".to_owned() });
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(damaged)
}
