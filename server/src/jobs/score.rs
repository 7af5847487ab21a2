//! Score: the model that decides looks at all loans again, and decides on those that are new or have changed. Nothing is
//! trained. A loan of which the model is given the same as before keeps its decision, so that one that trained the model
//! keeps the score of the trees that did not see it.

use super::champion::champion;
use super::reading::aside;
use super::{JobError, Run};
use crate::clock;
use domain::access::Actor;
use domain::id::{LoanId, PolicyId, PortfolioId};
use domain::loan::LoanRecord;
use domain::model::ScoreSource;
use domain::policy::Policy;
use domain::summary::Verdict;
use engine::input;
use engine::model::RiskModel;
use std::collections::HashMap;
use store::Store;
use store::scorings::{Held, NewDecision, Scoring};

const NO_MODEL: &str = "No model decides yet. Train one with \"Train and score\" first.";

pub(super) async fn run(store: &Store, run: &Run, portfolio: PortfolioId) -> Result<(), JobError> {
    run.go_on()?;
    store::jobs::report(store, &run.lease, 5, "Reading the loans.").await?;
    let champion = champion(store, portfolio).await?.ok_or_else(|| JobError::Fault(NO_MODEL.to_owned()))?;
    let (policy_id, policy) = store::policies::in_force(store, portfolio).await?;
    let held = store::scorings::held(store, portfolio, champion.id).await?;
    let (ids, records): (Vec<LoanId>, Vec<LoanRecord>) =
        store::loans::all_for_training(store, portfolio).await?.into_iter().unzip();
    let loans = records.len() as u32;
    run.go_on()?;
    store::jobs::report(store, &run.lease, 40, "Scoring the loans that have changed.").await?;
    let model = champion.id;
    let decisions = aside(run, move || decide(&champion.model, (policy_id, policy), &ids, &records, &held)).await?;
    run.go_on()?;
    store::jobs::report(store, &run.lease, 80, "Storing decisions.").await?;
    let scoring = Scoring { portfolio, model, policy: policy_id, loans, decisions };
    store::scorings::save(store, Actor::Job(run.lease.job), &run.lease, &scoring, clock::now()).await?;
    Ok(())
}

/// Decisions on the loans that have none, or of which something has changed.
fn decide(
    model: &RiskModel,
    (policy_id, policy): (PolicyId, Policy),
    ids: &[LoanId],
    records: &[LoanRecord],
    held: &HashMap<LoanId, Held>,
) -> Vec<NewDecision> {
    let matrix = model.matrix(records);
    let hashes = input::hashes(&matrix);
    let same = |place: usize| held.get(&ids[place]).filter(|held| held.input_hash == hashes[place]);
    let changed: Vec<usize> = (0..ids.len()).filter(|place| same(*place).is_none()).collect();
    let to_score: Vec<LoanRecord> = changed.iter().map(|place| records[*place].clone()).collect();
    let scored: HashMap<usize, Verdict> = changed.into_iter().zip(model.judge(&to_score, &policy)).collect();
    let decision = |place: usize| {
        let (verdict, source) = match (scored.get(&place), same(place)) {
            (Some(verdict), _) => (*verdict, ScoreSource::Model),
            // Another policy may put the same score on another track.
            (None, Some(held)) if held.policy != policy_id => {
                (model.verdict(held.verdict.score, held.verdict.segment as usize, &policy), held.source)
            }
            _ => return None,
        };
        Some(NewDecision { loan: ids[place], verdict, source, input_hash: hashes[place] })
    };
    (0..ids.len()).filter_map(decision).collect()
}
