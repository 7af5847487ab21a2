//! The scored loans as a file: the columns that came in, and what was found.
//!
//! The input is read a second time rather than kept in memory. The file appears under its name only when it is whole.

use crate::commands::is_same_file;
use crate::intake::{ImportFault, LoanFile, Rows, loan_rows};
use domain::model::ScoreSource;
use engine::analysis::Analysis;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

const COLUMNS: [&str; 7] =
    ["Risk_Score", "Score_Source", "Segment", "Segment_Name", "High_Risk", "Recovery_Track", "Held_Out"];

#[derive(Debug, thiserror::Error)]
pub enum ScoredFileError {
    #[error("it is the loan file itself: name another one")]
    IsInput,
    #[error("the loan file changed while it was analysed, or cannot be read twice: analyse it again")]
    InputChanged,
    #[error("the loan file cannot be read again: {0}")]
    Input(#[from] ImportFault),
    #[error(transparent)]
    Csv(#[from] csv::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Writes the accepted loans of `input` with their verdicts to `output`.
pub(super) fn write(input: &Path, output: &Path, file: &LoanFile, analysis: &Analysis) -> Result<(), ScoredFileError> {
    if is_same_file(input, output) {
        return Err(ScoredFileError::IsInput);
    }
    // What a link points at is written, not the link.
    let target = output.canonicalize().unwrap_or_else(|_| output.to_owned());
    if target.exists() && !target.is_file() {
        // A device or a pipe takes the bytes; it must not be replaced by a file.
        return write_whole(input, File::options().write(true).open(&target)?, file, analysis).map(|_| ());
    }
    let partial = partial_path(&target);
    let written = File::create_new(&partial)
        .map_err(ScoredFileError::from)
        .and_then(|created| Ok(write_whole(input, created, file, analysis)?.sync_all()?))
        .and_then(|()| Ok(fs::rename(&partial, &target)?));
    if written.is_err() {
        // Whatever it was that failed is told; the leftover is not worth a second message.
        let _ = fs::remove_file(&partial);
    }
    written
}

/// A name beside the output, so that renaming stays within one file system.
fn partial_path(output: &Path) -> PathBuf {
    let mut name = output.file_name().unwrap_or_default().to_owned();
    name.push(format!(".partial-{}", std::process::id()));
    output.with_file_name(name)
}

/// Gives the output back when all is written.
fn write_whole(input: &Path, output: File, file: &LoanFile, analysis: &Analysis) -> Result<File, ScoredFileError> {
    let mut rows: Rows = loan_rows(input, &file.reading)?;
    let mut writer = csv::Writer::from_writer(BufWriter::new(output));
    let header = rows.header.clone();
    // Results of an earlier run are replaced, not repeated.
    let kept: Vec<usize> = (0..header.len()).filter(|index| !COLUMNS.contains(&header[*index].as_str())).collect();
    writer.write_record(kept.iter().map(|index| header[*index].as_str()).chain(COLUMNS))?;
    let mut written = 0;
    while let Some((record, _)) = rows.next()? {
        if file.lines.get(written) == Some(&record.line()) {
            let found = findings(analysis, written).ok_or(ScoredFileError::InputChanged)?;
            let fields = kept.iter().map(|index| record.field(*index)).chain(found.iter().map(String::as_str));
            writer.write_record(fields)?;
            written += 1;
        }
    }
    if written != file.lines.len() {
        return Err(ScoredFileError::InputChanged);
    }
    let mut buffer = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    buffer.flush()?;
    Ok(buffer.into_inner().map_err(io::IntoInnerError::into_error)?)
}

/// The cells of [`COLUMNS`] for one loan.
fn findings(analysis: &Analysis, index: usize) -> Option<[String; COLUMNS.len()]> {
    let verdict = analysis.verdicts.get(index)?;
    let source: ScoreSource = *analysis.score_sources.get(index)?;
    let segment = analysis.segmentation.segments.iter().find(|segment| segment.number == verdict.segment)?;
    let yes_or_no = |is: bool| if is { "Yes" } else { "No" }.to_owned();
    Some([
        format!("{:.6}", verdict.score),
        source.code().to_owned(),
        verdict.segment.to_string(),
        segment.name.clone(),
        yes_or_no(verdict.is_high_risk),
        verdict.track.code().to_owned(),
        yes_or_no(*analysis.held_out.get(index)?),
    ])
}
