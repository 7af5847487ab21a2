//! Templates as people see them.

use super::Wording;
use crate::contact::Channel;
use crate::policy::plan::TreatmentKind;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A line of the list of templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRow {
    pub code: String,
    pub title: String,
    pub kind: TreatmentKind,
    pub channel: Channel,
    pub subject: String,
    /// The one that is sent.
    pub version: i32,
    /// Nobody where the words came with the program.
    pub saved_by: Option<String>,
    pub saved_at: DateTime<Utc>,
}

/// A version of a template, and who saved it why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateVersion {
    pub words: Wording,
    /// Nobody where the words came with the program.
    pub saved_by: Option<String>,
    pub saved_at: DateTime<Utc>,
    pub note: String,
}

/// A template with all its versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateStory {
    pub code: String,
    pub title: String,
    pub kind: TreatmentKind,
    pub channel: Channel,
    /// The latest first, which is the one that is sent.
    pub versions: Vec<TemplateVersion>,
}
