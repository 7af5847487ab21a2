//! What the columns of a file seem to hold, by their names and by their values. A person decides.

mod dictionary;
mod facts;
mod fit;
mod marks;
mod meaning;
mod names;
#[cfg(test)]
mod tests;
mod votes;

pub use meaning::meaning;

use crate::word;
use domain::field::{Field, FileKind, Shape};
use domain::mapping::{Mapping, Reading};
use domain::preview::{NumberKind, OtherReading, SeenWord, SuggestedColumn};
use facts::Facts;
use fit::Fit;
use std::collections::HashMap;

/// Suggestions that are less sure are not made.
const CONFIDENCE_MIN: u8 = 50;
/// A name that says this much is clear by itself.
const CLEAR_NAME: u8 = 75;
/// A column with more words that differ is not listed by its words.
const WORDS_MAX: usize = 30;
const SAMPLES_MAX: usize = 5;

/// The columns of a file, looked at once.
#[derive(Debug)]
pub struct Columns<'a> {
    header: &'a [String],
    facts: Vec<Facts>,
    /// Of each column, another of the same name. Neither can be read, as a mapping tells columns by their names.
    namesakes: Vec<Option<usize>>,
}

impl<'a> Columns<'a> {
    /// Looks at the rows below a header; where the file has none, the header holds numbers.
    pub fn new<R: AsRef<[String]>>(header: &'a [String], rows: &[R]) -> Self {
        let cells = |place: usize| rows.iter().map(move |row| row.as_ref().get(place).map_or("", |cell| cell.trim()));
        let facts: Vec<Facts> = (0..header.len()).map(|place| Facts::new(cells(place))).collect();
        let mut columns = Self { header, facts, namesakes: namesakes(header) };
        columns.compare(votes::named_number);
        columns
    }

    /// Takes note of the columns that a mapping reads as numbers: they tell best how the table is written.
    pub fn read_as(&mut self, mapping: &Mapping) {
        let mapped = |name: &str| mapping.columns.iter().find(|mapped| word::is_same(&mapped.column, name));
        self.compare(|name| mapped(name).and_then(|mapped| NumberKind::of(mapped.field)));
    }

    /// Lets each column know how the others are written; `number` tells what numbers a column of a name holds.
    fn compare(&mut self, number: impl Fn(&str) -> Option<NumberKind>) {
        for (place, around) in votes::around(self.header, &self.facts, number).into_iter().enumerate() {
            self.facts[place].stand_among(around);
        }
    }

    /// What each column seems to hold in a file of a kind. A field is suggested once, where it fits best.
    pub fn suggest(&self, kind: FileKind) -> Vec<SuggestedColumn> {
        let mut offers: Vec<Offer> = self.offers(kind);
        offers.retain(|offer| self.namesakes[offer.place].is_none());
        // The first of equal ones wins, so that the same file always gives the same suggestion.
        offers.sort_by_key(|offer| std::cmp::Reverse(offer.confidence));
        let mut chosen: Vec<Option<Offer>> = self.header.iter().map(|_| None).collect();
        for offer in offers {
            let is_taken = chosen.iter().flatten().any(|other| other.field == offer.field);
            if !is_taken && chosen[offer.place].is_none() {
                let place = offer.place;
                chosen[place] = Some(offer);
            }
        }
        chosen.into_iter().enumerate().map(|(place, offer)| self.column(place, offer)).collect()
    }

    /// The kinds that the file may be, likeliest first.
    pub fn kinds(&self) -> Vec<(FileKind, u8)> {
        let has = |kind: FileKind, of: fn(Field) -> bool| {
            let clear = self.offers(kind).into_iter().filter(|offer| offer.name >= CLEAR_NAME && of(offer.field));
            clear.map(|offer| offer.field).collect::<std::collections::BTreeSet<_>>().len() as u8
        };
        let of_loan = |field: Field| {
            field.belongs_to(FileKind::Loans) && !field.belongs_to(FileKind::Borrowers) && field != Field::LoanId
        };
        let of_payment = |field: Field| field.belongs_to(FileKind::Payments) && !field.belongs_to(FileKind::Loans);
        let of_person = |field: Field| field.belongs_to(FileKind::Borrowers) && field != Field::BorrowerId;
        let is_id = |field: Field| matches!(field, Field::LoanId | Field::BorrowerId);
        let (loan, payment) = (has(FileKind::Loans, of_loan), has(FileKind::Payments, of_payment));
        let (person, ids) = (has(FileKind::Borrowers, of_person), has(FileKind::Loans, is_id));
        let score = |points: u8| points.min(10) * 10;
        let mut kinds = vec![
            (FileKind::Loans, score(1 + 2 * loan)),
            (FileKind::Payments, score(3 * payment).saturating_sub(score(loan) / 2)),
            (FileKind::Borrowers, if person > 0 { score(2 + 2 * person).saturating_sub(score(loan) * 2) } else { 0 }),
            (FileKind::Links, if ids == 2 && loan + payment + person == 0 { 50 } else { 0 }),
        ];
        kinds.sort_by_key(|(_, score)| std::cmp::Reverse(*score));
        kinds
    }

    fn offers(&self, kind: FileKind) -> Vec<Offer> {
        let mut offers = Vec::new();
        for (place, (column, facts)) in self.header.iter().zip(&self.facts).enumerate() {
            let mut named = names::scores(column, kind);
            for (field, score) in by_values(facts, kind) {
                if !named.iter().any(|(known, _)| *known == field) {
                    named.push((field, score));
                }
            }
            for (field, name) in named {
                let fit = fit::fit(field, column, facts);
                let sum = u32::from(name) * 7 + u32::from(fit.score) * 3;
                let confidence = if fit.score == 0 { 0 } else { (sum / 10) as u8 };
                if confidence >= CONFIDENCE_MIN {
                    offers.push(Offer { place, field, name, confidence, fit });
                }
            }
        }
        offers
    }

    fn column(&self, place: usize, offer: Option<Offer>) -> SuggestedColumn {
        let facts = &self.facts[place];
        let field = offer.as_ref().map(|offer| offer.field);
        let name = &self.header[place];
        let of_field = |word: &str| field.and_then(|field| meaning(field, name, word)).map(str::to_owned);
        let seen = |(word, rows): &(String, u32)| SeenWord { word: word.clone(), rows: *rows, meaning: of_field(word) };
        let is_date = offer.as_ref().is_some_and(|offer| offer.fit.reading.date.is_some());
        let has_codes = field.is_some_and(|field| field.shape().codes().is_some());
        let has_few = facts.distinct.len() <= WORDS_MAX && (has_codes || facts.distinct.len() < facts.filled as usize);
        let mut column = SuggestedColumn {
            column: name.clone(),
            field,
            date_choices: if is_date { facts.formats.clone() } else { Vec::new() },
            samples: facts.distinct.iter().take(SAMPLES_MAX).map(|(text, _)| text.clone()).collect(),
            words: if has_few { facts.distinct.iter().map(seen).collect() } else { Vec::new() },
            missing: facts.missing,
            is_constant: facts.distinct.len() == 1 && facts.missing == 0 && facts.filled > 1,
            is_doubled: self.namesakes[place].is_some(),
            others: others(name, facts),
            objections: facts.objections(),
            ..SuggestedColumn::default()
        };
        let mut warnings: Vec<String> = Vec::new();
        if let Some(other) = self.namesakes[place] {
            let (first, second) = (place.min(other) + 1, place.max(other) + 1);
            warnings.push(format!(
                "Stands twice, as columns number {first} and {second}: to use it, remove or rename one in the file, and send it again"
            ));
        }
        if let Some(offer) = offer {
            column.confidence = offer.confidence;
            column.reading = offer.fit.reading;
            warnings.extend(offer.fit.warning);
        }
        if facts.formulas > 0 {
            warnings.push(format!("{} values are formulas", facts.formulas));
        }
        if column.is_constant {
            warnings.push("All rows say the same".to_owned());
        }
        if field.is_some_and(|field| field.is_known_after_outcome() && field != Field::RecoveryStatus) {
            warnings.push("Known only after the outcome: kept for reports, and no model sees it".to_owned());
        }
        column.warning = (!warnings.is_empty()).then(|| warnings.join(". "));
        column
    }
}

/// How a column would be read as each field whose numbers or dates must be told how they are written.
fn others(name: &str, facts: &Facts) -> Vec<OtherReading> {
    let is_written = |field: &Field| {
        matches!(field.shape(), Shape::Amount | Shape::SignedAmount | Shape::Count(_) | Shape::Rate | Shape::Date)
    };
    let read = |field: Field| {
        let reading = fit::fit(field, name, facts).reading;
        let date_choices = if reading.date.is_some() { facts.formats.clone() } else { Vec::new() };
        OtherReading { field, reading, date_choices }
    };
    let all = Field::ALL.into_iter().filter(is_written).map(read);
    all.filter(|other| other.reading != Reading::default()).collect()
}

/// Where else the name of each column stands; columns without a name have none.
fn namesakes(header: &[String]) -> Vec<Option<usize>> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::with_capacity(header.len());
    for (place, name) in header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        places.entry(name).or_default().push(place);
    }
    let other = |(place, name): (usize, &String)| places.get(name.as_str())?.iter().copied().find(|p| *p != place);
    header.iter().enumerate().map(other).collect()
}

/// A field that a column may hold.
struct Offer {
    place: usize,
    field: Field,
    /// How much the name says, from 0 to 100.
    name: u8,
    confidence: u8,
    fit: Fit,
}

/// Fields that values tell by themselves, whatever the name; with what a name would have to say for it.
fn by_values(facts: &Facts, kind: FileKind) -> impl Iterator<Item = (Field, u8)> {
    let letters = facts.texts(|text| text.chars().any(char::is_alphabetic)) > 90;
    let is_status = letters
        && facts.distinct.len() <= WORDS_MAX
        && facts.texts(|text| meaning(Field::RecoveryStatus, "", text).is_some()) > 80;
    let is_email = facts.filled > 0 && facts.texts(|text| text.contains('@') && text.contains('.')) > 90;
    let found = [(Field::RecoveryStatus, is_status && facts.distinct.len() > 1), (Field::Email, is_email)];
    found.into_iter().filter(move |(field, is_it)| *is_it && field.belongs_to(kind)).map(|(field, _)| (field, 50))
}
