//! The profiles that files are read by: those that come with the program, and those that people saved.

use crate::error::AppError;
use crate::guard::{explain, store};
use crate::pages::upload::answer::link_names;
use crate::pages::upload::asked::{Asked, UNSAID};
use crate::pages::upload::draft::{ColumnsView, Draft, Origin, ProfileChoice};
use domain::access::Scope;
use domain::id::UploadId;
use domain::mapping::{Profile, ProfileFile};
use domain::preview::FilePreview;
use leptos::prelude::use_context;

/// The profiles that come with the program. The server puts them within the reach of server functions.
#[derive(Clone, Copy, Debug)]
pub struct BuiltInProfiles(pub &'static [Profile]);

/// The profiles that come with the program; none where the server puts none there.
pub fn built_in() -> &'static [Profile] {
    use_context::<BuiltInProfiles>().map_or(&[], |built_in| built_in.0)
}

/// How the files of an upload would be read, as far as that is known without asking. Nothing where they were never
/// looked at.
pub async fn lay_out(scope: Scope, id: UploadId, asked: &Asked) -> Result<Option<ColumnsView>, AppError> {
    let upload = store::uploads::get(&store(), scope, id).await.map_err(explain)?;
    let files = store::uploads::previews(&store(), scope, id).await.map_err(explain)?;
    let saved = store::uploads::profiles(&store(), scope).await.map_err(explain)?;
    let list = built_in();
    let find = |id: &str| saved.iter().chain(list).find(|profile| profile.id == id);

    let was_said = files.iter().any(|file| !file.readings.is_empty());
    let recognised = || files.iter().find_map(|file| file.preview.as_ref()?.profile.as_deref());
    let profile = match asked.profile.as_str() {
        "" if was_said => None,
        "" => recognised().and_then(find),
        asked => find(asked),
    };
    let chosen = match profile {
        Some(profile) => {
            let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
            Some((Origin::Profile, profile.assign(&names)))
        }
        _ if was_said && asked.profile.is_empty() => {
            Some((Origin::Said, files.iter().map(|file| file.readings.clone()).collect()))
        }
        _ => None,
    };
    let selected = profile.map_or_else(
        || if was_said && asked.profile.is_empty() { String::new() } else { UNSAID.to_owned() },
        |profile| profile.id.clone(),
    );
    let is_saved = saved.iter().any(|profile| profile.id == selected);
    let drafts = drafts(files, chosen, &asked.kinds);
    let mut profiles = Vec::new();
    if was_said {
        profiles.push(ProfileChoice { id: String::new(), title: "As said before".to_owned() });
    }
    profiles.push(ProfileChoice { id: UNSAID.to_owned(), title: "None: by names and values".to_owned() });
    let titled = |profile: &Profile, mark: &str| ProfileChoice {
        id: profile.id.clone(),
        title: format!("{}{mark}", profile.title),
    };
    profiles.extend(saved.iter().map(|profile| titled(profile, " (saved)")));
    profiles.extend(list.iter().map(|profile| titled(profile, "")));
    Ok(drafts.map(|files| ColumnsView { as_of: upload.as_of, profiles, profile: selected, is_saved, files }))
}

fn drafts(
    files: Vec<FilePreview>,
    chosen: Option<(Origin, Vec<Vec<ProfileFile>>)>,
    kinds: &[String],
) -> Option<Vec<Draft>> {
    let (origin, mut readings) = chosen.unwrap_or((Origin::Suggested, Vec::new()));
    readings.resize(files.len(), Vec::new());
    let kind = |place: usize| kinds.get(place).map_or("", String::as_str);
    let drafts: Option<Vec<Draft>> = files
        .into_iter()
        .zip(readings)
        .enumerate()
        .map(|(place, (file, readings))| Some(Draft::new(file.name, file.preview?, origin, readings, kind(place))))
        .collect();
    let mut drafts = drafts?;
    let links = link_names(&drafts);
    for draft in &mut drafts {
        draft.follow_only(&links);
    }
    Some(drafts)
}
