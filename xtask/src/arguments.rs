//! The few words after `cargo xtask`.

use anyhow::{Context as _, Result, ensure};
use std::collections::VecDeque;

pub(crate) struct Arguments(VecDeque<String>);

impl Arguments {
    pub(crate) fn new(words: impl Iterator<Item = String>) -> Self {
        Self(words.collect())
    }

    pub(crate) fn next_word(&mut self) -> Option<String> {
        self.0.pop_front()
    }

    /// Takes `--name` away and says whether it was there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let position = self.0.iter().position(|word| word == name);
        position.is_some_and(|position| self.0.remove(position).is_some())
    }

    /// Takes `--name VALUE` away.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(position) = self.0.iter().position(|word| word == name) else { return Ok(None) };
        self.0.remove(position);
        self.0.remove(position).map(Some).with_context(|| format!("{name} needs a value"))
    }

    /// Refuses what nobody took, so that a misspelt flag is not ignored.
    pub(crate) fn finish(self) -> Result<()> {
        ensure!(self.0.is_empty(), "not understood: {}; see cargo xtask help", Vec::from(self.0).join(" "));
        Ok(())
    }
}
