use super::*;

fn check(values: impl Fn(usize) -> Option<f64>, expected: Option<&str>) {
    let values: Vec<Option<f64>> = (0..100).map(values).collect();
    let labels: Vec<bool> = (0..100).map(|row| row % 4 == 0).collect();
    let finding = find_in_column("late_fee", &values, &labels);
    match expected {
        None => assert_eq!(finding, None),
        Some(words) => {
            let finding = finding.expect("a finding");
            assert_eq!(finding.column.as_deref(), Some("late_fee"));
            assert!(finding.sentence.starts_with(words), "{}", finding.sentence);
        }
    }
}

#[test]
fn columns_that_know_the_outcome_are_found() {
    let is_loss = |row: usize| row.is_multiple_of(4);
    let number = |row: usize| row as f64;
    check(
        |row| Some(f64::from(u8::from(is_loss(row)))),
        Some("\"late_fee\" tells outcomes apart almost by itself (AUC 1.00)"),
    );
    check(|row| Some(-f64::from(u8::from(is_loss(row)))), Some("\"late_fee\" tells"));
    check(|row| is_loss(row).then(|| number(row)), Some("Whether \"late_fee\" is known tells"));
    check(|row| (!is_loss(row)).then(|| number(row)), Some("Whether \"late_fee\" is known tells"));
    // Half of the losses are unknown, the others low: only both together tell.
    let either = |row: usize| if is_loss(row) { row.is_multiple_of(8).then_some(-1.0) } else { Some(number(row)) };
    check(either, Some("\"late_fee\" tells"));
    // Losses stand at odd values, others at even ones; or losses in the middle, others on both sides.
    check(|row| Some(number(row % 4 * 2 + usize::from(is_loss(row)))), Some("\"late_fee\" tells"));
    let sign = |row: usize| if row % 8 < 4 { 1.0 } else { -1.0 };
    check(|row| Some(if is_loss(row) { 0.0 } else { sign(row) * number(row % 5 + 1) }), Some("\"late_fee\" tells"));
    check(|row| Some(number(row)), None);
    check(|row| (row % 3 == 0).then(|| number(row)), None);
    check(|_| None, None);
    check(|_| Some(f64::NAN), None);
}

#[test]
fn categories_that_know_the_outcome_are_found() {
    let check = |category: &dyn Fn(usize) -> Option<&'static str>, expected: Option<&str>| {
        let categories: Vec<Option<&str>> = (0..200).map(category).collect();
        let labels: Vec<bool> = (0..200).map(|row| row % 4 == 0).collect();
        let finding = find_in_categories("status", &categories, &labels).map(|finding| finding.sentence);
        assert_eq!(finding.is_some(), expected.is_some(), "{finding:?}");
        assert!(finding.as_deref().unwrap_or_default().starts_with(expected.unwrap_or_default()), "{finding:?}");
    };
    check(&|row| Some(["gone", "paid", "open", "late"][row % 4]), Some("\"status\" tel"));
    check(&|row| (row % 4 > 0).then_some("paid"), Some("Whether \"stat"));
    check(&|row| Some(["a", "b", "c"][row % 3]), None);
    check(&|_| None, None);
    let ids: Vec<String> = (0..200).map(|row| format!("id {row}")).collect();
    let ids: Vec<Option<&str>> = ids.iter().map(|id| Some(id.as_str())).collect();
    let labels: Vec<bool> = (0..200).map(|row| row % 4 == 0).collect();
    assert_eq!(find_in_categories("id", &ids, &labels), None, "a name of its own tells nothing of others");
}

#[test]
fn few_rows_prove_nothing() {
    let labels: Vec<bool> = (0..100).map(|row| row < 9).collect();
    let values: Vec<Option<f64>> = labels.iter().map(|label| Some(f64::from(u8::from(*label)))).collect();
    assert_eq!(find_in_column("late_fee", &values, &labels), None);
}

#[test]
fn names_that_speak_of_outcomes_are_found() {
    let check = |column, expected: bool| {
        let found = find_in_names([column]);
        assert_eq!(found.first().is_some_and(|finding| finding.sentence.contains(column)), expected, "{column}");
    };
    for column in ["ChgOffDate", "Charge-Off Amount", "DEFAULT_FLAG", "write off", "Written_Off", "recoveries"] {
        check(column, true);
    }
    for column in ["Legal_Action_Taken", "collection_recovery_fee", "settlement_status", "Loss Given"] {
        check(column, true);
    }
    for column in ["branch", "NAICS", "Monthly_Income", "Num_Dependents", ""] {
        check(column, false);
    }
}

#[test]
fn only_models_too_good_to_be_true_are_found() {
    let check = |auc, expected| assert_eq!(find_in_model(auc, None).is_some(), expected, "{auc:?}");
    check(Some(0.951), true);
    check(Some(0.95), false);
    check(None, false);
    let finding = find_in_model(Some(0.98), Some("Term")).expect("a finding");
    assert_eq!(finding.column.as_deref(), Some("Term"));
    assert!(finding.sentence.ends_with("\"Term\" first, on which the model leans most"), "{}", finding.sentence);
}
