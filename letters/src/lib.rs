//! Letters to borrowers as PDF. Typst sets them; what differs from letter to letter goes in as data, never as markup. No
//! database and no clock: the same letter gives the same bytes.

mod world;

use chrono::NaiveDate;
use world::LetterWorld;

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Who writes.
    pub sender: String,
    /// Name and address, a line each.
    pub recipient: Vec<String>,
    pub date: NaiveDate,
    /// What an answer should name.
    pub reference: String,
    pub subject: String,
    /// Paragraphs above the amounts.
    pub before: Vec<String>,
    /// ISO 4217.
    pub currency: String,
    /// How the amount is made up; no table where there are none.
    pub items: Vec<Item>,
    /// Why the borrower receives it, a sentence each.
    pub reasons: Vec<String>,
    /// Paragraphs below.
    pub after: Vec<String>,
    /// Whether it is marked as one that must not go out.
    pub is_draft: bool,
}

/// A line of the amounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub label: String,
    /// As it is to be read, as "1,234.50".
    pub amount: String,
    pub is_total: bool,
}

/// Why a letter could not be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the letter could not be set: {0}")]
pub struct LetterFault(String);

/// Sets a letter. Gives a PDF.
///
/// # Errors
/// What Typst says against it; a letter of plain text gives it no cause.
pub fn pdf(letter: &Letter) -> Result<Vec<u8>, LetterFault> {
    let world = LetterWorld::new(letter);
    let set = typst::compile::<typst_layout::PagedDocument>(&world);
    let document = set.output.map_err(|faults| told(&faults))?;
    let options = typst_pdf::PdfOptions::default();
    typst_pdf::pdf(&document, &options).map_err(|faults| told(&faults))
}

fn told(faults: &[typst::diag::SourceDiagnostic]) -> LetterFault {
    LetterFault(faults.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; "))
}
