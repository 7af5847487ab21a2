//! Rows of loans as they are staged.

use crate::uploads::staging::{Cell, Shape};
use chrono::NaiveDate;
use domain::borrower::BorrowerRecord;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::money::Money;
use std::collections::HashMap;

pub(in crate::uploads) const SHAPE: Shape = Shape {
    noun: "loan",
    columns: &[
        ("line", "bigint"),
        // The place among the rows of its loan: one statement must not touch a loan twice. 0 for a row that is left out,
        // -1 for one of a day before what is known.
        ("wave", "integer"),
        // The loan that was on file, and the borrower, once they are looked up.
        ("loan_id", "bigint"),
        ("borrower_id", "bigint"),
        ("loan_ref", "text"),
        ("as_of", "date"),
        ("loan_type", "text"),
        ("loan_amount_minor", "bigint"),
        ("originated_on", "date"),
        ("tenure_months", "integer"),
        ("interest_rate", "double precision"),
        ("collateral_value_minor", "bigint"),
        ("outstanding_minor", "bigint"),
        ("monthly_instalment_minor", "bigint"),
        ("payment_history", "text"),
        ("missed_payments", "integer"),
        ("days_past_due", "bigint"),
        ("recovery_status", "text"),
        ("charged_off_on", "date"),
        ("charged_off_amount_minor", "bigint"),
        ("recovered_amount_minor", "bigint"),
        ("collection_attempts", "integer"),
        ("collection_method", "text"),
        ("legal_action_taken", "boolean"),
        ("extras", "text"),
        ("borrower_ref", "text"),
        ("is_unnamed", "boolean"),
        // Whether the row itself names its borrower, and the day for which a row of the chunk does.
        ("names_borrower", "boolean"),
        ("named_on", "date"),
        ("is_borrower", "boolean"),
        ("name", "text"),
        ("employment_type", "text"),
        ("monthly_income_minor", "bigint"),
        ("age", "integer"),
        ("birth_date", "date"),
        ("gender", "text"),
        ("marital_status", "text"),
        ("dependants", "integer"),
    ],
};

/// The rows of a chunk as they are staged.
pub(in crate::uploads) fn staged(
    records: &[(u64, LoanRecord)],
    as_of: NaiveDate,
    tells_status: bool,
) -> impl Iterator<Item = [Cell<'_>; 38]> {
    // How many rows of a loan came before.
    let mut before: HashMap<&str, i64> = HashMap::with_capacity(records.len());
    let names = names(records, as_of);
    let speakers = speakers(records, as_of);
    let told = told(records, &names, as_of, speakers.len());
    records.iter().zip(told).zip(names).map(move |(((line, record), told), named)| {
        let wave = before.entry(&record.loan_ref).or_default();
        *wave += 1;
        let (borrower, outcome) = (&record.borrower, &record.outcome);
        let money = |amount: Option<domain::money::Money>| Cell::integer(amount.map(|amount| amount.minor));
        let is_speaker = speakers.get(borrower.borrower_ref.as_str()).is_some_and(|(_, speaker)| speaker == line);
        let status = Cell::Text(record.recovery_status.code());
        // A blank says nothing, so that a loan on file stays what it is.
        let tells_status = tells_status && (record.is_said_open || record.recovery_status != RecoveryStatus::Open);
        [
            Cell::Integer(*line as i64),
            Cell::Integer(*wave),
            Cell::Nothing,
            Cell::Nothing,
            Cell::Text(&record.loan_ref),
            Cell::Date(record.as_of.unwrap_or(as_of)),
            Cell::text(&record.loan_type),
            money(record.loan_amount),
            Cell::date(record.originated_on),
            Cell::integer(record.tenure_months),
            record.interest_rate.map_or(Cell::Nothing, Cell::Number),
            money(record.collateral_value),
            money(record.outstanding_amount),
            money(record.monthly_instalment),
            record.payment_history.map_or(Cell::Nothing, |history| Cell::Text(history.code())),
            Cell::integer(record.missed_payments),
            Cell::integer(record.days_past_due),
            if tells_status { status } else { Cell::Nothing },
            Cell::date(outcome.charged_off_on),
            money(outcome.charged_off_amount),
            money(outcome.recovered_amount),
            Cell::integer(outcome.collection_attempts),
            Cell::text(&outcome.collection_method),
            outcome.legal_action_taken.map_or(Cell::Nothing, Cell::Flag),
            Cell::words(&record.extras),
            named.map_or(Cell::Nothing, |(named, _)| Cell::Text(named)),
            Cell::Flag(named.is_none()),
            Cell::Flag(!borrower.borrower_ref.is_empty()),
            Cell::date(named.map(|(_, day)| day)),
            Cell::Flag(is_speaker),
            Cell::text(told.name.unwrap_or_default()),
            Cell::text(told.employment_type.unwrap_or_default()),
            money(told.monthly_income),
            Cell::integer(told.age),
            Cell::date(told.birth_date),
            Cell::text(told.gender.unwrap_or_default()),
            Cell::text(told.marital_status.unwrap_or_default()),
            Cell::integer(told.dependants),
        ]
    })
}

/// The borrower of each row and the day for which a row of the chunk names them: the row itself, else the last one of its loan
/// that is of no later day, else the first one of a later day.
fn names(records: &[(u64, LoanRecord)], as_of: NaiveDate) -> Vec<Option<(&str, NaiveDate)>> {
    let day_of = |record: &LoanRecord| record.as_of.unwrap_or(as_of);
    let own = |record: &'_ LoanRecord| {
        let named = record.borrower.borrower_ref.as_str();
        (!named.is_empty()).then(|| day_of(record))
    };
    let is_named = records.iter().all(|(_, record)| own(record).is_some());
    let mut of_loan: HashMap<&str, Vec<(NaiveDate, u64, &str)>> = HashMap::new();
    if !is_named {
        for (line, record) in records {
            if let Some(day) = own(record) {
                of_loan.entry(&record.loan_ref).or_default().push((day, *line, &record.borrower.borrower_ref));
            }
        }
        for named in of_loan.values_mut() {
            named.sort_unstable();
        }
    }
    let name_of = |record| {
        if let Some(day) = own(record) {
            return Some((record.borrower.borrower_ref.as_str(), day));
        }
        let named = of_loan.get(record.loan_ref.as_str())?;
        let before = named.partition_point(|(day, ..)| *day <= day_of(record));
        let (day, _, name) = named.get(before.saturating_sub(1))?;
        Some((*name, *day))
    };
    records.iter().map(|(_, record)| name_of(record)).collect()
}

/// What is told of a borrower.
#[derive(Clone, Copy, Debug, Default)]
struct Told<'a> {
    name: Option<&'a str>,
    employment_type: Option<&'a str>,
    monthly_income: Option<Money>,
    age: Option<u16>,
    birth_date: Option<NaiveDate>,
    gender: Option<&'a str>,
    marital_status: Option<&'a str>,
    dependants: Option<u16>,
}

impl<'a> Told<'a> {
    fn of(borrower: &'a BorrowerRecord) -> Self {
        let protected = &borrower.protected;
        Self {
            name: borrower.name.as_deref(),
            employment_type: borrower.employment_type.as_deref(),
            monthly_income: borrower.monthly_income,
            age: protected.age,
            birth_date: protected.birth_date,
            gender: protected.gender.as_deref(),
            marital_status: protected.marital_status.as_deref(),
            dependants: protected.dependants,
        }
    }

    /// What is left out here is as it was said before.
    fn after(self, before: Self) -> Self {
        Self {
            name: self.name.or(before.name),
            employment_type: self.employment_type.or(before.employment_type),
            monthly_income: self.monthly_income.or(before.monthly_income),
            age: self.age.or(before.age),
            birth_date: self.birth_date.or(before.birth_date),
            gender: self.gender.or(before.gender),
            marital_status: self.marital_status.or(before.marital_status),
            dependants: self.dependants.or(before.dependants),
        }
    }
}

/// What is told of each row's borrower by the row itself and by the rows of the chunk that come before it, by day and
/// then by line. Without an id the borrower is the loan's own.
fn told<'a>(
    records: &'a [(u64, LoanRecord)],
    names: &[Option<(&'a str, NaiveDate)>],
    as_of: NaiveDate,
    borrowers: usize,
) -> Vec<Told<'a>> {
    let mut told: Vec<Told<'_>> = records.iter().map(|(_, record)| Told::of(&record.borrower)).collect();
    let is_named = records.iter().all(|(_, record)| !record.borrower.borrower_ref.is_empty());
    if is_named && borrowers == records.len() {
        return told;
    }
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by_key(|place| (records[*place].1.as_of.unwrap_or(as_of), records[*place].0));
    let mut so_far: HashMap<(bool, &str), Told<'_>> = HashMap::with_capacity(records.len());
    for place in order {
        let record = &records[place].1;
        let key = names[place].map_or((false, record.loan_ref.as_str()), |(named, _)| (true, named));
        let all = so_far.entry(key).or_default();
        *all = told[place].after(*all);
        told[place] = *all;
    }
    told
}

/// The day and the line of the row that speaks for each borrower: the last one of the newest day.
fn speakers(records: &[(u64, LoanRecord)], as_of: NaiveDate) -> HashMap<&str, (NaiveDate, u64)> {
    let mut speakers = HashMap::with_capacity(records.len());
    for (line, record) in records {
        let row = (record.as_of.unwrap_or(as_of), *line);
        let speaker = speakers.entry(record.borrower.borrower_ref.as_str()).or_insert(row);
        *speaker = (*speaker).max(row);
    }
    speakers
}

/// How many waves the rows of a chunk need.
pub(in crate::uploads) fn waves(records: &[(u64, LoanRecord)]) -> Vec<u64> {
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(records.len());
    let mut rows = Vec::new();
    for (_, record) in records {
        let wave = seen.entry(&record.loan_ref).or_default();
        if rows.len() == *wave {
            rows.push(0);
        }
        rows[*wave] += 1;
        *wave += 1;
    }
    rows
}
