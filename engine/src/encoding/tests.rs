use super::*;
use domain::model::ExtraChoice;
use rand::Rng;

fn loans(cells: &[[Option<&str>; 2]]) -> Vec<LoanRecord> {
    let loan = |[number, word]: &[Option<&str>; 2]| {
        let extras = [("n", number), ("w", word)];
        let extras = extras.into_iter().filter_map(|(name, cell)| Some((name.to_owned(), (*cell)?.to_owned())));
        LoanRecord { extras: extras.collect(), ..LoanRecord::default() }
    };
    cells.iter().map(loan).collect()
}

/// Twenty loans: numbers 0 to 18 and one missing, categories "a" (all lost), "b" (none) and one "c".
fn training() -> (Vec<LoanRecord>, Vec<bool>) {
    let numbers: Vec<String> = (0..19).map(|number| number.to_string()).collect();
    let cells: Vec<[Option<&str>; 2]> = (0..20)
        .map(|row| {
            let word = if row == 19 { "c" } else { ["a", "b"][row % 2] };
            [numbers.get(row).map(String::as_str), Some(word)]
        })
        .collect();
    (loans(&cells), (0..20).map(|row| row % 2 == 0).collect())
}

fn learned(loans: &[LoanRecord], labels: &[bool]) -> Learned {
    let extras = ExtraColumns::read(loans, &ExtraChoice::AllBut(vec![])).expect("is read");
    learn(&extras, &(0..labels.len()).collect::<Vec<_>>(), labels, None, 7)
}

#[test]
fn new_loans_are_encoded_as_was_learned() {
    let (training, labels) = training();
    let encoding = learned(&training, &labels).encoding;
    let names = [FeatureName::Number("n".into()), FeatureName::Missing("n".into()), FeatureName::Category("w".into())];
    assert_eq!(encoding.names(), names);
    // Ten and nine loans, and ten that stand for the rate of all, a half.
    let (lost, paid, prior) = (15.0 / 20.0, 5.0 / 19.0, 0.5);
    let check = |number, word, expected: [f64; 3]| {
        let values = encoding.encode_records(&loans(&[[number, word]]));
        for (value, expected) in values.iter().zip(expected) {
            assert!((value[0] - expected).abs() < 1e-12, "{number:?} {word:?}: {values:?}");
        }
    };
    check(Some("3"), Some("a"), [3.0, 0.0, lost]);
    check(Some("-1e9"), Some("b"), [-1e9, 0.0, paid]);
    for unknown in [None, Some(""), Some("inf"), Some("x")] {
        check(unknown, Some("a"), [9.0, 1.0, lost]);
    }
    // Rare, never seen, missing.
    for category in [Some("c"), Some("A"), None] {
        check(Some("0"), category, [0.0, 0.0, prior]);
    }
    let of_another_portfolio = encoding.encode_records(&[LoanRecord::default()]);
    assert_eq!(of_another_portfolio.iter().map(|column| column[0]).collect::<Vec<_>>(), [9.0, 1.0, prior]);
}

#[test]
fn loans_that_it_was_learned_from_get_other_rates_than_new_ones() {
    let (training, labels) = training();
    let Learned { encoding, values, notes } = learned(&training, &labels);
    assert_eq!(
        notes,
        ["Of the 3 different values in \"w\", 1 had too few loans to learn a rate from, and count as the average"]
    );
    let again = encoding.encode_records(&training);
    assert_eq!(values[..2], again[..2]);
    assert_ne!(values[2], again[2]);
    assert!(values[2].iter().zip(&again[2]).all(|(before, after)| (before - 0.5).abs() <= (after - 0.5).abs()));
}

#[test]
fn ten_thousand_categories_of_pure_chance_tell_nothing() {
    let names: Vec<String> = (0..10_000).map(|name| format!("category {name}")).collect();
    let cells: Vec<[Option<&str>; 2]> = (0..60_000).map(|row| [None, Some(names[row * 7 % 10_000].as_str())]).collect();
    let mut chance = generator(3, Stream::Simulation);
    let labels: Vec<bool> = (0..60_000).map(|_| chance.random_bool(0.25)).collect();
    let Learned { encoding, values, .. } = learned(&loans(&cells), &labels);
    let area = crate::metric::auc(&values[0], &labels).expect("both outcomes").area;
    assert!((area - 0.5).abs() < 0.01, "{area}");
    assert!(matches!(&encoding.columns[0].coding, Coding::Categories { rates, .. } if rates.len() == 10_000));
    assert_eq!(encoding.check(), Ok(()));
}

#[test]
fn encodings_from_outside_are_checked() {
    let categories = |prior, rates: usize, rate| Coding::Categories {
        prior,
        rates: (0..rates).map(|name| (name.to_string(), rate)).collect(),
        missing: None,
    };
    let numbers = |fill| Coding::Numbers { fill, marks_missing: true };
    let check = |codings: Vec<(&str, Coding)>, expected: Option<&str>| {
        let column = |(column, coding): (&str, Coding)| ColumnEncoding { column: column.to_owned(), coding };
        let encoding = Encoding { columns: codings.into_iter().map(column).collect() };
        assert_eq!(encoding.check().err().map(|error| error.to_string()).as_deref(), expected);
    };
    check(vec![("a", numbers(0.0)), ("b", categories(0.5, 3, 1.0))], None);
    check(vec![("a", numbers(0.0)), ("a", numbers(0.0))], Some("extra column a stands twice"));
    let bad = Some("extra column a holds a number that is no median or rate");
    check(vec![("a", numbers(f64::INFINITY))], bad);
    check(vec![("a", categories(0.5, 1, 1.5))], bad);
    check(vec![("a", categories(f64::NAN, 1, 0.5))], bad);
    let many = "extra column a has 10,001 categories, and 10000 can be";
    check(vec![("a", categories(0.5, 10_001, 0.5))], Some(many));
    let columns = (0..101).map(|_| ("a", numbers(0.0))).collect();
    check(columns, Some("it has 101 extra columns, and 100 can be"));
}
