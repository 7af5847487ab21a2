//! What became of the loans after an earlier day: the past that a training learns from.

use super::JobError;
use domain::id::{LoanId, PortfolioId};
use domain::model::TrainingOptions;
use engine::analysis::{Past, PastLoan};
use std::collections::HashMap;
use store::Store;

const NOT_FOLLOWED: &str = "No file tells what became of the loans by the end of this horizon. Choose an earlier day or fewer days, or load \
    files of later days.";

/// What became of the loans after an earlier day, where files tell and the options want it; and the options with that day. `ids` are
/// the loans of today.
pub(super) async fn look_back(
    store: &Store,
    portfolio: PortfolioId,
    options: &TrainingOptions,
    ids: &[LoanId],
) -> Result<(TrainingOptions, Option<Past>), JobError> {
    let mut options = options.clone();
    if !options.follows() {
        return Ok((options, None));
    }
    let found = store::follow_ups::find(store, portfolio, options.as_of, options.horizon_days).await?;
    let Some(follow_up) = found else {
        return if options.as_of.is_some() || options.horizon_days.is_some() {
            Err(JobError::Fault(NOT_FOLLOWED.to_owned()))
        } else {
            Ok((options, None))
        };
    };
    options.as_of = Some(follow_up.horizon.as_of);
    options.horizon_days = Some(follow_up.horizon.days);
    let places: HashMap<LoanId, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let loans = store::follow_ups::past(store, portfolio, follow_up.horizon).await?;
    let loans = loans
        .into_iter()
        .filter_map(|(id, record, is_lost)| Some(PastLoan { place: *places.get(&id)?, record, is_lost }));
    Ok((options, Some(Past { follow_up, loans: loans.collect() })))
}
