//! What a person said about the columns, as their form sends it.

use super::column_answer::{ColumnAnswer, take};
use super::draft::Draft;
use super::joins;
use super::rows_meant::RowsAnswer;
use domain::mapping::{Profile, ProfileFile, stem};

/// What the links are called that ids of the other files may follow.
pub fn link_names(drafts: &[Draft]) -> Vec<String> {
    let of =
        |draft: &Draft| draft.links.iter().map(|link| link.name.clone()).chain(draft.link_name()).collect::<Vec<_>>();
    drafts.iter().flat_map(of).collect()
}

/// What ids of one of the files may follow.
pub fn links_for(drafts: &[Draft], draft: &Draft) -> Vec<String> {
    let mut names = link_names(drafts);
    for name in joins::names(drafts, draft) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Puts the answers into the drafts. Files that are left out have none; `rows` may be missing.
///
/// # Errors
/// Where an answer is none, in words that name its column.
pub fn fill(drafts: &mut [Draft], answers: &[ColumnAnswer], rows: &[RowsAnswer]) -> Result<(), String> {
    let asked: usize = drafts.iter().filter(|draft| draft.kind.is_some()).map(|draft| draft.columns.len()).sum();
    if asked != answers.len() {
        return Err("The columns of this file were shown in another way. Reload the page and try again.".to_owned());
    }
    let links: Vec<Vec<String>> = drafts.iter().map(|draft| links_for(drafts, draft)).collect();
    let (mut answers, mut rows) = (answers.iter(), rows.iter());
    for (draft, links) in drafts.iter_mut().zip(links).filter(|(draft, _)| draft.kind.is_some()) {
        let origin = draft.origin;
        for column in &mut draft.columns {
            if let Some(answer) = answers.next() {
                let taken = take(column, answer, origin, &links);
                taken.map_err(|why| format!("{}, column {}: {why}", draft.name, column.column))?;
            }
        }
        if let Some(answer) = rows.next() {
            let only = answer.take(&draft.columns).map_err(|why| format!("{}: {why}", draft.name))?;
            draft.only = only;
        }
    }
    joins::add_links(drafts);
    Ok(())
}

/// How the files are read, in their order, if that can be used.
///
/// # Errors
/// Where it cannot, in words that name the file.
pub fn readings(drafts: &[Draft]) -> Result<Vec<Vec<ProfileFile>>, String> {
    let readings: Vec<Vec<ProfileFile>> = drafts.iter().map(Draft::readings).collect();
    if drafts.iter().all(|draft| draft.kind.is_none()) {
        return Err("All files are left out. Say of at least one what kind it is.".to_owned());
    }
    for (draft, readings) in drafts.iter().zip(&readings) {
        for reading in readings {
            reading.mapping.check().map_err(|error| format!("{}: {error}.", draft.name))?;
        }
    }
    let vias: Vec<&str> = readings
        .iter()
        .flatten()
        .flat_map(|reading| &reading.mapping.columns)
        .flat_map(|mapped| mapped.reading.via.iter().flat_map(|via| via.split('>')).map(str::trim))
        .collect();
    let is_idle = |draft: &&Draft| draft.link_name().is_some_and(|name| !vias.contains(&name.as_str()));
    if let Some(idle) = drafts.iter().find(is_idle) {
        return Err(format!(
            "{}: no id follows these links. Choose them where an id of another file is read, or leave this file out.",
            idle.name
        ));
    }
    Ok(readings)
}

/// A profile that reads files of these names in the same way, under a title of the person's choice.
pub fn profile(title: &str, drafts: &[Draft], readings: Vec<Vec<ProfileFile>>) -> Profile {
    let is_one = readings.iter().filter(|readings| !readings.is_empty()).count() == 1;
    let mut files: Vec<ProfileFile> = Vec::new();
    for (draft, readings) in drafts.iter().zip(readings) {
        let own = if is_one && readings.len() == 1 { String::new() } else { lasting_stem(&draft.name) };
        files.extend(readings.into_iter().map(|file| {
            let name = if file.name.is_empty() { own.clone() } else { file.name };
            ProfileFile { name, mapping: file.mapping }
        }));
    }
    Profile { id: id_of(title), title: title.to_owned(), files }
}

/// What stands in addresses and behind `--profile`.
fn id_of(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    format!("own-{}", words.map(str::to_lowercase).collect::<Vec<_>>().join("-"))
}

/// The stem without the date or number behind it, so that the file of the next month has it too.
pub fn lasting_stem(name: &str) -> String {
    let bare = stem(name).to_lowercase();
    let undated = bare.trim_end_matches(|c: char| !c.is_alphabetic());
    if undated.is_empty() { bare } else { undated.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::column_answer::SAYS_NOTHING;
    use super::super::draft::Origin;
    use super::super::draft::tests::preview;
    use super::*;
    use domain::field::{Field, FileKind};
    use domain::mapping::DateFormat;
    use domain::preview::SeenWord;

    fn drafts() -> Vec<Draft> {
        let mut seen = preview(&[
            ("no", Some(Field::LoanId)),
            ("state", Some(Field::RecoveryStatus)),
            ("day", Some(Field::OriginatedOn)),
        ]);
        let word = |word: &str| SeenWord { word: word.to_owned(), rows: 1, meaning: None };
        seen.columns[1].words = vec![word("OK"), word("CO"), word("?")];
        seen.columns[2].date_choices = vec![DateFormat::DayFirst, DateFormat::MonthFirst];
        vec![Draft::new("Loans-2026-10.csv".to_owned(), seen, Origin::Suggested, Vec::new(), "")]
    }

    fn answers() -> Vec<ColumnAnswer> {
        let of = |field: Field| ColumnAnswer { field: field.code().to_owned(), ..ColumnAnswer::default() };
        let words = ["fully_recovered", "written_off", SAYS_NOTHING].map(str::to_owned).to_vec();
        vec![
            of(Field::LoanId),
            ColumnAnswer { words, ..of(Field::RecoveryStatus) },
            ColumnAnswer { date: "day_first".to_owned(), missing: "n/a; -".to_owned(), ..of(Field::OriginatedOn) },
        ]
    }

    #[test]
    fn answers_become_readings_and_a_profile() {
        let mut drafts = drafts();
        fill(&mut drafts, &answers(), &[]).expect("good answers");
        let readings = readings(&drafts).expect("a good mapping");
        let columns = &readings[0][0].mapping.columns;
        assert_eq!(columns[1].reading.words["CO"], "written_off");
        assert_eq!(columns[1].reading.missing, ["?"]);
        assert_eq!(columns[2].reading.missing, ["n/a", "-"]);
        let profile = profile("North, monthly", &drafts, readings);
        assert_eq!((profile.id.as_str(), profile.files[0].name.as_str()), ("own-north-monthly", ""));
        assert_eq!(lasting_stem("x/Loans-2026-10.csv.gz"), "loans");
    }

    #[test]
    fn an_id_follows_the_links_of_another_file() {
        let of = |field: Field, via: &str| {
            let (field, via) = (field.code().to_owned(), via.to_owned());
            ColumnAnswer { field, via, ..ColumnAnswer::default() }
        };
        let fill_with = |via: &str| {
            let suggested = |fields: &[(&str, Option<Field>)], name: &str, kind: FileKind| {
                Draft::new(name.to_owned(), preview(fields), Origin::Suggested, Vec::new(), kind.code())
            };
            let mut drafts = vec![
                suggested(&[("no", None), ("account", None)], "Loans.csv", FileKind::Loans),
                suggested(&[("account", None), ("client", None)], "Disp-2026.csv", FileKind::Links),
            ];
            let answers =
                [of(Field::LoanId, ""), of(Field::BorrowerId, via), of(Field::LinkFrom, ""), of(Field::LinkTo, "")];
            fill(&mut drafts, &answers, &[]).and_then(|()| readings(&drafts))
        };
        let readings = fill_with("disp").expect("good answers");
        assert_eq!(readings[0][0].mapping.columns[1].reading.via.as_deref(), Some("disp"));
        assert_eq!(readings[1][0].name, "disp");
        for (via, words) in [("", "no id follows these links"), ("luck", "choose links of the list")] {
            let why = fill_with(via).expect_err(words);
            assert!(why.contains(words), "{why}");
        }
    }

    #[test]
    fn what_is_no_answer_is_told_with_its_column() {
        let check = |change: fn(&mut Vec<ColumnAnswer>), words: &str| {
            let mut answers = answers();
            change(&mut answers);
            let mut drafts = drafts();
            let why = fill(&mut drafts, &answers, &[]).and_then(|()| readings(&drafts).map(|_| ())).expect_err(words);
            assert!(why.contains(words), "{why}");
        };
        check(|answers| drop(answers.pop()), "Reload the page");
        check(|answers| answers[0].field = "luck".to_owned(), "column no: choose a field");
        check(|answers| answers[0].times = "x".to_owned(), "x is no number");
        check(|answers| answers[1].words[0] = String::new(), "column state: say what \"OK\" stands for");
        check(|answers| answers[1].words[0] = "luck".to_owned(), "luck");
        check(|answers| answers[2].date = String::new(), "column day: choose the order");
        check(|answers| answers[2].field = "loan_id".to_owned(), "two columns");
    }
}
