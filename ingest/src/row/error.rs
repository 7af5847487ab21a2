//! Why a mapping does not fit a file.

use domain::mapping::MappingError;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error(transparent)]
    Mapping(#[from] MappingError),
    #[error("{}", missing(.0))]
    MissingColumns(Vec<MissingColumn>),
    #[error("column {name} stands twice, as columns number {first} and {second}: remove or rename one of them")]
    DoubledColumn { name: String, first: usize, second: usize },
    #[error("column \"{0}\" is no number from 1: where a file has no header, columns are told by their numbers")]
    NoColumnNumber(String),
    #[error("column {column} goes via \"{via}\", but there is no file of links with that name{}", listed(.known))]
    UnknownLinks { column: String, via: String, known: Vec<String> },
    #[error(
        "column {column} goes via \"{via}\", but a file of links cannot go through another one, and least of all in a circle: where \
         the id is used, write all hops in their order, as via = \"disp > client\""
    )]
    LinksViaLinks { column: String, via: String },
    #[error("column {column} goes via \"{via}\" twice: each file of links can be used once")]
    CyclicLinks { column: String, via: String },
}

/// A column that the mapping needs and the file lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingColumn {
    pub name: String,
    /// A column of the file that may be meant.
    pub similar: Option<String>,
}

fn missing(columns: &[MissingColumn]) -> String {
    let names: Vec<String> = columns
        .iter()
        .map(|column| match &column.similar {
            Some(similar) => format!("{} (is it \"{}\"?)", column.name, similar.escape_debug()),
            None => column.name.clone(),
        })
        .collect();
    match names.as_slice() {
        [name] => format!("column {name} is missing: add it, or rename the column that holds it"),
        _ => format!("columns {} are missing: add them, or rename the columns that hold them", names.join(", ")),
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!(": there are {}", names.join(", ")) }
}
