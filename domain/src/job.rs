//! Background work: what there is to do, and how far it is.

use crate::id::{JobId, ModelId, PolicyId, PortfolioId, UploadId};
use crate::loan::words;
use crate::model::TrainingOptions;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A piece of background work. Each may run more than once and must then change nothing more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Read uploaded files into loans, payments and borrowers.
    Import { upload: UploadId },
    /// Read uploaded files once, to tell what an import would find.
    CheckImport { upload: UploadId },
    /// Take back what an import stored.
    UndoImport { upload: UploadId },
    /// Compute the figures of a portfolio anew.
    Summarise { portfolio: PortfolioId },
    /// A policy begins to hold on this day: decide anew by it.
    StartPolicy { policy: PolicyId, portfolio: PortfolioId },
    /// Carry out the steps of cases that are due.
    CarryOut { portfolio: PortfolioId },
    /// Let the model that decides look at all loans of a portfolio again, and decide on those that changed.
    Score { portfolio: PortfolioId },
    /// Let the model that decides look at the loans that have alerts, and decide on them again.
    Redecide { portfolio: PortfolioId },
    /// Let an approved model decide in place of the champion, for its approver's reason.
    Promote { portfolio: PortfolioId, model: ModelId, rationale: String },
    /// Segment, train, score and decide on all loans of a portfolio.
    TrainAndScore { portfolio: PortfolioId, options: TrainingOptions },
}

impl Job {
    /// The kind of a promotion.
    pub const PROMOTE: &str = "promote";

    /// The word that stands in the database.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Import { .. } => "import",
            Self::CheckImport { .. } => "check_import",
            Self::UndoImport { .. } => "undo_import",
            Self::Summarise { .. } => "summarise",
            Self::StartPolicy { .. } => "start_policy",
            Self::CarryOut { .. } => "carry_out",
            Self::Score { .. } => "score",
            Self::Redecide { .. } => "redecide",
            Self::Promote { .. } => Self::PROMOTE,
            Self::TrainAndScore { .. } => "train_and_score",
        }
    }
}

words!(
    /// Where a job is in its life.
    JobState {
        Queued = "queued", "Waiting";
        Running = "running", "Running";
        Succeeded = "succeeded", "Done";
        Failed = "failed", "Failed";
        Cancelled = "cancelled", "Cancelled";
    }
);

impl JobState {
    pub fn is_finished(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// How far a job is, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobStatus {
    pub id: JobId,
    pub kind: String,
    pub state: JobState,
    /// 0..=100.
    pub percent: i32,
    /// What it is doing, what it did, or why it failed.
    pub message: String,
    pub cancel_requested: bool,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}
