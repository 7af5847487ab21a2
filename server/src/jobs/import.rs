//! Import: uploaded files become borrowers, loans and payments, chunk by chunk. What is stored stays stored when the
//! process dies; the next attempt goes on behind it.

use super::reading::{ORDER, Shared, aside, chunks_of, column_of_loan_id, files_of_kind, know_mended, named};
use super::{JobError, Run};
use crate::clock;
use crate::intake::{ImportFault, LOANS_MIN, is_mostly_unusable, read_links};
use domain::access::{Actor, Scope};
use domain::count::grouped;
use domain::field::{Field, FileKind};
use domain::id::UploadId;
use domain::mapping::ProfileFile;
use domain::upload::UploadState;
use store::Store;
use store::uploads::{ChunkFile, ImportFile, ImportPlan, Sent};

pub(super) async fn run(store: &Store, run: &Run, id: UploadId) -> Result<(), JobError> {
    let plan = store::uploads::plan(store, id).await?;
    let outcome = if plan.state == UploadState::Importing { import(store, run, &plan).await } else { Ok(Vec::new()) };
    let actor = Actor::Job(run.lease.job);
    match outcome {
        Ok(notes) => {
            store::uploads::finish_import(store, actor, &run.lease, id, &notes, clock::now()).await?;
        }
        Err(Stop::Fault(fault)) => {
            store::uploads::refuse(store, actor, &run.lease, id, &fault.to_string(), clock::now()).await?;
        }
        Err(Stop::Job(JobError::Cancelled)) => {
            store::uploads::undo_import(store, actor, &run.lease, id, true, clock::now()).await?;
        }
        Err(Stop::Job(error)) => return Err(error),
    }
    for file in &plan.files {
        // What was read stands in the database now. A file that is gone already is as good.
        let _ = tokio::fs::remove_file(&file.path).await;
    }
    Ok(())
}

/// Takes an import back.
pub(super) async fn undo(store: &Store, run: &Run, id: UploadId) -> Result<(), JobError> {
    run.go_on()?;
    let actor = Actor::Job(run.lease.job);
    store::uploads::undo_import(store, actor, &run.lease, id, false, clock::now()).await?;
    Ok(())
}

/// Why an import ends before its end.
enum Stop {
    /// The file is to blame.
    Fault(ImportFault),
    Job(JobError),
}

impl<E: Into<JobError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Job(error.into())
    }
}

/// Gives what should be known of the files.
async fn import(store: &Store, run: &Run, plan: &ImportPlan) -> Result<Vec<String>, Stop> {
    run.go_on()?;
    wait_for_others(store, plan).await?;
    refuse_loaded_before(store, plan).await?;
    let links = aside(run, {
        let (files, currency) = (plan.files.clone(), plan.currency);
        move || read_links(&files, currency)
    })
    .await?
    .map_err(Stop::Fault)?;
    let shared = Shared::new(links);
    know_mended(store, run, plan, &shared).await?;
    let mut notes = Vec::new();
    for kind in ORDER {
        for (file, reading) in files_of_kind(plan, kind) {
            let told = import_file(store, run, plan, file, reading, shared.clone()).await?;
            notes.extend(named(plan, file, told));
        }
    }
    refuse_too_few(store, plan).await?;
    keep_counts(store, run, plan, &shared).await?;
    // So that what payments tell is there with the payments; the summary that follows would come too late for the page.
    store::arrears::refresh(store, &run.lease, plan.portfolio).await?;
    run.report(store, 100, "All rows are stored.").await?;
    Ok(notes)
}

/// Rejected payments without ids may come back mended; they are told from their equals by how many of these there were.
async fn keep_counts(store: &Store, run: &Run, plan: &ImportPlan, shared: &Shared) -> Result<(), JobError> {
    let upload = store::uploads::get(store, Scope::whole(plan.portfolio), plan.upload).await?;
    let counts = shared.payments().to_keep();
    let has_payments = files_of_kind(plan, FileKind::Payments).next().is_some();
    if has_payments && upload.counts().rejected > 0 {
        store::uploads::keep_counts(store, &run.lease, plan.upload, counts).await?;
    }
    Ok(())
}

/// Imports are stored one after the other, never mixed, so that the last of them can be taken back.
async fn wait_for_others(store: &Store, plan: &ImportPlan) -> Result<(), Stop> {
    match store::uploads::unfinished(store, plan.portfolio, plan.upload).await? {
        Some(other) => Err(Stop::Job(JobError::Fault(format!(
            "The import of {other} has not ended. Let it go on, or undo it; then load this file."
        )))),
        None => Ok(()),
    }
}

/// Who sends the same at the same moment as another does is told here: imports of a portfolio run one by one.
async fn refuse_loaded_before(store: &Store, plan: &ImportPlan) -> Result<(), Stop> {
    let has_begun = plan.files.iter().any(|file| file.rows_done > 0 || file.is_done);
    let Some(first) = plan.files.first().filter(|_| !has_begun) else { return Ok(()) };
    let sha256: Vec<&str> = plan.files.iter().map(|file| file.sha256.as_str()).collect();
    let sent = Sent { sha256: &sha256, as_of: Some(plan.as_of), corrects: plan.corrects };
    match store::uploads::find_imported(store, Scope::whole(plan.portfolio), sent).await? {
        Some(earlier) => Err(Stop::Fault(ImportFault::LoadedBefore { name: first.name.clone(), earlier: earlier.id })),
        None => Ok(()),
    }
}

/// A first file with fewer loans than segments is refused; one that adds to others is not.
async fn refuse_too_few(store: &Store, plan: &ImportPlan) -> Result<(), Stop> {
    let is_of_loans = |file: &&ImportFile| file.readings.iter().any(|reading| reading.mapping.kind == FileKind::Loans);
    let Some(file) = plan.files.iter().find(is_of_loans) else { return Ok(()) };
    let loans = store::loans::count(store, plan.portfolio).await?;
    if loans < LOANS_MIN {
        Err(Stop::Fault(ImportFault::TooFewLoans { name: file.name.clone(), loans }))
    } else {
        Ok(())
    }
}

async fn import_file(
    store: &Store,
    run: &Run,
    plan: &ImportPlan,
    file: &ImportFile,
    reading: &ProfileFile,
    shared: Shared,
) -> Result<Vec<String>, Stop> {
    let target = ChunkFile {
        id: file.id,
        portfolio: plan.portfolio,
        as_of: plan.as_of,
        corrects: plan.corrects,
        tells_status: reading.mapping.column_of(Field::RecoveryStatus).is_some(),
        column_of_loan_id: column_of_loan_id(reading),
    };
    let (mut chunks, reader) = chunks_of(run, plan, file, reading, shared, file.rows_done);
    let started = clock::Stopwatch::start();
    let mut stored = 0;
    while let Some((chunk, share)) = chunks.recv().await {
        run.go_on()?;
        stored += chunk.counts.rows;
        let done = file.rows_done as i64 + stored;
        let counts = store::uploads::write_chunk(store, &run.lease, &target, chunk, clock::now()).await?;
        if is_mostly_unusable(&counts) {
            return Err(Stop::Fault(ImportFault::MostlyLeftOut { name: file.name.clone(), counts: Box::new(counts) }));
        }
        let rate = stored as f64 / started.elapsed().as_secs_f64().max(0.001);
        let message = progress(&file.name, done, rate, share);
        run.report(store, (share * 100.0) as i32, &message).await?;
    }
    let notes = reader.await.map_err(|error| JobError::Fault(format!("The file could not be read: {error}")))?;
    run.go_on()?;
    let notes = notes.map_err(Stop::Fault)?;
    store::uploads::finish_file(store, &run.lease, &target).await?;
    Ok(notes)
}

/// Rows, rate and time left, for people who wait.
fn progress(name: &str, rows: i64, rate: f64, share: f64) -> String {
    let rows_left = rows as f64 * (1.0 - share) / share.max(0.001);
    let seconds = (rows_left / rate.max(1.0)).ceil() as u64;
    let left = match seconds {
        0 => String::new(),
        seconds if seconds < 120 => format!(", about {seconds} s left"),
        seconds => format!(", about {} min left", seconds.div_ceil(60)),
    };
    format!("{name}: {} rows, {} a second{left}.", grouped(rows.max(0) as u64), grouped(rate as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_tells_rows_rate_and_time_left() {
        assert_eq!(progress("a.csv", 20_000, 5_000.0, 0.5), "a.csv: 20,000 rows, 5,000 a second, about 4 s left.");
        assert_eq!(progress("a.csv", 20_000, 100.0, 0.5), "a.csv: 20,000 rows, 100 a second, about 4 min left.");
        assert_eq!(progress("a.csv", 20_000, 5_000.0, 1.0), "a.csv: 20,000 rows, 5,000 a second.");
    }
}
