//! Reading of uploaded files within a job: on a thread of its own, chunk by chunk.

use super::{JobError, Run};
use crate::intake::{FileReading, ImportFault, PaymentsSeen, holds_mended_rows, id_mark, read_chunks};
use domain::field::{Field, FileKind};
use domain::mapping::ProfileFile;
use ingest::links::Links;
use std::sync::{Arc, Mutex, PoisonError};
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
        // Files are read in turn; one whose reader panicked ended the job.
        let mut payments = shared.payments.lock().unwrap_or_else(PoisonError::into_inner);
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

/// The files of a kind, each with how it is read. Mended payments come behind the others, whose places they must not take.
pub(super) async fn files_of_kind<'a>(
    run: &Run,
    plan: &'a ImportPlan,
    kind: FileKind,
    shared: &Shared,
) -> Result<Vec<(&'a ImportFile, &'a ProfileFile)>, JobError> {
    let files = plan.files.iter().flat_map(|file| file.readings.iter().map(move |reading| (file, reading)));
    let files: Vec<_> = files.filter(|(_, reading)| reading.mapping.kind == kind).collect();
    if kind != FileKind::Payments || files.len() < 2 {
        return Ok(files);
    }
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for (file, reading) in files {
        let (source, links) = (source_of(plan, file, reading, 0), Arc::clone(&shared.links));
        let is_mended = aside(run, move || holds_mended_rows(&source, &links)).await?;
        if is_mended { last.push((file, reading)) } else { first.push((file, reading)) }
    }
    first.append(&mut last);
    Ok(first)
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
