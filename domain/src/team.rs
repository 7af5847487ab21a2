//! Recovery teams and portfolios.

use crate::id::{PortfolioId, TeamId};
use crate::money::Currency;
use crate::track::Track;
use serde::{Deserialize, Serialize};

/// People who work one track together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    pub track: Track,
}

/// A set of loans in one currency, worked under one set of rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portfolio {
    pub id: PortfolioId,
    pub name: String,
    pub currency: Currency,
    /// Holds made-up data that is there to be looked at; pages say so.
    pub is_demo: bool,
}
