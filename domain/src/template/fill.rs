//! Texts with values in the place of their variables.

use super::{TemplateFault, VARIABLES, Values};
use std::fmt::Write as _;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Variable(&'a str),
}

fn pieces(text: &str) -> Result<Vec<Piece<'_>>, TemplateFault> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after.split_once("}}").ok_or(TemplateFault::Open)?;
        let name = name.trim();
        if !VARIABLES.iter().any(|(known, _)| *known == name) {
            return Err(TemplateFault::Unknown { name: name.chars().take(40).collect() });
        }
        pieces.extend([Piece::Text(before), Piece::Variable(name)]);
        rest = behind;
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

/// Checks that all variables of a text are known.
///
/// # Errors
/// The first that is not, or one that is not closed.
pub fn check(text: &str) -> Result<(), TemplateFault> {
    pieces(text).map(|_| ())
}

/// Puts values in the place of variables.
///
/// # Errors
/// As [`check`], and a variable that has no value.
pub fn fill(text: &str, values: &Values) -> Result<String, TemplateFault> {
    let mut filled = String::with_capacity(text.len() * 2);
    for piece in pieces(text)? {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Variable(name) => {
                let value = values.0.iter().find(|(known, _)| *known == name);
                let (_, value) = value.ok_or_else(|| TemplateFault::Missing { name: name.to_owned() })?;
                // Writing to a string does not fail.
                let _ = write!(filled, "{value}");
            }
        }
    }
    Ok(filled)
}

/// The variables of a text, in their order.
///
/// # Errors
/// As [`check`].
pub(super) fn variables(text: &str) -> Result<Vec<&str>, TemplateFault> {
    let name = |piece| match piece {
        Piece::Variable(name) => Some(name),
        Piece::Text(_) => None,
    };
    Ok(pieces(text)?.into_iter().filter_map(name).collect())
}
