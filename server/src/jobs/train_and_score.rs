//! Train and score: all loans of a portfolio are segmented, a model is fitted, every loan is decided.

use super::champion::champion;
use super::look_back::look_back;
use super::{JobError, Run};
use crate::clock;
use chrono::NaiveDate;
use domain::access::Actor;
use domain::decision::Occasion;
use domain::id::{LoanId, PortfolioId};
use domain::insight::Insight;
use domain::loan::LoanRecord;
use domain::model::TrainingOptions;
use domain::money::Currency;
use domain::policy::Policy;
use domain::reason::Reasons;
use domain::scoring_report::ScoringReport;
use engine::analysis::{Analysis, AnalysisError, Past, Progress, Stage, analyse_after};
use engine::explain::explain;
use engine::input;
use engine::insight::insight;
use engine::scoring_report::{News, Scoring, scoring_report};
use engine::segment_quality::{assess, note_continued};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use store::Store;
use store::models::NewModel;
use store::scorings::NewDecision;
use tokio_util::sync::CancellationToken;

/// How often the progress is written down.
const REPORT_EVERY: Duration = Duration::from_millis(400);

pub(super) async fn run(
    store: &Store,
    run: &Run,
    portfolio: PortfolioId,
    options: &TrainingOptions,
) -> Result<(), JobError> {
    run.go_on()?;
    run.report(store, 1, "Reading the loans.").await?;
    let currency = store::portfolios::get(store, portfolio).await?.currency;
    let (policy_id, policy) = store::policies::in_force(store, portfolio, clock::now()).await?;
    let (ids, records): (Vec<LoanId>, Vec<LoanRecord>) =
        store::loans::all_for_training(store, portfolio).await?.into_iter().unzip();
    let (options, past) = look_back(store, portfolio, options, &ids).await?;
    let days: Vec<Option<NaiveDate>> = records.iter().map(|record| record.as_of).collect();
    let borrowers: Vec<String> = records.iter().map(|record| record.borrower.borrower_ref.clone()).collect();
    // A model whose file an older program wrote goes on deciding; it is only not compared with.
    let champion = champion(store, portfolio).await.ok().flatten();
    let made = analyse_aside(store, run, Book { records, past }, currency, &options, policy).await?;
    let mut analysis = made.analysis;
    if let Some(champion) = champion {
        note_continued(&mut analysis.segmentation, &analysis.model, &champion.model, champion.version);
    }
    run.report(store, 95, "Storing decisions.").await?;
    let artifact = engine::model_file::to_bytes(&analysis.model)
        .map_err(|error| JobError::Fault(format!("The model could not be stored: {error}")))?;
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let training = engine::training_file::to_bytes(&analysis.out_of_bag, &keys, &borrowers);
    let decided = ids.into_iter().zip(&analysis.verdicts).zip(&analysis.score_sources);
    let decisions = decided.zip(made.input_hashes).zip(made.reasons).zip(days);
    let decisions = decisions.map(|(((((loan, verdict), source), input_hash), reasons), as_of)| NewDecision {
        loan,
        verdict: *verdict,
        source: *source,
        input_hash,
        reasons,
        occasion: Occasion::Training,
        as_of,
    });
    let decisions = decisions.collect();
    let result = store::models::Analysis {
        portfolio,
        model: NewModel {
            options,
            figures: analysis.figures,
            segmentation: analysis.segmentation,
            artifact,
            training,
            data_hash: analysis.model.data_hash,
            reference: made.reference,
            insight: made.insight,
            notes: analysis.notes,
        },
        policy: policy_id,
        decisions,
        report: made.report,
    };
    store::models::save_analysis(store, Actor::Job(run.lease.job), &run.lease, &result, clock::now()).await?;
    Ok(())
}

/// The loans of today, and those of an earlier day, where a model learns from them.
struct Book {
    records: Vec<LoanRecord>,
    past: Option<Past>,
}

/// An analysis with what is kept beside it; the lists have one entry per loan, in the order of the loans.
struct Made {
    analysis: Analysis,
    input_hashes: Vec<i64>,
    reasons: Vec<Option<Reasons>>,
    /// How scores and features are spread now.
    reference: Option<String>,
    report: Option<ScoringReport>,
    /// Nothing where too few loans were held out.
    insight: Option<Insight>,
}

/// All of it, unless somebody stops it.
fn make(
    book: &Book,
    currency: Currency,
    options: &TrainingOptions,
    policy: &Policy,
    watch: &Watch,
) -> Result<Made, AnalysisError> {
    let Book { records, past } = book;
    let mut analysis = analyse_after(records, past.as_ref(), currency, options, policy, watch)?;
    let go_on = || !watch.stop.is_cancelled();
    let (model, verdicts) = (&analysis.model, &analysis.verdicts);
    let quality = assess(model, records, verdicts, &go_on);
    let scoring = Scoring { records, verdicts, sources: &analysis.score_sources };
    watch.explains.store(true, Ordering::Relaxed);
    // A forest that cannot be explained scores as well; its decisions have no reasons.
    let reasons = match explain(model, scoring, Some(&analysis.out_of_bag), &|share| watch.report(Stage::Score, share))
    {
        Ok(Some(reasons)) => reasons,
        Ok(None) => return Err(AnalysisError::Cancelled),
        Err(_) => vec![None; records.len()],
    };
    // Nothing has come in since.
    let news = News { recent: &[], had_outcome: &|_| true, followed: &[] };
    let reference = model.reference.as_ref();
    let report = reference.and_then(|reference| scoring_report(reference, model, scoring, news).ok());
    let input_hashes = input::hashes(&model.matrix(records));
    let reference = reference.and_then(|reference| serde_json::to_string(reference).ok());
    let looked_at = past.as_ref().map(|past| past.looked_back_at(records));
    let insight = insight(&analysis, looked_at.as_ref().unwrap_or(records)).ok();
    analysis.segmentation.quality = quality;
    Ok(Made { analysis, input_hashes, reasons, reference, report, insight })
}

/// Makes it on a thread of its own, so that heartbeats go on, and writes the progress down meanwhile.
async fn analyse_aside(
    store: &Store,
    run: &Run,
    book: Book,
    currency: Currency,
    options: &TrainingOptions,
    policy: Policy,
) -> Result<Made, JobError> {
    let is_validated = options.fold_count(book.past.as_ref().map_or(book.records.len(), |past| past.loans.len())) > 0;
    let (thousandths, explains) = (AtomicU32::new(0), AtomicBool::new(false));
    let watch = Arc::new(Watch { thousandths, explains, is_validated, stop: run.stop.clone() });
    let (watched, options) = (watch.clone(), options.clone());
    let mut work = tokio::task::spawn_blocking(move || make(&book, currency, &options, &policy, watched.as_ref()));
    loop {
        tokio::select! {
            done = &mut work => {
                let analysis = done.map_err(|error| JobError::Fault(format!("The analysis broke off: {error}")))?;
                return analysis.map_err(|error| match error {
                    AnalysisError::Cancelled => JobError::Cancelled,
                    error => JobError::Fault(sentence(&error.to_string())),
                });
            }
            () = tokio::time::sleep(REPORT_EVERY) => {
                let (percent, message) = watch.words();
                if let Err(error) = store::jobs::report(store, &run.lease, percent, message).await {
                    // The lease is lost: somebody else does this job. The thread stops at its next report.
                    run.stop.cancel();
                    return Err(error.into());
                }
            }
        }
    }
}

/// How far the analysis is, for the thread that writes it down.
struct Watch {
    /// Of the whole, in thousandths.
    thousandths: AtomicU32,
    /// Whether scores are there and their reasons are looked for.
    explains: AtomicBool,
    /// Whether a part of the time goes to folds.
    is_validated: bool,
    stop: CancellationToken,
}

impl Watch {
    fn words(&self) -> (i32, &'static str) {
        let thousandths = self.thousandths.load(Ordering::Relaxed);
        let message = match thousandths {
            0..200 => "Segmenting borrowers.",
            400..850 if self.is_validated => "Validating the risk model.",
            200..850 => "Fitting the risk model.",
            _ if self.explains.load(Ordering::Relaxed) => "Finding the reasons for the scores.",
            _ => "Scoring all loans.",
        };
        ((thousandths / 10) as i32, message)
    }
}

impl Progress for Watch {
    fn report(&self, stage: Stage, share: f64) -> bool {
        let (from, to) = match stage {
            Stage::Segment => (50.0, 200.0),
            // With folds the model is learned several times more.
            Stage::Fit if self.is_validated => (200.0, 400.0),
            Stage::Fit => (200.0, 850.0),
            Stage::Validate => (400.0, 850.0),
            Stage::Score => (850.0, 950.0),
            Stage::Done => (950.0, 950.0),
        };
        self.thousandths.fetch_max((from + (to - from) * share) as u32, Ordering::Relaxed);
        !self.stop.is_cancelled()
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
