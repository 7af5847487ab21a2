//! What a person said about one column.

use super::draft::Origin;
use domain::field::{Field, Shape};
use domain::mapping::{DateFormat, Reading};
use domain::preview::SuggestedColumn;
use serde::{Deserialize, Serialize};

/// The fields of one row of the form, in the order of the rows. What a form can leave out may be missing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnAnswer {
    /// The code of a field; nothing leaves the column with the raw row.
    pub field: String,
    /// The field for which the conversions were shown. Without scripts it stays what was suggested.
    pub shown_as: String,
    pub date: String,
    pub times: String,
    /// Texts with semicolons between them.
    pub missing: String,
    pub decimal_comma: String,
    pub negative_as_zero: String,
    /// The links that turn an id into the one that is meant; nothing takes it as it stands.
    pub via: String,
    /// What each of the column's words stands for, in their order.
    pub words: Vec<String>,
}

/// Stands for a word that says nothing.
pub const SAYS_NOTHING: &str = "missing";

/// Longer texts have no meaning.
const TEXT_MAX: usize = 200;
const TEXTS_MAX: usize = 100;

/// Whether a field is an id that may stand for another one.
pub fn follows_links(field: Field) -> bool {
    matches!(field, Field::LoanId | Field::BorrowerId)
}

/// Puts an answer into its column.
///
/// # Errors
/// Where it is none, in words.
pub fn take(
    column: &mut SuggestedColumn,
    answer: &ColumnAnswer,
    origin: Origin,
    links: &[String],
) -> Result<(), String> {
    let field = match answer.field.as_str() {
        "" => None,
        code => Some(Field::find(code).ok_or("choose a field of the list.")?),
    };
    let Some(field) = field else {
        column.field = None;
        return Ok(());
    };
    let mut taken = column.taken_for(field);
    let must_choose = must_choose_date(column, &taken, origin == Origin::Suggested);
    let shown = if answer.shown_as == answer.field { taken.clone() } else { column.clone() };
    take_conversions(&mut taken.reading, answer, &shown)?;
    *column = taken;
    let is_date = field.shape() == Shape::Date;
    match answer.date.as_str() {
        "" if is_date && must_choose => return Err("choose the order in which its dates are written.".to_owned()),
        "" if is_date => {}
        "" => column.reading.date = None,
        code => column.reading.date = Some(DateFormat::find(code).ok_or("choose how its dates are written.")?),
    }
    take_links(column, answer, field, links)?;
    take_words(column, answer, field)
}

/// Whether a person must say how the dates of a column are written: `taken` is what was `seen`, for the chosen field.
pub fn must_choose_date(seen: &SuggestedColumn, taken: &SuggestedColumn, is_suggested: bool) -> bool {
    let was_date = seen.field.is_some_and(|field| field.shape() == Shape::Date);
    if was_date { is_suggested && seen.date_choices.len() > 1 } else { taken.date_choices.len() != 1 }
}

/// What nobody changed was meant for the field that stood there: it stays as the values ask for it.
fn take_conversions(reading: &mut Reading, answer: &ColumnAnswer, shown: &SuggestedColumn) -> Result<(), String> {
    let times = factor(&answer.times)?;
    if times != shown.reading.times {
        reading.times = times;
    }
    let decimal_comma = !answer.decimal_comma.is_empty();
    if decimal_comma != shown.reading.decimal_comma {
        reading.decimal_comma = decimal_comma;
    }
    let negative_as_zero = !answer.negative_as_zero.is_empty();
    if negative_as_zero != shown.reading.negative_as_zero {
        reading.negative_as_zero = negative_as_zero;
    }
    let missing = texts(&answer.missing);
    if missing != texts(&listed_missing(shown)) {
        reading.missing = missing;
    }
    Ok(())
}

fn take_links(
    column: &mut SuggestedColumn,
    answer: &ColumnAnswer,
    field: Field,
    links: &[String],
) -> Result<(), String> {
    if follows_links(field) && !links.is_empty() && column.reading.via.as_ref() != Some(&answer.via) {
        column.reading.via = match answer.via.as_str() {
            "" => None,
            name if links.iter().any(|link| link == name) => Some(name.to_owned()),
            _ => return Err("choose links of the list.".to_owned()),
        };
    }
    Ok(())
}

fn take_words(column: &mut SuggestedColumn, answer: &ColumnAnswer, field: Field) -> Result<(), String> {
    for (seen, means) in column.words.iter().zip(&answer.words) {
        column.reading.words.retain(|word, _| !word.eq_ignore_ascii_case(&seen.word));
        column.reading.missing.retain(|text| !text.eq_ignore_ascii_case(&seen.word));
        match means.trim() {
            "" if field.shape().codes().is_some() => {
                return Err(format!("say what \"{}\" stands for.", seen.word));
            }
            "" => {}
            SAYS_NOTHING => column.reading.missing.push(seen.word.clone()),
            means => _ = column.reading.words.insert(seen.word.clone(), means.chars().take(TEXT_MAX).collect()),
        }
    }
    Ok(())
}

/// The texts of a column that say nothing, as the form shows them: without those that are listed among its words.
pub fn listed_missing(column: &SuggestedColumn) -> String {
    let is_listed = |text: &&String| !column.words.iter().any(|seen| seen.word.eq_ignore_ascii_case(text));
    column.reading.missing.iter().filter(is_listed).cloned().collect::<Vec<_>>().join("; ")
}

fn factor(text: &str) -> Result<Option<f64>, String> {
    let text = text.trim().replace(',', ".");
    if text.is_empty() {
        return Ok(None);
    }
    let factor: Option<f64> = text.parse().ok().filter(|factor: &f64| factor.is_finite() && *factor != 0.0);
    factor.map(Some).ok_or_else(|| format!("{text} is no number to multiply by, such as 100 or 0.01."))
}

fn texts(listed: &str) -> Vec<String> {
    let texts = listed.split(';').map(str::trim).filter(|text| !text.is_empty());
    texts.map(|text| text.chars().take(TEXT_MAX).collect()).take(TEXTS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::super::answer::fill;
    use super::super::draft::Draft;
    use super::super::draft::tests::preview;
    use super::*;
    use domain::preview::OtherReading;

    /// A column of numbers with decimal commas, and one of dates with the day first; nobody suggested a field for either.
    fn unsuggested() -> Vec<Draft> {
        let mut seen = preview(&[("a", None), ("b", None)]);
        let comma = Reading { decimal_comma: true, ..Reading::default() };
        let day_first = Reading { date: Some(DateFormat::DayFirst), ..Reading::default() };
        let other = |field, reading: &Reading, date_choices: &[DateFormat]| OtherReading {
            field,
            reading: reading.clone(),
            date_choices: date_choices.to_vec(),
        };
        seen.columns[0].others = vec![other(Field::LoanAmount, &comma, &[])];
        let choices = [DateFormat::DayFirst, DateFormat::MonthFirst];
        seen.columns[1].others = vec![
            other(Field::OriginatedOn, &day_first, &choices[..1]),
            other(Field::ChargedOffOn, &day_first, &choices),
        ];
        vec![Draft::new("a.csv".to_owned(), seen, Origin::Suggested, Vec::new(), "")]
    }

    #[test]
    fn a_field_that_a_person_chose_is_read_as_its_values_are_written() {
        let read = |first: ColumnAnswer, second: Field, date: &str| {
            let mut drafts = unsuggested();
            let (field, date) = (second.code().to_owned(), date.to_owned());
            fill(&mut drafts, &[first, ColumnAnswer { field, date, ..ColumnAnswer::default() }], &[])?;
            Ok::<_, String>(drafts[0].columns.iter().map(|column| column.reading.clone()).collect::<Vec<_>>())
        };
        let amount = || ColumnAnswer { field: Field::LoanAmount.code().to_owned(), ..ColumnAnswer::default() };
        let on = || "on".to_owned();
        // Without scripts, the conversions are those of no field; with them, those of the chosen one.
        for (first, is_comma, times) in [
            (amount(), true, None),
            (ColumnAnswer { times: "2".to_owned(), ..amount() }, true, Some(2.0)),
            (ColumnAnswer { decimal_comma: on(), shown_as: amount().field, ..amount() }, true, None),
            (ColumnAnswer { shown_as: amount().field, ..amount() }, false, None),
        ] {
            let words = format!("{first:?}");
            let readings = read(first, Field::OriginatedOn, "").expect("good answers");
            assert_eq!((readings[0].decimal_comma, readings[0].times), (is_comma, times), "{words}");
            assert_eq!(readings[1].date, Some(DateFormat::DayFirst));
        }
        let said = read(amount(), Field::ChargedOffOn, "month_first").expect("good answers");
        assert_eq!(said[1].date, Some(DateFormat::MonthFirst));
        for field in [Field::ChargedOffOn, Field::PaidOn] {
            let why = read(amount(), field, "").expect_err("its dates fit two orders, or none");
            assert!(why.contains("column b: choose the order"), "{why}");
        }
    }
}
