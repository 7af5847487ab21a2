//! `loan-recovery score`: the loans of the database with the model that decides; or, as `score FILE --model MODEL`, those of
//! a file with a model that was trained elsewhere, without a database.

use super::analyze::currencies;
use super::{is_same_file, models, reach, say, work_or_cancel};
use crate::clock;
use crate::intake::{DEFAULT_PROFILE, LoanFile, LoanReading, loan_profiles, read_loans};
use crate::settings::DatabaseSettings;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use clap::builder::PossibleValuesParser;
use domain::access::Actor;
use domain::count::count;
use domain::job::{Job, JobState};
use domain::model::{Caution, SAME_DAY, ScoreSource};
use domain::money::Currency;
use domain::policy::Policy;
use domain::scoring_report::ScoringReport;
use domain::summary::Verdict;
use domain::track::Track;
use engine::model::RiskModel;
use engine::scoring_report::{News, Scoring, scoring_report};
use serde_json::json;
use std::fs::{self, File};
use std::io::{Write, stderr, stdout};
use std::path::{Path, PathBuf};

/// Larger files are no models of this product: a hundred trees of a million loans stay below 25 MB.
const MODEL_BYTES_MAX: u64 = 256 * 1024 * 1024;

const COLUMNS: [&str; 7] =
    ["Loan_ID", "Borrower_ID", "Risk_Score", "Segment", "Segment_Name", "High_Risk", "Recovery_Track"];

/// Score loans with a model that was trained before
///
/// Without a file: the model that decides looks at all loans of the database, and decides on those that are new or have
/// changed. With a file and a model, no database is needed; the loans must not be those that trained the model, as their
/// scores would flatter.
#[derive(Args, Clone, Debug)]
pub struct ScoreArgs {
    /// Loan file: CSV, Excel or Parquet, packed or not
    #[arg(requires = "model")]
    file: Option<PathBuf>,

    /// How the file is read: a profile that comes with the program. The first has the 21 columns of the reference analysis
    #[arg(long, default_value = DEFAULT_PROFILE, value_parser = PossibleValuesParser::new(loan_profiles()))]
    profile: String,

    /// Currency of the file's amounts (ISO 4217). It must be that of the model, which is taken where this is left out
    #[arg(long, requires = "file", value_parser = currencies())]
    currency: Option<Currency>,

    /// The model, as the page of models hands it out
    #[arg(long, value_name = "MODEL", requires = "file")]
    model: Option<PathBuf>,

    /// Write score, segment, flag and track of every loan to this CSV file; without it they are printed
    #[arg(long, value_name = "FILE", requires = "file")]
    output: Option<PathBuf>,

    /// Score the loans even where the model did not pass its gate, so that its scores may be chance
    #[arg(long, requires = "file")]
    although_refused: bool,

    /// Print the figures as JSON; the loans then go to --output alone
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    database: DatabaseSettings,
}

/// Runs the command.
pub async fn run(args: ScoreArgs) -> Result<()> {
    match (&args.file, &args.model) {
        (Some(file), Some(model)) => score_file(&args, file, model),
        _ => score_database(&args).await,
    }
}

async fn score_database(args: &ScoreArgs) -> Result<()> {
    let (store, scope) = reach(&args.database).await?;
    let job = Job::Score { portfolio: scope.portfolio };
    let job = store::jobs::enqueue(&store, Actor::CommandLine, scope.portfolio, &job, clock::now()).await?;
    let status = work_or_cancel(&store, scope, job).await?;
    ensure!(status.state == JobState::Succeeded, "the scoring ended as {}: {}", status.state.code(), status.message);
    let champion = store::models::champion(&store, scope).await?;
    let watched = match &champion {
        Some(champion) => {
            store::scorings::last_report(&store, scope, champion.id).await?.and_then(|(_, report)| report)
        }
        None => None,
    };
    let text = if args.json {
        let alarms = watched.as_ref().map(|report| &report.alarms);
        let model = champion.as_ref().map(models::figures);
        format!("{:#}\n", json!({ "message": status.message, "alarms": alarms, "model": model }))
    } else {
        format!("{}\n{}", status.message, alarms_in_words(watched.as_ref().map_or(&[], |report| &report.alarms)))
    };
    Ok(say(&mut stdout(), &text)?)
}

fn score_file(args: &ScoreArgs, file_path: &Path, model_path: &Path) -> Result<()> {
    let model = read_model(model_path)?;
    let gate = &model.figures.gate;
    ensure!(
        gate.passed || args.although_refused,
        "{}: the model did not pass its gate and is not used. {} Give --although-refused to score all the same",
        model_path.display(),
        as_sentence(&gate.reason)
    );
    if let Some(currency) = args.currency.filter(|currency| *currency != model.currency) {
        let (name, learned) = (model_path.display(), model.currency);
        bail!(
            "{name}: the model learned from amounts in {learned} and cannot score loans in {currency}: train one on such loans"
        );
    }
    let mut reading = LoanReading::of_profile(&args.profile, model.currency)?;
    for encoding in &model.encoding.columns {
        // A file without a column that the model asks for is refused: its scores would be worth less, unsaid.
        reading.keep(&encoding.column)?;
    }
    let file = read_loans(file_path, reading)?;
    let verdicts = model.judge(&file.records, &Policy::default());
    let watched = watch(&model, &file, &verdicts);
    if let Some(path) = &args.output {
        let is_input = [file_path, model_path].into_iter().any(|input| is_same_file(input, path));
        ensure!(!is_input, "{}: cannot be written: it is the loan file or the model: name another one", path.display());
        let output = File::create(path).with_context(|| format!("{}: cannot be written", path.display()))?;
        write(&model, &file, &verdicts, output).with_context(|| format!("{}: cannot be written", path.display()))?;
    }
    let report = if args.json {
        format!("{:#}\n", figures(&model, &file, &verdicts, watched.as_ref()))
    } else if args.output.is_none() {
        // The loans alone go to the standard output.
        say(&mut stderr(), &(cautions(&model) + &drift_in_words(watched.as_ref())))?;
        let mut loans = Vec::new();
        write(&model, &file, &verdicts, &mut loans)?;
        String::from_utf8(loans)?
    } else {
        let scored = count(verdicts.len(), "loan");
        format!("{scored} scored, {} rejected.\n", count(file.rejected_count, "row"))
            + &cautions(&model)
            + &drift_in_words(watched.as_ref())
    };
    Ok(say(&mut stdout(), &report)?)
}

/// The loans of the file, all taken for loans that the model was not trained on, beside those that it was tested on; nothing where
/// its file does not tell how these were.
fn watch(model: &RiskModel, file: &LoanFile, verdicts: &[Verdict]) -> Option<ScoringReport> {
    let sources = vec![ScoreSource::Model; verdicts.len()];
    let scoring = Scoring { records: &file.records, verdicts, sources: &sources };
    let news = News { recent: &[], had_outcome: &|_| false, followed: &[] };
    scoring_report(model.reference.as_ref()?, model, scoring, news).ok()
}

fn drift_in_words(watched: Option<&ScoringReport>) -> String {
    match watched {
        None => "Drift is not known: the model's file does not tell how its own loans were spread.\n".to_owned(),
        Some(report) if report.alarms.is_empty() => {
            "No drift from the loans that the model was made with.\n".to_owned()
        }
        Some(report) => alarms_in_words(&report.alarms),
    }
}

/// A line for each alarm.
fn alarms_in_words(alarms: &[String]) -> String {
    alarms.iter().map(|alarm| format!("Drift: {alarm}.\n")).collect::<Vec<_>>().concat()
}

/// A line for each reason to read the model's scores with care.
fn cautions(model: &RiskModel) -> String {
    let figures = &model.figures;
    let refused = (!figures.gate.passed).then(|| format!("Refused by its gate: {}", figures.gate.reason));
    let leaks = figures.leak_alarms.iter().map(|leak| format!("Leak alarm: {leak}"));
    let caution = figures.caution().map(|caution| match caution {
        Caution::Proxy => "Caution: the model learned from segments, not from outcomes".to_owned(),
        Caution::SameDay => format!("Caution: {SAME_DAY}"),
    });
    refused.into_iter().chain(leaks).chain(caution).map(|line| as_sentence(&line) + "\n").collect()
}

fn as_sentence(words: &str) -> String {
    format!("{}.", words.trim_end_matches('.'))
}

fn read_model(path: &Path) -> Result<RiskModel> {
    let name = path.display();
    let size = fs::metadata(path).with_context(|| format!("{name}: cannot be read"))?.len();
    ensure!(size <= MODEL_BYTES_MAX, "{name}: {size} bytes are too many for a model");
    let bytes = fs::read(path).with_context(|| format!("{name}: cannot be read"))?;
    engine::model_file::from_bytes(&bytes).with_context(|| format!("{name}: cannot be used"))
}

fn write(model: &RiskModel, file: &LoanFile, verdicts: &[Verdict], output: impl Write) -> Result<()> {
    let mut writer = csv::Writer::from_writer(output);
    writer.write_record(COLUMNS)?;
    for (record, verdict) in file.records.iter().zip(verdicts) {
        let segment = model.segmentation.segments.iter().find(|segment| segment.number == verdict.segment);
        writer.write_record([
            record.loan_ref.as_str(),
            record.borrower.borrower_ref.as_str(),
            &verdict.score.to_string(),
            &verdict.segment.to_string(),
            segment.map_or("", |segment| segment.name.as_str()),
            if verdict.is_high_risk { "true" } else { "false" },
            verdict.track.code(),
        ])?;
    }
    writer.flush()?;
    Ok(())
}

fn figures(
    model: &RiskModel,
    file: &LoanFile,
    verdicts: &[Verdict],
    watched: Option<&ScoringReport>,
) -> serde_json::Value {
    let on = |track: Track| verdicts.iter().filter(|verdict| verdict.track == track).count();
    let tracks: serde_json::Map<_, _> =
        Track::ALL.into_iter().map(|track| (track.code().to_owned(), on(track).into())).collect();
    json!({
        "loans": verdicts.len(),
        "rejected": file.rejected_count,
        "tracks": tracks,
        "high_risk": verdicts.iter().filter(|verdict| verdict.is_high_risk).count(),
        "drift": watched.map(|report| &report.drift),
        "calibration": watched.and_then(|report| report.calibration),
        "alarms": watched.map(|report| &report.alarms),
        "gate": model.figures.gate,
        "leaks": model.figures.leak_alarms,
        "caution": model.figures.caution(),
        "model": { "target": model.figures.target, "auc": model.figures.auc, "data_hash": model.data_hash },
    })
}
