//! Files under their lasting names, which go again unless the database knows of them.

use super::ReceiveError;
use super::form::Sent;
use crate::intake::{ArrivedTable, ImportFault, arrive, on_the_way, refuse_twins};
use domain::mapping::Profile;
use domain::preview::Preview;
use std::path::{Path, PathBuf};
use store::uploads::NewFile;

/// A file under its lasting name. It goes again when dropped, unless it is kept.
pub(super) struct Kept {
    name: String,
    path: PathBuf,
    size_bytes: i64,
    sha256: String,
    is_kept: bool,
}

impl Kept {
    pub(super) fn persist(sent: Sent, folder: &Path) -> Result<Self, ReceiveError> {
        let received = sent.received;
        let path = folder.join(format!("{}-{}", received.sha256, on_the_way::random_part(&received.file)));
        received.file.persist(&path).map_err(|error| error.error)?;
        let path = std::path::absolute(path)?;
        Ok(Self { name: sent.name, path, size_bytes: received.size_bytes, sha256: received.sha256, is_kept: false })
    }

    fn file(&self, name: String, preview: Option<Preview>) -> NewFile {
        NewFile { name, path: self.path.clone(), size_bytes: self.size_bytes, sha256: self.sha256.clone(), preview }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if !self.is_kept {
            // Nothing half-stored: a file that nobody knows of goes too.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// All files of a form.
pub(super) struct AllKept(Vec<Kept>);

impl AllKept {
    pub(super) fn files_of(&self, tables: &[ArrivedTable]) -> Vec<NewFile> {
        let of = |table: &ArrivedTable| {
            let kept = self.0.iter().find(|kept| kept.path == table.source.path)?;
            Some(kept.file(table.source.name.clone(), Some(table.preview.clone())))
        };
        tables.iter().filter_map(of).collect()
    }

    pub(super) fn whole_files(&self) -> Vec<NewFile> {
        self.0.iter().map(|kept| kept.file(kept.name.clone(), None)).collect()
    }

    pub(super) fn keep(mut self) {
        self.0.iter_mut().for_each(|kept| kept.is_kept = true);
    }
}

/// Files, and what their starts show.
pub(super) struct LookedAt {
    pub(super) kept: AllKept,
    pub(super) arrived: Result<Vec<ArrivedTable>, ImportFault>,
}

/// Looks at the starts of all files, on a thread of its own.
pub(super) async fn look_at(kept: Vec<Kept>, saved: Vec<Profile>) -> Result<LookedAt, ReceiveError> {
    let looking = tokio::task::spawn_blocking(move || {
        let kept = AllKept(kept);
        let twins = refuse_twins(kept.0.iter().map(|kept| (kept.name.as_str(), kept.sha256.as_str())));
        let arrive_all = || kept.0.iter().map(|kept| arrive(&kept.path, &kept.name, &saved)).collect();
        let tables: Result<Vec<_>, _> = twins.and_then(|()| arrive_all());
        LookedAt { kept, arrived: tables.map(|tables| tables.into_iter().flatten().collect()) }
    });
    Ok(looking.await.map_err(std::io::Error::other)?)
}
