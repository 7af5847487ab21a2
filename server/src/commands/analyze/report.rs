//! The report for people at a terminal.

mod model;

use super::json::TrackCounts;
use super::{AnalyzeArgs, Outcome};
use crate::intake::describe;
use domain::count::{count, grouped};
use domain::track::Track;
use std::fmt::Write;

/// Rejected rows that are listed; the others are counted.
const REJECTED_SHOWN: usize = 10;

/// Width to which sentences are broken.
const WIDTH: usize = 100;

/// Builds the whole text. Writing to a string does not fail.
pub(super) fn text(outcome: &Outcome<'_>, args: &AnalyzeArgs) -> String {
    let mut text = String::new();
    let parts = [
        summary(outcome),
        segments(outcome),
        model::text(outcome, args),
        tracks(outcome),
        rejected(outcome),
        notes(outcome),
        end(outcome, args),
    ];
    for part in parts.iter().filter(|part| !part.is_empty()) {
        let _ = writeln!(text, "{part}");
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn summary(outcome: &Outcome<'_>) -> String {
    let file = &outcome.file;
    let rejected = match file.rejected_count {
        0 => "none rejected".to_owned(),
        rejected => format!("{} rejected", grouped(rejected)),
    };
    format!("{}: {}, {rejected}\n", outcome.path.display(), count(file.rows, "row"))
}

fn segments(outcome: &Outcome<'_>) -> String {
    let analysis = &outcome.analysis;
    let all = analysis.verdicts.len();
    let mut table = Table::new(&["Segment", "", "Loans", "", "Risk", "Recovery strategy"], &[2, 3]);
    for segment in &analysis.segmentation.segments {
        table.row(&[
            segment.number.to_string(),
            segment.name.clone(),
            grouped(segment.size),
            percent(segment.size as usize, all),
            segment.risk.label().to_owned(),
            segment.risk.strategy().to_owned(),
        ]);
    }
    format!(
        "SEGMENTS  (k-means on {}; inertia {:.2})\n{}",
        count(analysis.model.features.len(), "feature"),
        analysis.segmentation.inertia,
        table.text()
    )
}

fn tracks(outcome: &Outcome<'_>) -> String {
    let analysis = &outcome.analysis;
    let all = TrackCounts::of(&analysis.verdicts);
    let held_out = TrackCounts::of_held_out(&analysis.verdicts, &analysis.held_out);
    let held_out_count = analysis.held_out.iter().filter(|held_out| **held_out).count();
    let mut table = Table::new(&["Track", "Risk score", "Loans", "", "Held out", ""], &[2, 3, 4, 5]);
    for track in Track::ALL {
        table.row(&[
            track.label().to_owned(),
            outcome.policy.bounds_in_words(track),
            grouped(all.get(track)),
            percent(all.get(track), analysis.verdicts.len()),
            grouped(held_out.get(track)),
            percent(held_out.get(track), held_out_count),
        ]);
    }
    let high_risk = analysis.verdicts.iter().filter(|verdict| verdict.is_high_risk).count();
    format!(
        "TRACKS  (policy {})\n{}  High risk by segment or by score: {} ({})\n",
        outcome.policy.version,
        table.text(),
        count(high_risk, "loan"),
        percent(high_risk, analysis.verdicts.len()).trim()
    )
}

fn rejected(outcome: &Outcome<'_>) -> String {
    let file = &outcome.file;
    if file.rejected_count == 0 {
        return String::new();
    }
    let mut text = format!("REJECTED ROWS  ({} of {})\n", grouped(file.rejected_count), grouped(file.rows));
    for row in file.rejected.iter().take(REJECTED_SHOWN) {
        let _ = writeln!(text, "  {}", wrapped(&describe(row), 4));
    }
    let more = file.rejected_count.saturating_sub(REJECTED_SHOWN as u64);
    if more > 0 {
        let _ = writeln!(text, "  … and {} more", grouped(more));
    }
    text
}

fn notes(outcome: &Outcome<'_>) -> String {
    let mut notes = outcome.file.notes.iter().chain(&outcome.analysis.notes).peekable();
    if notes.peek().is_none() {
        return String::new();
    }
    notes.fold("NOTES\n".to_owned(), |text, note| text + "  - " + &wrapped(note, 4) + ".\n")
}

fn end(outcome: &Outcome<'_>, args: &AnalyzeArgs) -> String {
    let timings = &outcome.timings;
    let mut text = args.output.as_ref().map_or_else(String::new, |path| {
        format!("Scores of {} are in {}\n", count(outcome.analysis.verdicts.len(), "loan"), path.display())
    });
    let seconds = timings.read_s + timings.segment_s + timings.fit_s + timings.validate_s + timings.score_s;
    let _ = write!(
        text,
        "Took {seconds:.1} s: reading {:.1}, segments {:.1}, training {:.1}, validation {:.1}, scoring {:.1}",
        timings.read_s, timings.segment_s, timings.fit_s, timings.validate_s, timings.score_s
    );
    if let Some(peak) = outcome.peak_memory_mb {
        let _ = write!(text, "; {peak:.0} MB of memory at most");
    }
    text
}

/// Columns under their headings, as wide as their widest cell.
struct Table<'a> {
    rows: Vec<Vec<String>>,
    /// Columns of numbers.
    right_aligned: &'a [usize],
}

impl<'a> Table<'a> {
    fn new(headings: &[&str], right_aligned: &'a [usize]) -> Self {
        Self { rows: vec![headings.iter().map(|heading| (*heading).to_owned()).collect()], right_aligned }
    }

    fn row(&mut self, cells: &[String]) {
        self.rows.push(cells.to_vec());
    }

    fn text(&self) -> String {
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (column, cell) in row.iter().enumerate() {
                let width = width(column);
                let _ = if self.right_aligned.contains(&column) {
                    write!(line, "  {cell:>width$}")
                } else {
                    write!(line, "  {cell:<width$}")
                };
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 { "—".to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / whole as f64) }
}

/// Breaks a sentence between words; further lines are indented.
fn wrapped(sentence: &str, indent: usize) -> String {
    let mut text = String::new();
    let mut column = indent;
    for word in sentence.split(' ') {
        let length = word.chars().count();
        if column > indent && column + 1 + length > WIDTH {
            text.push('\n');
            text.extend(std::iter::repeat_n(' ', indent));
            column = indent;
        } else if column > indent {
            text.push(' ');
            column += 1;
        }
        text += word;
        column += length;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_broken_between_words() {
        let text = wrapped(&"word ".repeat(40), 4);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.lines().skip(1).all(|line| line.starts_with("    word")), "{text}");
        assert_eq!(percent(1, 0), "—");
    }
}
