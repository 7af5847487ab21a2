use super::*;
use rand_distr::{Distribution, StandardNormal};

/// Three groups of normal deviates, taking turns.
fn blobs(per_blob: usize) -> Vec<f64> {
    let mut random = generator(11, Stream::Simulation);
    let mut normal = || -> f64 { StandardNormal.sample(&mut random) };
    let mut rows = Vec::new();
    for _ in 0..per_blob {
        for (x, y) in [(0.0, 0.0), (9.0, 0.0), (0.0, 9.0)] {
            rows.extend([x + normal(), y + normal()]);
        }
    }
    rows
}

fn options(segments: u32) -> SegmentationOptions {
    SegmentationOptions::new(segments, 42).expect("options")
}

#[test]
fn separate_groups_are_found_on_any_number_of_threads() {
    let rows = blobs(50);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| fit(&rows, 2, options(3), &|_| true)).expect("fits")
    };
    let clusters = run(1);
    assert_eq!(clusters.sizes(), [50, 50, 50]);
    assert_eq!(clusters, run(3));
    let first_group: HashSet<usize> = clusters.members.iter().step_by(3).copied().collect();
    assert_eq!(first_group.len(), 1);
}

#[test]
fn large_sets_are_refined_on_all_rows_on_any_number_of_threads() {
    let rows = blobs(8_000);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| fit(&rows, 2, options(3), &|_| true)).expect("fits")
    };
    let clusters = run(1);
    assert_eq!(clusters, run(3));
    assert_eq!(clusters.members.len(), 24_000);
    assert!(clusters.sizes().iter().all(|size| (7_990..8_010).contains(size)), "{:?}", clusters.sizes());
    assert!((clusters.inertia / 24_000.0 - 2.0).abs() < 0.1, "{}", clusters.inertia);
}

#[test]
fn impossible_wishes_are_refused() {
    let rows = [1.0, 2.0].repeat(20);
    assert_eq!(
        fit(&rows, 2, options(4), &|_| true),
        Err(SegmentationError::TooFewDistinct { segments: 4, distinct: 1 })
    );
    assert_eq!(fit(&blobs(20), 2, options(3), &|_| false), Err(SegmentationError::Stopped));
    assert_eq!(SegmentationOptions::new(1, 0), Err(SegmentationError::Segments(1)));
    assert_eq!(SegmentationOptions::new(13, 0), Err(SegmentationError::Segments(13)));
}

#[test]
fn as_many_segments_as_different_rows_leave_no_distance() {
    let rows = [0.0, 0.0, 5.0, 0.0, 0.0, 5.0].repeat(4);
    let clusters = fit(&rows, 2, options(3), &|_| true).expect("fits");
    assert!(clusters.inertia < 1e-12);
    assert_eq!(clusters.sizes(), [4, 4, 4]);
}

#[test]
fn reordering_moves_centres_and_members_together() {
    let clusters = Clusters { centers: vec![vec![0.0], vec![1.0], vec![2.0]], members: vec![0, 1, 2, 1], inertia: 0.0 };
    let reordered = clusters.reordered(&[2, 0, 1]);
    assert_eq!(reordered.centers, [[2.0], [0.0], [1.0]]);
    assert_eq!(reordered.members, [1, 2, 0, 2]);
}
