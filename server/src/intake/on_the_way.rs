//! Files on their way in: what is left of them when a process is killed is cleared away by the next one.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;

/// How the names of files begin that are on their way in.
const PREFIX: &str = "receiving-";

/// Nothing is on its way for longer.
const LEFT_AFTER: Duration = Duration::from_hours(24);

/// A file in the folder of uploads. It is removed when dropped, as when the sender hangs up.
pub(crate) fn create(folder: &Path) -> io::Result<NamedTempFile> {
    fs::create_dir_all(folder)?;
    NamedTempFile::with_prefix_in(PREFIX, folder)
}

/// What of the temporary name is random, so that the same file sent twice is kept twice.
pub(crate) fn random_part(file: &NamedTempFile) -> String {
    let name = file.path().file_stem().unwrap_or_default().to_string_lossy();
    name.trim_start_matches(PREFIX).to_owned()
}

/// Removes what killed processes left on its way in.
pub(crate) fn clear_left(folder: &Path, now: SystemTime) {
    // A folder that is not there yet holds nothing.
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let is_on_its_way = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        let is_left = modified.is_ok_and(|modified| now.duration_since(modified).is_ok_and(|age| age > LEFT_AFTER));
        if is_on_its_way && is_left && fs::remove_file(entry.path()).is_ok() {
            tracing::info!(file = %entry.path().display(), "cleared a file that was never received whole");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    #[test]
    fn only_what_was_left_on_its_way_is_cleared() {
        let folder = tempfile::tempdir().unwrap();
        let left = create(folder.path()).unwrap().keep().unwrap().1;
        let kept = folder.path().join("00ff-kept");
        fs::write(&kept, "rows").unwrap();
        let now = SystemTime::from(clock::now());
        clear_left(folder.path(), now);
        assert!(left.exists(), "it may still be on its way");
        clear_left(folder.path(), now + LEFT_AFTER + Duration::from_mins(1));
        assert!(!left.exists());
        assert!(kept.exists());
        clear_left(&folder.path().join("none"), now);
    }
}
