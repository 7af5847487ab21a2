//! Identifiers, one type per noun, so that a loan's id is never taken for a borrower's.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids!(
    /// A set of loans in one currency, worked under one set of rules.
    PortfolioId,
    /// A person who signs in.
    UserId,
    /// A recovery team; it works one track.
    TeamId,
    /// A file that an admin sent.
    UploadId,
    /// A loan on file.
    LoanId,
    /// A trained model.
    ModelId,
    /// A version of the policy.
    PolicyId,
    /// A decision on one loan.
    DecisionId,
    /// A legal notice.
    NoticeId,
    /// A letter by post.
    LetterId,
    /// A settlement offer or a repayment plan.
    SettlementId,
    /// A reason to leave somebody alone.
    HoldId,
    /// A piece of background work.
    JobId,
);
