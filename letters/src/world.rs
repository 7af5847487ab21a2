//! What Typst may see while it sets a letter: the letter, the layout, and the fonts that come with the program. No files, no
//! network, no clock.

use super::{Item, Letter};
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Dict, Duration, IntoValue, Value};
use typst::syntax::{FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

static FONTS: LazyLock<Vec<Font>> =
    LazyLock::new(|| typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).collect());

static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));

static LAYOUT: LazyLock<Source> = LazyLock::new(|| Source::detached(include_str!("letter.typ")));

pub(super) struct LetterWorld {
    library: LazyHash<Library>,
}

impl LetterWorld {
    pub(super) fn new(letter: &Letter) -> Self {
        Self { library: LazyHash::new(Library::builder().with_inputs(inputs(letter)).build()) }
    }
}

fn inputs(letter: &Letter) -> Dict {
    let text = |text: &str| text.into_value();
    let lines = |lines: &[String]| Value::Array(lines.iter().map(|line| text(line)).collect());
    let item = |item: &Item| {
        let pairs =
            [("label", text(&item.label)), ("amount", text(&item.amount)), ("is_total", item.is_total.into_value())];
        Value::Dict(pairs.into_iter().map(|(name, value)| (name.into(), value)).collect())
    };
    let inputs = [
        ("sender", text(&letter.sender)),
        ("recipient", lines(&letter.recipient)),
        ("date", text(&letter.date.format("%-d %B %Y").to_string())),
        ("reference", text(&letter.reference)),
        ("subject", text(&letter.subject)),
        ("before", lines(&letter.before)),
        ("currency", text(&letter.currency)),
        ("items", Value::Array(letter.items.iter().map(item).collect())),
        ("reasons", lines(&letter.reasons)),
        ("after", lines(&letter.after)),
        ("is_draft", letter.is_draft.into_value()),
    ];
    inputs.into_iter().map(|(name, value)| (name.into(), value)).collect()
}

impl World for LetterWorld {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        LAYOUT.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == LAYOUT.id() { Ok(LAYOUT.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
