//! Which id of one file stands for which id of another one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// More links than this are refused, so that a file of them cannot exhaust memory.
pub const LINKS_MAX: usize = 5_000_000;

/// The links of one file.
#[derive(Clone, Debug, Default)]
pub struct LinkTable {
    to: HashMap<String, String>,
}

impl LinkTable {
    pub fn get(&self, from: &str) -> Option<&str> {
        self.to.get(from).map(String::as_str)
    }
}

/// The links of all files of a bundle, by the file's name.
#[derive(Clone, Debug, Default)]
pub struct Links {
    tables: BTreeMap<String, Arc<LinkTable>>,
    count: usize,
}

/// What became of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkAdded {
    New,
    /// The same link is there already.
    Known,
    /// The id is linked to another one already, which is kept.
    Contradicts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the files of links hold more than {LINKS_MAX} links: send fewer")]
pub struct TooManyLinks;

impl Links {
    /// Makes the table of a file known, though it may stay empty.
    pub fn add_table(&mut self, name: &str) {
        self.tables.entry(name.to_lowercase()).or_default();
    }

    /// # Errors
    /// Where there are [`LINKS_MAX`] links already.
    pub fn insert(&mut self, name: &str, from: String, to: String) -> Result<LinkAdded, TooManyLinks> {
        let table = Arc::make_mut(self.tables.entry(name.to_lowercase()).or_default());
        if let Some(known) = table.to.get(&from) {
            return Ok(if *known == to { LinkAdded::Known } else { LinkAdded::Contradicts });
        }
        if self.count >= LINKS_MAX {
            return Err(TooManyLinks);
        }
        self.count += 1;
        table.to.insert(from, to);
        Ok(LinkAdded::New)
    }

    pub fn table(&self, name: &str) -> Option<Arc<LinkTable>> {
        self.tables.get(&name.to_lowercase()).cloned()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tables.keys().map(String::as_str)
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_link_of_an_id_is_kept() {
        let mut links = Links::default();
        let mut check = |from: &str, to: &str, expected| {
            assert_eq!(links.insert("Disp", from.to_owned(), to.to_owned()), Ok(expected), "{from} {to}");
        };
        check("1", "a", LinkAdded::New);
        check("2", "a", LinkAdded::New);
        check("1", "a", LinkAdded::Known);
        check("1", "b", LinkAdded::Contradicts);
        let table = links.table("disp").expect("a table");
        assert_eq!((table.get("1"), table.get("3"), links.len()), (Some("a"), None, 2));
        assert!(links.table("client").is_none());
    }
}
