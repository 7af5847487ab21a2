//! Which of the loans on file trained the model that decides, or are of borrowers whose other loans did: their scores by the whole
//! model would flatter it.

use super::JobError;
use super::champion::Champion;
use domain::id::{LoanId, PortfolioId};
use domain::loan::LoanRecord;
use engine::out_of_bag::OutOfBag;
use engine::training_file;
use std::collections::HashSet;
use store::Store;

pub(super) enum TrainedOn {
    /// By which trees each is scored is known too, by places among the loans.
    Trees(OutOfBag),
    /// Decisions alone tell which loans they were, as of a model that was made before trees were kept.
    Loans(HashSet<LoanId>),
}

impl TrainedOn {
    /// `ids` are the loans that are looked at, and `records` what is known of them.
    pub(super) async fn read(
        store: &Store,
        portfolio: PortfolioId,
        champion: &Champion,
        ids: &[LoanId],
        records: &[LoanRecord],
    ) -> Result<Self, JobError> {
        let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let borrowers: Vec<&str> = records.iter().map(|record| record.borrower.borrower_ref.as_str()).collect();
        let trees = champion.model.forest.tree_count();
        if let Some(bytes) = store::models::training(store, portfolio, champion.id).await? {
            match training_file::from_bytes(&bytes, &keys, &borrowers, trees) {
                Ok(own) => return Ok(Self::Trees(own)),
                Err(error) => tracing::warn!(model = champion.version, %error, "training loans are told by decisions"),
            }
        }
        Ok(Self::Loans(store::models::trained_by_decisions(store, portfolio, champion.id).await?))
    }

    /// Whether the whole model's score of a loan would flatter it.
    pub(super) fn holds(&self, place: usize, id: LoanId) -> bool {
        match self {
            Self::Trees(own) => own.is_apart(place),
            Self::Loans(loans) => loans.contains(&id),
        }
    }

    /// Whether the outcome of a loan was known when the model was made, as far as this is kept.
    pub(super) fn had_outcome(&self, place: usize, id: LoanId) -> bool {
        match self {
            Self::Trees(own) => own.had_outcome(place),
            Self::Loans(loans) => loans.contains(&id),
        }
    }

    pub(super) fn trees_are_known(&self) -> bool {
        matches!(self, Self::Trees(_))
    }

    /// What is known of the trees of some loans, by their places among these.
    pub(super) fn select(&self, places: &[usize]) -> OutOfBag {
        match self {
            Self::Trees(own) => own.select(places),
            Self::Loans(_) => OutOfBag::default(),
        }
    }
}
