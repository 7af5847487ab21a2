use super::*;

/// Loans with these cells in column "x"; nothing where a loan has no such column.
fn loans(cells: &[Option<&str>]) -> Vec<LoanRecord> {
    let loan = |cell: Option<&str>| {
        let extras = cell.map(|text| ("x".to_owned(), text.to_owned()));
        LoanRecord { extras: extras.into_iter().collect(), ..LoanRecord::default() }
    };
    cells.iter().copied().map(loan).collect()
}

fn named(names: &[&str]) -> ExtraChoice {
    ExtraChoice::Named(names.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn columns_are_what_nearly_all_their_values_look_like() {
    let check = |cells: &[Option<&str>], expected: Option<Cells<'_>>, notes: &[&str]| {
        let loans = loans(cells);
        let read = ExtraColumns::read(&loans, &named(&["x"])).expect("is read");
        assert_eq!(read.columns.first().map(|column| column.cells.clone()), expected, "{cells:?}");
        assert_eq!(read.notes, notes, "{cells:?}");
    };
    check(&[Some("1"), Some("2")], Some(Cells::Numbers(vec![Some(1.0), Some(2.0)])), &[]);
    check(&[Some("CA"), Some("2")], Some(Cells::Categories(vec![Some("CA"), Some("2")])), &[]);
    check(
        &[Some("1"), None, Some("inf")],
        Some(Cells::Numbers(vec![Some(1.0), None, None])),
        &[
            "\"x\" is infinite in 1 of 3 loans, which counts as missing",
            "\"x\" is missing in 1 of 3 loans; the median of the others stands for it, and a column of its own says where",
        ],
    );
    check(
        &[Some("a"), Some(" "), Some("b")],
        Some(Cells::Categories(vec![Some("a"), None, Some("b")])),
        &["\"x\" is missing in 1 of 3 loans, which counts as a category"],
    );
    check(&[None, Some("NA")], None, &["\"x\" is not known of any loan, so it tells nothing apart"]);
    check(&[Some("7"), Some("7.0")], None, &["\"x\" is the same in every loan, so it tells nothing apart"]);
    check(&[Some("a"), Some("a")], None, &["\"x\" is the same in every loan, so it tells nothing apart"]);
    // Whether it is known differs, though what is known does not.
    let note = "\"x\" is missing in 1 of 2 loans, which counts as a category";
    check(&[Some("a"), None], Some(Cells::Categories(vec![Some("a"), None])), &[note]);
}

#[test]
fn a_word_among_many_numbers_is_a_missing_one() {
    let mut cells: Vec<Option<&str>> = (0..99).map(|row| Some(["1", "2"][row % 2])).collect();
    cells.push(Some("?"));
    let loans = loans(&cells);
    let read = ExtraColumns::read(&loans, &named(&["x"])).expect("is read");
    assert!(matches!(&read.columns[0].cells, Cells::Numbers(cells) if cells[99].is_none()));
    assert_eq!(read.notes, ["\"x\" is no number in 1 of 100 loans, which counts as missing"]);
}

#[test]
fn all_columns_are_all_but_those_that_are_left_out_or_speak_of_the_outcome() {
    let mut loans = loans(&[Some("1"), Some("2")]);
    for (row, loan) in loans.iter_mut().enumerate() {
        for name in ["ChgOffDate", "Term", "State"] {
            loan.extras.insert(name.to_owned(), row.to_string());
        }
    }
    let check = |choice: &ExtraChoice, expected: &[&str], note: Option<&str>| {
        let read = ExtraColumns::read(&loans, choice).expect("is read");
        assert_eq!(read.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), expected);
        assert!(
            read.notes.first().map(String::as_str).is_none_or(|first| note.is_some_and(|note| first.starts_with(note)))
        );
    };
    let left_out = Some("\"ChgOffDate\" is left out, as its name speaks of the outcome");
    check(&ExtraChoice::AllBut(vec![]), &["State", "Term", "x"], left_out);
    check(&ExtraChoice::AllBut(vec!["Term".to_owned()]), &["State", "x"], left_out);
    check(&named(&["ChgOffDate", "x", "x"]), &["ChgOffDate", "x"], None);
    check(&ExtraChoice::None, &[], None);
}

#[test]
fn too_many_columns_are_refused() {
    let names: Vec<String> = (0..=EXTRAS_MAX).map(|name| name.to_string()).collect();
    let refused = ExtraColumns::read(&[], &ExtraChoice::Named(names));
    assert_eq!(refused, Err(ExtraError::TooMany(101)));
}
