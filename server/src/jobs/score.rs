//! Score: the model that decides looks at all loans again, and decides on those that are new or have changed. Nothing is
//! trained. A loan of which the model is given the same as before keeps its decision. One that trained the model, or whose borrower's
//! other loans did, is scored by the trees that did not see that borrower, also where it has changed since. A loan with alerts is decided on again in any case, by a run of its own
//! that reads such loans alone.

use super::champion::champion;
use super::reading::aside;
use super::trained_on::TrainedOn;
use super::{JobError, Run};
use crate::clock;
use domain::access::Actor;
use domain::decision::Occasion;
use domain::id::{LoanId, PolicyId, PortfolioId};
use domain::loan::LoanRecord;
use domain::model::ScoreSource;
use domain::policy::Policy;
use domain::reason::Reasons;
use domain::scoring_report::ScoringReport;
use domain::summary::Verdict;
use domain::track::Track;
use engine::explain::{explain, is_serious};
use engine::input;
use engine::model::RiskModel;
use engine::scoring_report::{News, Scoring as Scored, scoring_report};
use std::collections::{HashMap, HashSet};
use store::Store;
use store::scorings::{Held, NewDecision, Scoring};
use tokio_util::sync::CancellationToken;

const NO_MODEL: &str = "No model decides yet. Train one with \"Train and score\" first.";

/// Which loans are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    AtAll,
    AtAlerts,
}

pub(super) async fn run(store: &Store, run: &Run, portfolio: PortfolioId, look: Look) -> Result<(), JobError> {
    run.go_on()?;
    run.report(store, 5, "Reading the loans.").await?;
    let champion = champion(store, portfolio).await?.ok_or_else(|| JobError::Fault(NO_MODEL.to_owned()))?;
    let reference = store::models::reference(store, portfolio, champion.id).await?;
    let (policy_id, policy) = store::policies::in_force(store, portfolio, clock::now()).await?;
    let alerted = store::alerts::loans_waiting(store, portfolio).await?;
    let (held, loans) = match look {
        Look::AtAll => (
            store::scorings::held(store, portfolio, champion.id).await?,
            store::loans::all_for_training(store, portfolio).await?,
        ),
        Look::AtAlerts => (
            store::scorings::held_of(store, portfolio, champion.id, &alerted).await?,
            store::loans::some_for_training(store, portfolio, &alerted).await?,
        ),
    };
    let (ids, records): (Vec<LoanId>, Vec<LoanRecord>) = loans.into_iter().unzip();
    let alerted: HashSet<LoanId> = alerted.into_iter().collect();
    let trained = TrainedOn::read(store, portfolio, &champion, &ids, &records).await?;
    let followed = match champion.model.figures.follow_up {
        Some(follow_up) => store::follow_ups::of_scores(store, portfolio, champion.id, follow_up.horizon.days).await?,
        None => Vec::new(),
    };
    let loans = records.len() as u32;
    run.go_on()?;
    run.report(store, 40, "Scoring the loans that have changed.").await?;
    let (model, stop) = (champion.id, run.stop.clone());
    let found = aside(run, move || {
        let book = Book { ids: &ids, records: &records, held: &held, trained: &trained, alerted: &alerted };
        let decisions = decide(&champion.model, (policy_id, policy), book, &stop)?;
        // Loans with alerts are no sample of the portfolio.
        let reference = reference.filter(|_| look == Look::AtAll);
        let report = reference.and_then(|reference| watch(&champion.model, &reference, book, &decisions, &followed));
        Some((decisions, report))
    })
    .await?;
    let (decisions, report) = found.ok_or(JobError::Cancelled)?;
    run.report(store, 80, "Storing decisions.").await?;
    let is_whole = look == Look::AtAll;
    let scoring = Scoring { portfolio, model, policy: policy_id, loans, is_whole, decisions, report };
    store::scorings::save(store, Actor::Job(run.lease.job), &run.lease, &scoring, clock::now()).await?;
    Ok(())
}

/// A verdict on one loan, before its reasons.
struct Decided {
    /// Among the loans that were read.
    place: usize,
    verdict: Verdict,
    source: ScoreSource,
    occasion: Occasion,
    /// Whether somebody wants reasons that no decision holds yet.
    lacks_reasons: bool,
}

/// All loans, in one order, with what the model made of them before.
#[derive(Clone, Copy)]
struct Book<'a> {
    ids: &'a [LoanId],
    records: &'a [LoanRecord],
    held: &'a HashMap<LoanId, Held>,
    trained: &'a TrainedOn,
    /// Decided on in any case.
    alerted: &'a HashSet<LoanId>,
}

/// Decisions on the loans that have none, or of which something has changed; nothing where somebody stops it.
fn decide(
    model: &RiskModel,
    (policy_id, policy): (PolicyId, Policy),
    book: Book<'_>,
    stop: &CancellationToken,
) -> Option<Vec<NewDecision>> {
    let Book { ids, records, held, trained, alerted } = book;
    let hashes = input::hashes(&model.matrix(records));
    let same = |place: usize| {
        let held = held.get(&ids[place]).filter(|held| held.input_hash == hashes[place])?;
        // A score that passes for one of an unseen loan is made anew.
        let is_honest = held.source != ScoreSource::Model || !trained.holds(place, ids[place]);
        is_honest.then_some(held)
    };
    let changed: Vec<usize> = (0..ids.len()).filter(|place| same(*place).is_none()).collect();
    let chosen: Vec<LoanRecord> = changed.iter().map(|place| records[*place].clone()).collect();
    let mut judged = model.judge_apart(&chosen, &trained.select(&changed), &policy).into_iter();
    let decided = |place: usize| {
        let occasion = match held.get(&ids[place]) {
            None => Occasion::New,
            Some(_) if alerted.contains(&ids[place]) => Occasion::Event,
            Some(held) if held.input_hash == hashes[place] && held.policy != policy_id => Occasion::Policy,
            Some(_) => Occasion::Changed,
        };
        match same(place) {
            None => {
                let (verdict, source) = judged.next()?;
                let is_flattered = source == ScoreSource::Model && trained.holds(place, ids[place]);
                let source = if is_flattered { ScoreSource::Trained } else { source };
                Some(Decided { place, verdict, source, occasion, lacks_reasons: true })
            }
            // Another policy may put the same score on another track.
            Some(held) if held.policy != policy_id || occasion == Occasion::Event => {
                let verdict = model.verdict(held.verdict.score, held.verdict.segment as usize, &policy);
                let lacks_reasons = lacks_reasons(held, verdict, trained.trees_are_known());
                Some(Decided { place, verdict, source: held.source, occasion, lacks_reasons })
            }
            Some(_) => None,
        }
    };
    let decided: Vec<Decided> = (0..ids.len()).filter_map(decided).collect();
    let mut reasons = reasons(model, book, &decided, stop)?;
    let decision = |decided: Decided| NewDecision {
        loan: ids[decided.place],
        verdict: decided.verdict,
        source: decided.source,
        input_hash: hashes[decided.place],
        reasons: reasons.remove(&decided.place),
        occasion: decided.occasion,
        as_of: records[decided.place].as_of,
    };
    Some(decided.into_iter().map(decision).collect())
}

/// Whether reasons are to be made for a score that stays, since its track is another one by now. The store takes those that
/// are there from the decision that held.
fn lacks_reasons(held: &Held, verdict: Verdict, trees_are_known: bool) -> bool {
    // Standard-track loans have rough reasons, or in large portfolios none. Those of the trees that did not see a loan
    // cannot be made again where nobody knows these trees.
    let is_known = trees_are_known || held.source != ScoreSource::OutOfBag;
    let could_be_better = held.verdict.track == Track::Standard && is_known;
    is_serious(verdict.track) && (!held.has_reasons || could_be_better)
}

/// The reasons of decisions that lack some, by place; nothing where somebody stops it.
fn reasons(
    model: &RiskModel,
    book: Book<'_>,
    decided: &[Decided],
    stop: &CancellationToken,
) -> Option<HashMap<usize, Reasons>> {
    let lacking = || decided.iter().filter(|decided| decided.lacks_reasons);
    let places: Vec<usize> = lacking().map(|decided| decided.place).collect();
    let chosen: Vec<LoanRecord> = places.iter().map(|place| book.records[*place].clone()).collect();
    let (verdicts, sources): (Vec<_>, Vec<_>) = lacking().map(|decided| (decided.verdict, decided.source)).unzip();
    let scored = Scored { records: &chosen, verdicts: &verdicts, sources: &sources };
    let own = book.trained.select(&places);
    // A forest that cannot be explained scores as well; its decisions have no reasons.
    let found = explain(model, scored, Some(&own), &|_| !stop.is_cancelled()).unwrap_or_else(|_| Some(Vec::new()))?;
    let found = lacking().zip(found).filter_map(|(decided, reasons)| Some((decided.place, reasons?)));
    Some(found.collect())
}

/// Drift and fairness over all loans, as they are decided on by now, and what became of loans that were scored a horizon ago. Nothing
/// where the model's reference cannot be read.
fn watch(
    model: &RiskModel,
    reference: &str,
    book: Book<'_>,
    decisions: &[NewDecision],
    followed: &[(f64, bool)],
) -> Option<ScoringReport> {
    let Book { ids, records, held, trained, .. } = book;
    let reference = serde_json::from_str(reference).ok()?;
    let new: HashMap<LoanId, &NewDecision> = decisions.iter().map(|new| (new.loan, new)).collect();
    let of = |id: &LoanId| match (new.get(id), held.get(id)) {
        (Some(new), _) => Some((new.verdict, new.source)),
        (None, held) => held.map(|held| (held.verdict, held.source)),
    };
    let (verdicts, sources): (Vec<_>, Vec<_>) = ids.iter().filter_map(of).unzip();
    let scoring = Scored { records, verdicts: &verdicts, sources: &sources };
    let is_recent = |place: &usize| {
        let (before, now) = (held.get(&ids[*place]), new.get(&ids[*place]));
        now.is_some_and(|now| before.is_none_or(|before| before.input_hash != now.input_hash))
    };
    let recent: Vec<usize> = (0..ids.len()).filter(is_recent).collect();
    let news = News { recent: &recent, had_outcome: &|place| trained.had_outcome(place, ids[place]), followed };
    scoring_report(&reference, model, scoring, news).ok()
}

#[cfg(test)]
mod tests;
