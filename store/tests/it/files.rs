//! Files on their way into the store: sent, mapped, written chunk by chunk, finished, taken back.

use crate::fixture::{ACTOR, Fixture, at};
use crate::records::day;
use chrono::NaiveDate;
use domain::access::Actor;
use domain::borrower::BorrowerRecord;
use domain::field::{Field, FileKind};
use domain::id::UploadId;
use domain::job::Job;
use domain::loan::{LoanRecord, RecoveryStatus};
use domain::mapping::{MappedColumn, Mapping, ProfileFile, Reading};
use domain::money::Money;
use domain::payment::PaymentRecord;
use domain::preview::Preview;
use domain::upload::{Finding, FindingKind, RowCounts, Upload};
use std::collections::HashSet;
use std::path::PathBuf;
use store::jobs::{self, Lease};
use store::uploads::{self, Chunk, ChunkFile, ChunkRows, NewFile, NewUpload, Next};

/// A file that a test sends.
#[derive(Clone)]
pub(crate) struct TestFile {
    pub(crate) name: String,
    pub(crate) as_of: NaiveDate,
    pub(crate) corrects: bool,
    pub(crate) tells_status: bool,
    pub(crate) chunks: Vec<ChunkRows>,
}

impl TestFile {
    fn new(name: &str, rows: ChunkRows) -> Self {
        let name = name.to_owned();
        Self { name, as_of: day(1), corrects: false, tells_status: true, chunks: vec![rows] }
    }

    /// Rows stand on the lines from 2 on.
    pub(crate) fn loans(records: Vec<LoanRecord>) -> Self {
        Self::new("loans.csv", ChunkRows::Loans(numbered(2, said_open(records))))
    }

    pub(crate) fn borrowers(records: Vec<BorrowerRecord>) -> Self {
        Self::new("borrowers.csv", ChunkRows::Borrowers(numbered(2, records)))
    }

    pub(crate) fn payments(records: Vec<PaymentRecord>) -> Self {
        Self::new("payments.csv", ChunkRows::Payments(numbered(2, records)))
    }

    /// More rows of the same file, in a chunk of their own.
    pub(crate) fn and_loans(mut self, records: Vec<LoanRecord>) -> Self {
        let before: u64 = self.chunks.iter().map(|rows| lines(rows).len() as u64).sum();
        self.chunks.push(ChunkRows::Loans(numbered(2 + before, said_open(records))));
        self
    }

    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: name.to_owned(), ..self }
    }

    pub(crate) fn of_day(self, as_of: u32) -> Self {
        Self { as_of: day(as_of), ..self }
    }

    pub(crate) fn correcting(self) -> Self {
        Self { corrects: true, ..self }
    }

    pub(crate) fn without_status(self) -> Self {
        Self { tells_status: false, ..self }
    }

    /// Open rows say nothing of their status.
    pub(crate) fn is_blank_open(&mut self) {
        for rows in &mut self.chunks {
            if let ChunkRows::Loans(rows) = rows {
                for (_, record) in rows {
                    record.is_said_open = false;
                }
            }
        }
    }

    pub(crate) fn kind(&self) -> FileKind {
        match self.chunks[0] {
            ChunkRows::Loans(_) => FileKind::Loans,
            ChunkRows::Payments(_) => FileKind::Payments,
            ChunkRows::Borrowers(_) => FileKind::Borrowers,
        }
    }

    /// The chunks as reading makes them.
    pub(crate) fn chunks(&self) -> Vec<Chunk> {
        let mut before = 0;
        let chunk = |rows: &ChunkRows| {
            let chunk = chunk(before, rows.clone());
            before += chunk.counts.rows as u64;
            chunk
        };
        self.chunks.iter().map(chunk).collect()
    }
}

/// Rows that are open say so.
fn said_open(mut records: Vec<LoanRecord>) -> Vec<LoanRecord> {
    for record in &mut records {
        record.is_said_open = record.recovery_status == RecoveryStatus::Open;
    }
    records
}

fn numbered<T>(first: u64, records: Vec<T>) -> Vec<(u64, T)> {
    (first..).zip(records).collect()
}

fn lines(rows: &ChunkRows) -> Vec<u64> {
    match rows {
        ChunkRows::Loans(rows) => rows.iter().map(|(line, _)| *line).collect(),
        ChunkRows::Payments(rows) => rows.iter().map(|(line, _)| *line).collect(),
        ChunkRows::Borrowers(rows) => rows.iter().map(|(line, _)| *line).collect(),
    }
}

fn amounts(rows: &ChunkRows) -> Vec<(Field, Money)> {
    match rows {
        ChunkRows::Loans(rows) => rows.iter().flat_map(|(_, record)| record.control_amounts()).collect(),
        ChunkRows::Payments(rows) => rows.iter().flat_map(|(_, record)| record.control_amounts()).collect(),
        ChunkRows::Borrowers(_) => Vec::new(),
    }
}

/// A chunk of which reading accepted all rows.
pub(crate) fn chunk(rows_before: u64, rows: ChunkRows) -> Chunk {
    let count = lines(&rows).len() as i64;
    let mut counts = RowCounts { rows: count, accepted: count, ..RowCounts::default() };
    for (field, amount) in amounts(&rows) {
        counts.add_amount(field, amount, amount);
    }
    Chunk {
        rows_before,
        first_line: rows_before + 2,
        raw: vec![0, 255, 7],
        rows,
        findings: Vec::new(),
        warned: HashSet::new(),
        counts,
    }
}

pub(crate) fn rejected(line: u64) -> Finding {
    Finding {
        kind: FindingKind::Rejected,
        line,
        column: Some("Age".to_owned()),
        value: "old".to_owned(),
        reason: "is not a number".to_owned(),
    }
}

/// A mapping of one column.
pub(crate) fn reading(kind: FileKind) -> ProfileFile {
    let field = if kind == FileKind::Borrowers { Field::BorrowerId } else { Field::LoanId };
    let columns = vec![MappedColumn { column: "Id".to_owned(), field, reading: Reading::default() }];
    let mapping = Mapping { kind, has_header: true, blank_is_missing: true, only: None, columns };
    ProfileFile { name: String::new(), mapping }
}

fn preview(kind: FileKind) -> Preview {
    Preview {
        kind,
        kinds: vec![(kind, 90)],
        format: "CSV".to_owned(),
        has_header: true,
        header_line: 1,
        header: vec!["Id".to_owned()],
        rows: vec![vec!["1".to_owned()]],
        columns: Vec::new(),
        profile: None,
        almost: None,
        notes: Vec::new(),
    }
}

/// A file whose import has begun.
#[derive(Clone)]
pub(crate) struct Import {
    pub(crate) upload: UploadId,
    pub(crate) lease: Lease,
    pub(crate) file: ChunkFile,
}

impl Fixture {
    pub(crate) fn new_upload(&self, file: &TestFile) -> NewUpload {
        let sent = NewFile {
            name: file.name.clone(),
            path: PathBuf::from(format!("/data/{}", file.name)),
            size_bytes: 1234,
            sha256: "ab".repeat(32),
            preview: Some(preview(file.kind())),
        };
        NewUpload {
            portfolio: self.portfolio,
            as_of: file.as_of,
            corrects: file.corrects,
            files: vec![sent],
            refusal: None,
        }
    }

    pub(crate) async fn receive(&self, file: &TestFile) -> Upload {
        self.receive_as(ACTOR, file).await
    }

    pub(crate) async fn receive_as(&self, actor: Actor, file: &TestFile) -> Upload {
        uploads::receive(&self.store, actor, self.new_upload(file), at(1)).await.unwrap()
    }

    pub(crate) async fn confirm(&self, upload: UploadId, kind: FileKind, next: Next) {
        let readings = [vec![reading(kind)]];
        uploads::confirm(&self.store, ACTOR, self.scope, upload, &readings, None, next, at(1)).await.unwrap();
    }

    /// Sends a file, says how it is read, and takes the job that imports it.
    pub(crate) async fn begin(&self, file: &TestFile) -> Import {
        let upload = self.receive(file).await;
        self.confirm(upload.id, file.kind(), Next::Import).await;
        self.import_of(&upload, file).await
    }

    /// Takes the job that imports a file that is mapped.
    pub(crate) async fn import_of(&self, upload: &Upload, file: &TestFile) -> Import {
        let lease = self.lease().await;
        let target = ChunkFile {
            id: upload.files[0].id,
            portfolio: self.portfolio,
            as_of: file.as_of,
            corrects: file.corrects,
            tells_status: file.tells_status,
            column_of_loan_id: Some("Id".to_owned()),
        };
        Import { upload: upload.id, lease, file: target }
    }

    pub(crate) async fn try_write(&self, import: &Import, chunk: Chunk) -> store::Result<()> {
        uploads::write_chunk(&self.store, &import.lease, &import.file, chunk, at(2)).await.map(|_| ())
    }

    pub(crate) async fn write(&self, import: &Import, file: &TestFile) {
        for chunk in file.chunks() {
            self.try_write(import, chunk).await.unwrap();
        }
        uploads::finish_file(&self.store, &import.lease, &import.file).await.unwrap();
    }

    pub(crate) async fn finish(&self, import: &Import) -> store::Result<()> {
        let notes = ["One column is constant.".to_owned()];
        let actor = Actor::Job(import.lease.job);
        uploads::finish_import(&self.store, actor, &import.lease, import.upload, &notes, at(2)).await
    }

    /// Computes the figures, as the job does that follows an import.
    pub(crate) async fn summarise(&self) {
        let claimed = jobs::claim(&self.store, "worker").await.unwrap().expect("a job waits");
        assert_eq!(claimed.job, Job::Summarise { portfolio: self.portfolio });
        store::summaries::refresh_all(&self.store, &claimed.lease, self.portfolio, at(2)).await.unwrap();
    }

    pub(crate) async fn load(&self, file: TestFile) -> Upload {
        let import = self.begin(&file).await;
        self.write(&import, &file).await;
        self.finish(&import).await.unwrap();
        self.summarise().await;
        self.upload(import.upload).await
    }

    /// Imports loans whose file is as of the first.
    pub(crate) async fn import(&self, records: Vec<LoanRecord>) -> Upload {
        self.load(TestFile::loans(records)).await
    }

    pub(crate) async fn upload(&self, id: UploadId) -> Upload {
        uploads::get(&self.store, self.scope, id).await.unwrap()
    }

    pub(crate) async fn findings(&self, upload: &Upload, kind: FindingKind) -> Vec<Finding> {
        uploads::findings(&self.store, self.scope, upload.id, kind).await.unwrap()
    }

    /// Asks for an import to be taken back, and takes the job.
    pub(crate) async fn undoing(&self, upload: UploadId) -> Lease {
        uploads::request_undo(&self.store, ACTOR, self.scope, upload, at(5)).await.unwrap();
        self.lease().await
    }

    pub(crate) async fn try_undo(&self, upload: UploadId) -> store::Result<()> {
        let lease = self.undoing(upload).await;
        let actor = Actor::Job(lease.job);
        let outcome = uploads::undo_import(&self.store, actor, &lease, upload, false, at(6)).await;
        match outcome {
            Ok(()) => self.summarise().await,
            Err(_) => jobs::fail(&self.store, &lease, "Refused.", at(6)).await?,
        }
        outcome
    }

    pub(crate) async fn undo(&self, upload: UploadId) {
        self.try_undo(upload).await.unwrap();
    }
}
