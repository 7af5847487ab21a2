use super::*;
use crate::simulation::simulate;
use domain::feature::FeatureSet;
use domain::loan::RecoveryStatus;
use domain::money::Currency;

fn training_rows(loans: usize) -> (FeatureMatrix, Vec<bool>) {
    let records = simulate(3, loans);
    let labels = records.iter().map(|record| record.recovery_status == RecoveryStatus::WrittenOff).collect();
    (FeatureMatrix::new(&records, FeatureSet::Default.features(), Currency::USD), labels)
}

#[test]
fn flat_tree_predicts_what_smartcore_predicts_bit_by_bit() {
    let (rows, labels) = training_rows(400);
    let inputs = DenseMatrix::new(rows.row_count(), rows.columns(), rows.to_columns(), true).expect("shape");
    let outcomes: Vec<f64> = labels.iter().map(|label| f64::from(u8::from(*label))).collect();
    let parameters = RandomForestRegressorParameters::default().with_seed(5).with_n_trees(1).with_keep_samples(true);
    let fitted = SmartcoreForest::fit(&inputs, &outcomes, parameters).expect("fits");
    let expected = fitted.predict(&inputs).expect("predicts");
    let tree = read_tree(&fitted).expect("is read");
    let forest = RiskForest::from_trees([&tree.tree]);
    for (row, expected) in rows.rows().zip(&expected) {
        assert_eq!(forest.score(row).to_bits(), expected.to_bits());
    }
    let out_of_bag = fitted.predict_oob(&inputs).expect("samples were kept");
    for (index, row) in rows.rows().enumerate().filter(|(index, _)| !tree.in_bag[*index]) {
        assert_eq!(tree.tree.value(row).to_bits(), out_of_bag[index].to_bits());
    }
}

#[test]
fn forest_is_the_same_on_one_thread_and_on_three() {
    let (rows, labels) = training_rows(300);
    let options = ForestOptions::new(25, 9).expect("options");
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| fit(&rows, &labels, options, &|_| true)).expect("fits")
    };
    let (one, three) = (run(1), run(3));
    assert_eq!(one, three);
    assert_eq!(one.forest.tree_count(), 25);
    // About 1 - 1/e of 300 rows are in a bag, and each of them is in one of the two children of the root.
    for root in &one.forest.roots {
        let cover = |place: u32| one.forest.covers[place as usize];
        let left = one.forest.nodes[*root as usize].left;
        assert!((150..230).contains(&cover(*root)), "{}", cover(*root));
        assert_eq!(cover(left) + cover(left + 1), cover(*root));
    }
    assert!(one.out_of_bag.iter().flatten().all(|score| (0.0..=1.0).contains(score)));
}

#[test]
fn rows_that_every_tree_saw_have_no_out_of_bag_score() {
    let (rows, labels) = training_rows(100);
    let fitted = fit(&rows, &labels, ForestOptions::new(1, 1).expect("options"), &|_| true).expect("fits");
    let unseen = fitted.out_of_bag.iter().flatten().count();
    assert!((20..60).contains(&unseen), "{unseen} of 100 rows are out of one bag");
}

#[test]
fn bad_parameters_are_refused_before_fitting() {
    let (rows, labels) = training_rows(20);
    let options = ForestOptions::new(1, 1).expect("options");
    assert_eq!(ForestOptions::new(0, 1), Err(ForestError::Trees(0)));
    assert_eq!(ForestOptions::new(1001, 1), Err(ForestError::Trees(1001)));
    assert_eq!(fit(&rows, &[true; 20], options, &|_| true), Err(ForestError::OneClass));
    assert_eq!(fit(&rows, &[true; 3], options, &|_| true), Err(ForestError::Shape { rows: 20, labels: 3 }));
    assert_eq!(fit(&rows, &labels, options, &|_| false), Err(ForestError::Stopped));
}
