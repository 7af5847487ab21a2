//! What the dashboard shows.

use domain::model::ModelCard;
use domain::policy::Policy;
use domain::summary::PortfolioSummary;
use serde::{Deserialize, Serialize};

/// A portfolio with at least one loan on file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// Without the points of its scatters, which stand in the figures.
    pub summary: PortfolioSummary,
    /// The model that decided; nothing before the first one passed its gate.
    pub champion: Option<ModelCard>,
    pub policy: Policy,
    pub figures: Figures,
}

/// Plotly's JSON of each visualisation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    pub amounts: String,
    pub history: String,
    pub missed_payments: String,
    pub status_scatter: String,
    /// One a segment.
    pub segment_panels: Vec<String>,
}
