//! Grouping alike loans: k-means over standardised features, from many starts.

mod lloyd;
mod start;

use crate::random::{Stream, generator, seeds};
use domain::count::count;
use rayon::prelude::*;
use serde::Deserialize;
use smartcore::cluster::kmeans::{KMeans, KMeansParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;
use std::collections::HashSet;

pub use lloyd::nearest;

/// Starts run on a sample of at most this many rows; all rows then refine the best of them.
pub const START_ROWS_MAX: usize = 20_000;

/// Above [`START_ROWS_MAX`] rows, k-means stops where its centres move by less than this in a round: the sum
/// of their squared ways, as scikit-learn's default. Below, it goes on until no row moves.
const TOLERANCE: f64 = 1e-4;

/// Rounds of refinement after which k-means stops at the latest.
const ROUNDS_MAX: usize = 300;

/// Starts that run between two reports of progress.
const STARTS_PER_CHUNK: usize = 20;

/// Checked parameters of a segmentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentationOptions {
    segments: usize,
    seed: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SegmentationError {
    #[error("the segmentation cannot make {}: choose 2 to 12", count(*.0, "segment"))]
    Segments(u32),
    #[error(
        "the segmentation cannot make {segments} segments of {}: ask for fewer segments, or check why the loans are alike",
        count(*.distinct, "different loan")
    )]
    TooFewDistinct { segments: usize, distinct: usize },
    #[error("the segmentation found no {0} segments that all hold loans: ask for fewer segments")]
    NoneFound(usize),
    #[error("the work was stopped")]
    Stopped,
}

impl SegmentationOptions {
    pub fn new(segments: u32, seed: u64) -> Result<Self, SegmentationError> {
        if (2..=12).contains(&segments) {
            Ok(Self { segments: segments as usize, seed })
        } else {
            Err(SegmentationError::Segments(segments))
        }
    }
}

/// Centres of segments in standard deviations, and the segment of each row.
#[derive(Clone, Debug, PartialEq)]
pub struct Clusters {
    /// segments x features.
    pub centers: Vec<Vec<f64>>,
    /// Index into `centers`, one per row.
    pub members: Vec<usize>,
    /// Sum of squared distances of the rows to their centres.
    pub inertia: f64,
}

impl Clusters {
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.centers.len()];
        self.members.iter().for_each(|member| sizes[*member] += 1);
        sizes
    }

    /// The same clusters, where the one that stood at `order[i]` now stands at `i`.
    #[must_use]
    pub fn reordered(self, order: &[usize]) -> Self {
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
        Self {
            centers: order.iter().map(|old| self.centers[*old].clone()).collect(),
            members: self.members.iter().map(|old| place[*old]).collect(),
            inertia: self.inertia,
        }
    }
}

/// Groups standardised `rows` (row by row, `columns` values each).
///
/// Each start is a k-means++ fit, by smartcore up to [`START_ROWS_MAX`] rows and our own on a sample of more;
/// the start with the least inertia is refined on all rows. `report` is told the share of finished starts.
pub fn fit(
    rows: &[f64],
    columns: usize,
    options: SegmentationOptions,
    report: &dyn Fn(f64) -> bool,
) -> Result<Clusters, SegmentationError> {
    let distinct = distinct_rows(rows, columns, options.segments);
    if distinct < options.segments {
        return Err(SegmentationError::TooFewDistinct { segments: options.segments, distinct });
    }
    let none_found = SegmentationError::NoneFound(options.segments);
    let sample = start_sample(rows, columns, options);
    let is_large = rows.len() / columns > START_ROWS_MAX;
    let tolerance = if is_large { TOLERANCE } else { 0.0 };
    let starter: Box<Starter> = if is_large {
        Box::new(|seed| {
            let start = start::run(&sample, columns, options.segments, seed, ROUNDS_MAX, TOLERANCE);
            Some(Start { inertia: start.inertia, centers: start.centers })
        })
    } else {
        let matrix = DenseMatrix::new(sample.len() / columns, columns, sample.clone(), false);
        let matrix = matrix.map_err(|_| none_found.clone())?;
        Box::new(move |seed| run_start(&matrix, options.segments, seed))
    };
    let seeds = seeds(options.seed, Stream::Segmentation, start_count(sample.len() / columns));
    let mut best: Option<Start> = None;
    let mut finished = 0;
    for chunk in seeds.chunks(STARTS_PER_CHUNK) {
        let starts: Vec<Option<Start>> = chunk.par_iter().map(|seed| starter(*seed)).collect();
        for start in starts.into_iter().flatten() {
            if best.as_ref().is_none_or(|best| start.inertia < best.inertia) {
                best = Some(start);
            }
        }
        finished += chunk.len();
        if !report(finished as f64 / seeds.len() as f64) {
            return Err(SegmentationError::Stopped);
        }
    }
    let best = best.ok_or(none_found.clone())?;
    let clusters = lloyd::refine(rows, columns, best.centers, ROUNDS_MAX, tolerance);
    if clusters.sizes().contains(&0) { Err(none_found) } else { Ok(clusters) }
}

/// Groups a few thousand standardised rows quickly: our own k-means++ starts, the best of them. For looking at segments
/// in many ways; [`fit`] is what segments loans.
///
/// # Errors
/// Where the rows hold fewer different ones than segments.
pub fn fit_quickly(rows: &[f64], columns: usize, segments: u32, seed: u64) -> Result<Clusters, SegmentationError> {
    let options = SegmentationOptions::new(segments, seed)?;
    let distinct = distinct_rows(rows, columns, options.segments);
    if distinct < options.segments {
        return Err(SegmentationError::TooFewDistinct { segments: options.segments, distinct });
    }
    let starts = seeds(seed, Stream::Segmentation, QUICK_STARTS);
    let run = |seed: &u64| start::run(rows, columns, options.segments, *seed, ROUNDS_MAX, TOLERANCE);
    let fitted: Vec<Clusters> = starts.par_iter().map(run).collect();
    let best = fitted.into_iter().reduce(|best, other| if other.inertia < best.inertia { other } else { best });
    best.ok_or(SegmentationError::NoneFound(options.segments))
}

/// On the reference file ten starts miss the best optimum often; what they find differs by less than 1 % in inertia.
const QUICK_STARTS: usize = 20;

/// Few rows have many local optima near each other and fit quickly; many rows have neither. On the
/// reference file one start in eight finds a good optimum.
fn start_count(rows: usize) -> usize {
    (100_000 / rows.max(1)).clamp(20, 120)
}

/// The number of different rows, counted no further than `enough`.
fn distinct_rows(rows: &[f64], columns: usize, enough: usize) -> usize {
    let mut seen = HashSet::new();
    for row in rows.chunks_exact(columns.max(1)) {
        // Adding 0 makes -0 and 0 one.
        seen.insert(row.iter().map(|value| (value + 0.0).to_bits()).collect::<Vec<u64>>());
        if seen.len() >= enough {
            break;
        }
    }
    seen.len()
}

fn start_sample(rows: &[f64], columns: usize, options: SegmentationOptions) -> Vec<f64> {
    let row_count = rows.len() / columns;
    if row_count <= START_ROWS_MAX {
        return rows.to_vec();
    }
    let mut random = generator(options.seed, Stream::SegmentationSample);
    let mut sample = rand::seq::index::sample(&mut random, row_count, START_ROWS_MAX).into_vec();
    sample.sort_unstable();
    let values: Vec<f64> = sample.iter().flat_map(|row| &rows[row * columns..(row + 1) * columns]).copied().collect();
    // A sample of rare shapes may hold too few different rows; then the starts see all of them.
    if distinct_rows(&values, columns, options.segments) < options.segments { rows.to_vec() } else { values }
}

/// Runs the start of a seed, unless it fails.
type Starter<'a> = dyn Fn(u64) -> Option<Start> + Sync + 'a;

/// What serde shows of a fitted k-means of smartcore, which has no public inertia.
#[derive(Deserialize)]
struct Start {
    #[serde(rename = "_distortion")]
    inertia: f64,
    #[serde(rename = "centroids")]
    centers: Vec<Vec<f64>>,
}

/// One start, unless it ran into an empty segment.
fn run_start(matrix: &DenseMatrix<f64>, segments: usize, seed: u64) -> Option<Start> {
    let parameters = KMeansParameters { k: segments, max_iter: ROUNDS_MAX, seed: Some(seed) };
    let fitted: KMeans<f64, i32, DenseMatrix<f64>, Vec<i32>> = KMeans::fit(matrix, parameters).ok()?;
    // A centre that is not a number becomes null, which reads as an error here.
    serde_json::to_value(&fitted).and_then(serde_json::from_value).ok()
}

#[cfg(test)]
mod tests;
