//! What the address asks the page of an upload for.

use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

/// Which columns are asked for, read by which profile and as which kinds of file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The columns of files that were checked already.
    pub columns: bool,
    /// The id of a profile, or [`UNSAID`]; nothing leaves it to what is known.
    pub profile: String,
    /// The kinds of the files, in their order: a code, [`LEFT_OUT`], or nothing for what is known.
    pub kinds: Vec<String>,
}

/// Asks for no profile, even where one fits.
pub const UNSAID: &str = "none";

/// Stands in place of the kind of a file that is not to be loaded.
pub const LEFT_OUT: &str = "left-out";

/// An upload has no more files than this.
const FILES_MAX: usize = 100;

impl Asked {
    pub fn read(query: &ParamsMap) -> Self {
        let of = |name: &str| query.get(name).unwrap_or_default();
        let mut kinds: Vec<String> = (0..FILES_MAX).map_while(|place| query.get(&kind_name(place))).collect();
        kinds.shrink_to_fit();
        let profile = of("profile");
        Self { columns: query.get("columns").is_some() || !profile.is_empty(), profile, kinds }
    }
}

/// What the kind of a file is called in the address.
pub fn kind_name(place: usize) -> String {
    format!("kind-{place}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let check = |pairs: &[(&str, &str)], expected: Asked| {
            let query = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(Asked::read(&query), expected, "{pairs:?}");
        };
        check(&[], Asked::default());
        check(&[("columns", "")], Asked { columns: true, ..Asked::default() });
        let kinds = vec![String::new(), "payments".to_owned()];
        let asked = Asked { columns: true, profile: "sba".to_owned(), kinds };
        check(&[("profile", "sba"), ("kind-0", ""), ("kind-1", "payments"), ("kind-3", "loans")], asked);
    }
}
