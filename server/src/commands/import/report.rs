//! What the command tells of an import, in words or as JSON.

use super::ImportArgs;
use crate::commands::say;
use anyhow::Result;
use domain::access::Scope;
use domain::count::grouped;
use domain::money::Currency;
use domain::team::Portfolio;
use domain::upload::{RowCounts, Upload};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::stdout;
use store::Store;

impl ImportArgs {
    pub(super) async fn report(
        &self,
        store: &Store,
        portfolio: &Portfolio,
        upload: &Upload,
        was_imported: bool,
    ) -> Result<()> {
        let disagreeing = store::arrears::disagreeing(store, Scope::whole(portfolio.id), upload.id).await?;
        let mut counts = upload.counts();
        if was_imported {
            (counts.unchanged, counts.added, counts.changed) = (counts.accepted, 0, 0);
        }
        if self.json {
            let files = upload.files.iter().map(|file| FileReport { name: &file.name, counts: &file.counts }).collect();
            let report = Report {
                upload: upload.id.0,
                profile: upload.profile.as_deref(),
                was_imported,
                notes: &upload.notes,
                disagreeing,
                control_totals: totals(&counts, portfolio.currency),
                counts: &counts,
                files,
            };
            Ok(say(&mut stdout(), &format!("{}\n", serde_json::to_string_pretty(&report)?))?)
        } else {
            Ok(say(&mut stdout(), &format!("{}\n", words(upload, &counts, disagreeing, was_imported)))?)
        }
    }
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    upload: i64,
    profile: Option<&'a str>,
    /// Whether the same files were loaded before; then nothing was changed.
    was_imported: bool,
    notes: &'a [String],
    /// Loans whose payments tell other arrears than their file.
    disagreeing: u64,
    #[serde(flatten)]
    counts: &'a RowCounts,
    /// Sums in major units.
    control_totals: Vec<TotalReport>,
    files: Vec<FileReport<'a>>,
}

#[derive(Serialize)]
struct FileReport<'a> {
    name: &'a str,
    #[serde(flatten)]
    counts: &'a RowCounts,
}

#[derive(Serialize)]
struct TotalReport {
    field: &'static str,
    in_file: f64,
    accepted: f64,
}

fn totals(counts: &RowCounts, currency: Currency) -> Vec<TotalReport> {
    let total = |total: &domain::upload::ControlTotal| TotalReport {
        field: total.field.code(),
        in_file: total.before_rounding().major(currency),
        accepted: total.accepted.major(currency),
    };
    counts.totals.iter().map(total).collect()
}

fn words(upload: &Upload, counts: &RowCounts, disagreeing: u64, was_imported: bool) -> String {
    let number = |count: i64| grouped(count.max(0) as u64);
    let mut text = format!(
        "{}: {} rows: {} accepted ({} new, {} changed, {} as before), {} with warnings, {} rejected, {} in conflict, {} passed over",
        upload.title,
        number(counts.rows),
        number(counts.accepted),
        number(counts.added),
        number(counts.changed),
        number(counts.unchanged),
        number(counts.warned),
        number(counts.rejected),
        number(counts.conflicts),
        number(counts.passed_over),
    );
    if disagreeing > 0 {
        let loans = domain::count::count(disagreeing as usize, "loan");
        let _ = write!(text, "\nOf {loans} the payments tell other arrears than the file does.");
    }
    if was_imported {
        text.push_str("\nThe same was loaded before; nothing was changed.");
    }
    for note in &upload.notes {
        text.push_str("\n- ");
        text.push_str(note);
    }
    text
}
