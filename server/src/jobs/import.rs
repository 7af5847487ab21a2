//! Import: an uploaded file becomes loans, in one transaction.

use super::{JobError, Run};
use crate::clock;
use crate::loan_file::{self, LoanFile, LoanFileError, LoanFileOptions};
use domain::access::Actor;
use domain::count::count;
use domain::id::UploadId;
use domain::money::Currency;
use domain::upload::LoanImport;
use std::fs::File;
use std::path::PathBuf;
use store::Store;

pub(super) async fn run(store: &Store, run: &Run, id: UploadId) -> Result<(), JobError> {
    run.go_on()?;
    store::jobs::report(store, &run.lease, 5, "Reading and checking the file.").await?;
    let upload = store::uploads::source(store, id).await?;
    let read = read(upload.path, upload.currency).await?;
    run.go_on()?;
    let actor = Actor::Job(run.lease.job);
    match read {
        Ok(file) => {
            store::jobs::report(store, &run.lease, 50, &format!("Storing {}.", count(file.records.len(), "loan")))
                .await?;
            let import = LoanImport {
                records: file.records,
                rows: file.rows,
                rejected_count: file.rejected_count,
                rejected: file.rejected,
                notes: file.notes,
            };
            store::uploads::finish_import(store, actor, &run.lease, id, &import, clock::now()).await?;
        }
        Err(error) => {
            let message = format!("{}: {error}", upload.file_name);
            store::uploads::refuse(store, actor, &run.lease, id, &message, clock::now()).await?;
        }
    }
    Ok(())
}

async fn read(path: PathBuf, currency: Currency) -> Result<Result<LoanFile, LoanFileError>, JobError> {
    let options = LoanFileOptions { currency, rows_max: loan_file::ROWS_MAX };
    let reading = tokio::task::spawn_blocking(move || {
        File::open(path).map_err(LoanFileError::from).and_then(|file| loan_file::read(file, options))
    });
    reading.await.map_err(|error| JobError::Fault(format!("The file could not be read: {error}")))
}
