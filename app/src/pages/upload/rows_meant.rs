//! Which rows of a file are meant: all of them, or those of which one column says certain words.

use super::draft::{Draft, is_same};
use crate::components::field::{SelectField, TextField};
use domain::mapping::RowFilter;
use domain::preview::SuggestedColumn;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What a person said about the rows of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RowsAnswer {
    /// Nothing means all rows.
    pub column: String,
    /// With semicolons between them.
    pub words: String,
}

const WORD_LENGTH_MAX: usize = 200;
const WORDS_MAX: usize = 100;

impl RowsAnswer {
    /// # Errors
    /// Where it is none, in words.
    pub fn take(&self, columns: &[SuggestedColumn]) -> Result<Option<RowFilter>, String> {
        if self.column.trim().is_empty() {
            return Ok(None);
        }
        let column = columns.iter().find(|known| is_same(&known.column, &self.column));
        let column = column.ok_or("choose a column of the list to tell which rows count.")?.column.clone();
        let words = self.words.split(';').map(str::trim).filter(|word| !word.is_empty());
        let is: Vec<String> = words.map(|word| word.chars().take(WORD_LENGTH_MAX).collect()).take(WORDS_MAX).collect();
        if is.is_empty() {
            return Err(format!("say which words of column {column} the rows have that count."));
        }
        Ok(Some(RowFilter { column, is }))
    }
}

/// Asks which rows of a file count. `number` is the file's within the form.
#[component]
pub fn RowsMeant(number: usize, draft: Draft) -> impl IntoView {
    let only = draft.only;
    let (chosen, words) = only.map_or_else(Default::default, |only| (only.column, only.is.join("; ")));
    let is_open = !chosen.is_empty();
    let mut options = vec![(String::new(), "All rows".to_owned())];
    for column in draft.columns.iter().filter(|column| !column.column.trim().is_empty()) {
        // A column that is taken for two fields stands twice among them.
        if !options.iter().any(|(code, _)| *code == column.column) {
            options.push((column.column.clone(), format!("Only rows by their {}", column.column)));
        }
    }
    let value = options.iter().map(|(code, _)| code).find(|code| is_same(code, &chosen)).cloned().unwrap_or_default();
    view! {
        <details class="more mapping__rows" open=is_open>
            <summary>"Which rows count"</summary>
            <div class="fields">
                <SelectField label=format!("Rows of {}", draft.name) name=format!("rows[{number}][column]") options value/>
                <TextField
                    label="Words that they have there"
                    name=format!("rows[{number}][words]")
                    value=words
                    hint="Several with semicolons between them. Other rows are passed over and counted."
                />
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::super::draft::tests::preview;
    use super::*;

    #[test]
    fn rows_are_told_by_the_words_of_a_column() {
        let columns = preview(&[("Purpose", None), ("amount", None)]).columns;
        let take = |column: &str, words: &str| {
            RowsAnswer { column: column.to_owned(), words: words.to_owned() }.take(&columns)
        };
        assert_eq!(take("", "Loan Payment"), Ok(None));
        let is = vec!["Loan Payment".to_owned(), "Instalment".to_owned()];
        assert_eq!(
            take("purpose", " Loan Payment;; Instalment"),
            Ok(Some(RowFilter { column: "Purpose".to_owned(), is }))
        );
        assert!(take("luck", "x").unwrap_err().contains("choose a column"));
        assert!(take("amount", " ; ").unwrap_err().contains("column amount"));
    }
}
