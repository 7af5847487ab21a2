//! What a file of an earlier day tells a model: features of that day, beside the outcomes in the file of today.

use super::{AnalyzeArgs, AnalyzeError};
use crate::intake::{LoanFile, read_loans};
use chrono::NaiveDate;
use domain::follow_up::{FollowUp, Followed, Horizon, Seen};
use domain::loan::LoanRecord;
use engine::analysis::{Past, PastLoan};
use std::collections::HashMap;
use std::path::Path;

/// Why a file of an earlier day tells nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookBackError {
    #[error("the loans have no days: map the column that says for which day a row speaks, and use its profile")]
    Undated,
    #[error("no loan has a row of {end}, {days} days after {as_of}, or later: choose fewer days or an earlier file")]
    NotOver { as_of: NaiveDate, end: NaiveDate, days: u32 },
    #[error("the loans of today are of no later day than {as_of}, the day of the earlier file")]
    NotEarlier { as_of: NaiveDate },
}

/// The loans of the earlier file that `file`, read in the same way, follows to the end of the horizon; nothing where no earlier file is
/// given.
pub(super) fn look_back(args: &AnalyzeArgs, file: &LoanFile) -> Result<Option<Past>, AnalyzeError> {
    let Some(path) = &args.earlier else { return Ok(None) };
    let earlier = read_loans(path, file.reading.clone())?;
    let past = follow(&earlier.records, &file.records, args.training.horizon_days);
    past.map(Some).map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: LookBackError) -> AnalyzeError {
    AnalyzeError::Earlier { path: path.to_owned(), source }
}

fn follow(earlier: &[LoanRecord], today: &[LoanRecord], days: Option<u32>) -> Result<Past, LookBackError> {
    let newest = |records: &[LoanRecord]| records.iter().filter_map(|record| record.as_of).max();
    let (as_of, last) = newest(earlier).zip(newest(today)).ok_or(LookBackError::Undated)?;
    let horizon =
        *Horizon::allowed_by(&[last], Some(as_of), days).first().ok_or(LookBackError::NotEarlier { as_of })?;
    if horizon.end() > last {
        return Err(LookBackError::NotOver { as_of, end: horizon.end(), days: horizon.days });
    }
    let before: HashMap<&str, &LoanRecord> = earlier.iter().map(|record| (record.loan_ref.as_str(), record)).collect();
    let mut past = Past { follow_up: FollowUp::new(horizon), loans: Vec::new() };
    for (place, record) in today.iter().enumerate() {
        let Some(before) = before.get(record.loan_ref.as_str()) else { continue };
        let followed = seen(before).zip(seen(record)).and_then(|(before, now)| horizon.follow(&[before, now]));
        past.follow_up.add(followed);
        if let Some(followed @ (Followed::Lost | Followed::Kept)) = followed {
            let record = LoanRecord::clone(before);
            past.loans.push(PastLoan { place, record, is_lost: followed == Followed::Lost });
        }
    }
    Ok(past)
}

fn seen(record: &LoanRecord) -> Option<Seen> {
    Some(Seen {
        as_of: record.as_of?,
        status: record.recovery_status,
        charged_off_on: record.outcome.charged_off_on,
        days_past_due: record.days_past_due,
    })
}
