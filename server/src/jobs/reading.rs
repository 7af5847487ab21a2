//! Reading of uploaded files within a job: on a thread of its own, chunk by chunk.

use super::mended;
use super::{JobError, Run};
use crate::intake::{FileReading, ImportFault, PaymentsSeen, files_mended_in, id_mark, read_chunks};
use domain::field::{Field, FileKind};
use domain::mapping::ProfileFile;
use ingest::links::Links;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Store;
use store::uploads::{Chunk, ImportFile, ImportPlan};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Borrowers first, since loans refer to them, and loans before their payments.
pub(super) const ORDER: [FileKind; 3] = [FileKind::Borrowers, FileKind::Loans, FileKind::Payments];

/// A chunk, and how much of its file is read by then (0..=1).
type Read = (Chunk, f64);

/// What the files of one upload share while they are read one after the other.
#[derive(Clone)]
pub(super) struct Shared {
    links: Arc<Links>,
    payments: Arc<Mutex<PaymentsSeen>>,
}

impl Shared {
    pub(super) fn new(links: Links) -> Self {
        Self { links: Arc::new(links), payments: Arc::default() }
    }

    /// The payments that were seen. Files are read in turn; one whose reader panicked ended the job.
    pub(super) fn payments(&self) -> MutexGuard<'_, PaymentsSeen> {
        self.payments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Begins to read a file behind its first `rows_done` rows. One chunk waits while another one is worked on, so that both
/// cores work and memory stays small. The thread gives what should be known of the file.
pub(super) fn chunks_of(
    run: &Run,
    plan: &ImportPlan,
    file: &ImportFile,
    reading: &ProfileFile,
    shared: Shared,
    rows_done: u64,
) -> (mpsc::Receiver<Read>, JoinHandle<Result<Vec<String>, ImportFault>>) {
    let (send, chunks) = mpsc::channel(1);
    let source = source_of(plan, file, reading, rows_done);
    let stop = run.stop.clone();
    let reader = tokio::task::spawn_blocking(move || {
        let mut payments = shared.payments();
        read_chunks(&source, &shared.links, &mut payments, &mut |chunk, share| {
            !stop.is_cancelled() && send.blocking_send((chunk, share)).is_ok()
        })
    });
    (chunks, reader)
}

fn source_of(plan: &ImportPlan, file: &ImportFile, reading: &ProfileFile, rows_done: u64) -> FileReading {
    FileReading {
        path: file.path.clone(),
        name: file.name.clone(),
        mapping: reading.mapping.clone(),
        currency: plan.currency,
        id_mark: Some(id_mark(&file.sha256, &file.name)),
        rows_done,
    }
}

/// The files of a kind, each with how it is read.
pub(super) fn files_of_kind(plan: &ImportPlan, kind: FileKind) -> impl Iterator<Item = (&ImportFile, &ProfileFile)> {
    let files = plan.files.iter().flat_map(|file| file.readings.iter().map(move |reading| (file, reading)));
    files.filter(move |(_, reading)| reading.mapping.kind == kind)
}

/// Finds what the mended payments of an upload belong to, so that they are known when they are read.
pub(super) async fn know_mended(store: &Store, run: &Run, plan: &ImportPlan, shared: &Shared) -> Result<(), JobError> {
    let mut files = BTreeSet::new();
    for (file, reading) in files_of_kind(plan, FileKind::Payments) {
        let (source, links) = (source_of(plan, file, reading, 0), Arc::clone(&shared.links));
        // A file that cannot be read says why when it is read for good.
        files.extend(aside(run, move || files_mended_in(&source, &links)).await?.unwrap_or_default());
    }
    if !files.is_empty() {
        let found = mended::find(store, run, plan.portfolio, files).await?;
        shared.payments().mended = found;
    }
    Ok(())
}

/// The column that holds the loan's id, for people.
pub(super) fn column_of_loan_id(reading: &ProfileFile) -> Option<String> {
    reading.mapping.column_of(Field::LoanId).map(|mapped| mapped.column.clone())
}

/// What should be known of a file, with its name where there are several.
pub(super) fn named(plan: &ImportPlan, file: &ImportFile, notes: Vec<String>) -> Vec<String> {
    if plan.files.len() < 2 {
        return notes;
    }
    notes.into_iter().map(|note| format!("{}: {note}", file.name)).collect()
}

/// Runs slow work on a thread of its own.
pub(super) async fn aside<T: Send + 'static>(
    run: &Run,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JobError> {
    run.go_on()?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| JobError::Fault(format!("The file could not be read: {error}")))
}
