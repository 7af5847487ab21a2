//! Names of segments, read off their centres.
//!
//! Numbers that a clustering happens to give mean nothing from one run to the next. What a segment
//! *is* stands in its centre: which features are high or low against the portfolio.

mod aspect;

use aspect::{ASPECTS, Aspect};
use domain::feature::Feature;

/// How far from the portfolio's mean, in standard deviations, a feature is worth a word.
const NOTABLE: f64 = 0.35;

/// Words in a name, the most notable ones.
const WORDS: usize = 2;

/// Segments of one name whose features all lie nearer to each other than this, in standard deviations, cannot be told
/// apart by them.
const TOLD_APART: f64 = 0.01;

/// A name for each centre (in standard deviations), all different from each other.
///
/// Where several segments have the same notable words, what differs most between them is said: "Near the average: the
/// larger loans".
pub fn names(features: &[Feature], centers: &[Vec<f64>]) -> Vec<String> {
    let plain: Vec<String> = centers.iter().map(|center| notable_words(features, center)).collect();
    let mut names = plain.clone();
    for (first, name) in plain.iter().enumerate() {
        let alike: Vec<usize> = (first..plain.len()).filter(|other| plain[*other] == *name).collect();
        if alike.len() > 1 && !plain[..first].contains(name) {
            for (segment, difference) in differences(features, centers, &alike, name) {
                names[segment] = format!("{name}: {difference}");
            }
        }
    }
    numbered(names)
}

/// The most notable words in the order of the aspects.
fn notable_words(features: &[Feature], center: &[f64]) -> String {
    let word = |(place, aspect): (usize, &Aspect)| {
        let deviations = mean_of(aspect, features, center).filter(|deviations| deviations.abs() >= NOTABLE)?;
        let (high, low) = aspect.words?;
        Some((place, deviations.abs(), if deviations > 0.0 { high } else { low }))
    };
    let mut words: Vec<_> = ASPECTS.iter().enumerate().filter_map(word).collect();
    words.sort_by(|a, b| b.1.total_cmp(&a.1));
    words.truncate(WORDS);
    words.sort_by_key(|(place, ..)| *place);
    let text = words.iter().map(|(.., word)| *word).collect::<Vec<_>>().join(", ");
    let mut letters = text.chars();
    letters.next().map_or_else(|| "Near the average".to_owned(), |first| first.to_uppercase().chain(letters).collect())
}

/// The mean of an aspect's features in a centre; nothing where none of them is looked at.
fn mean_of(aspect: &Aspect, features: &[Feature], center: &[f64]) -> Option<f64> {
    let values = features.iter().zip(center).filter(|(feature, _)| aspect.features.contains(feature));
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), (_, z)| (sum + z, count + 1.0));
    (count > 0.0).then(|| sum / count)
}

/// What tells some of these segments from the others: that one has the most or the least of what differs most, or lies
/// in between. Nothing of segments that differ in nothing that has a word. What the `name` of all of them speaks of is not
/// named again: "Large loans: the larger".
fn differences(features: &[Feature], centers: &[Vec<f64>], segments: &[usize], name: &str) -> Vec<(usize, String)> {
    let measured = |aspect: &'static Aspect| {
        let value = |segment: &usize| Some((mean_of(aspect, features, &centers[*segment])?, *segment));
        let mut values: Vec<(f64, usize)> = segments.iter().map(value).collect::<Option<_>>()?;
        values.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        Some((aspect, values))
    };
    let spread =
        |values: &[(f64, usize)]| values.last().zip(values.first()).map_or(0.0, |(most, least)| most.0 - least.0);
    // Of equal spreads the first aspect speaks.
    let widest = ASPECTS.iter().rev().filter_map(measured).max_by(|a, b| spread(&a.1).total_cmp(&spread(&b.1)));
    let Some((aspect, values)) = widest.filter(|(_, values)| spread(values) >= TOLD_APART) else { return Vec::new() };
    let noun = if name.contains(aspect.noun) { String::new() } else { format!(" {}", aspect.noun) };
    let say = |degree: &str| format!("the {degree}{noun}");
    let (least, most) = (values[0].1, values[values.len() - 1].1);
    let between: Vec<usize> = values[1..values.len() - 1].iter().map(|(_, segment)| *segment).collect();
    let mut told = vec![(most, say(aspect.more)), (least, say(aspect.less))];
    told.extend(between.iter().map(|segment| (*segment, say("medium"))));
    if between.len() > 1 {
        for (segment, finer) in differences(features, centers, &between, name) {
            if let Some((_, text)) = told.iter_mut().find(|(other, _)| *other == segment) {
                *text = format!("{text}, {finer}");
            }
        }
    }
    told
}

/// Names that still stand twice get a number.
fn numbered(names: Vec<String>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        // Of one more number than there are names taken at least one is free.
        let mut numbered = (2..taken.len() + 3).map(|number| format!("{name} ({number})"));
        let is_taken = taken.contains(&name);
        let free = numbered.find(|name| is_taken && !taken.contains(name));
        taken.push(free.unwrap_or(name));
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::feature::FeatureSet;

    /// The reference centres A, B, C and D of the original analysis, in standard deviations.
    fn reference_centers() -> Vec<Vec<f64>> {
        [
            [-0.23, -0.18, -0.50, -0.12, -0.05, -0.43, -0.52, -0.36, -0.48, -0.83],
            [0.27, 0.01, 0.98, -1.21, -0.14, 0.69, 1.48, 2.35, 0.13, 0.12],
            [0.24, 0.10, -0.72, 0.16, 0.08, -0.44, -0.62, -0.49, 0.57, 0.86],
            [-0.06, 0.12, 1.00, 0.44, 0.02, 0.74, 0.75, 0.09, -0.03, 0.12],
        ]
        .iter()
        .map(|center| center.to_vec())
        .collect()
    }

    fn check(centers: &[Vec<f64>], expected: &[&str]) {
        assert_eq!(names(FeatureSet::Reference.features(), centers), expected);
    }

    #[test]
    fn reference_segments_are_named_by_what_is_notable() {
        check(
            &reference_centers(),
            &[
                "Small loans, low arrears",
                "Large loans, heavy instalments",
                "Small loans, high arrears",
                "Large loans, well secured",
            ],
        );
    }

    #[test]
    fn alike_segments_are_named_by_what_tells_them_apart() {
        let with = |changes: &[(usize, f64)]| {
            let mut center = vec![0.0; 10];
            for (column, z) in changes {
                center[*column] = *z;
            }
            center
        };
        check(
            &[with(&[(6, -0.1)]), with(&[(6, 0.4), (1, 0.1)])],
            &["Near the average: the smaller loans", "Near the average: the larger loans"],
        );
        check(&[with(&[(2, 1.0)]), with(&[(2, 3.0)])], &["Large loans: the smaller", "Large loans: the larger"]);
        let arrears = |income| with(&[(8, 1.0), (9, 1.0), (1, income)]);
        check(
            &[arrears(0.3), arrears(-0.3), arrears(0.0)],
            &["High arrears: the higher income", "High arrears: the lower income", "High arrears: the medium income"],
        );
        check(
            &[
                arrears(0.3),
                arrears(-0.3),
                with(&[(8, 1.0), (9, 1.0), (4, 0.1)]),
                with(&[(8, 1.0), (9, 1.0), (4, 0.2)]),
            ],
            &[
                "High arrears: the higher income",
                "High arrears: the lower income",
                "High arrears: the medium income, the lower rates",
                "High arrears: the medium income, the higher rates",
            ],
        );
    }

    #[test]
    fn names_are_distinct_even_where_nothing_that_has_a_word_differs() {
        let mut older = vec![0.0; 10];
        older[0] = 2.0;
        check(&[vec![0.0; 10], older], &["Near the average", "Near the average (2)"]);
    }

    #[test]
    fn no_name_speaks_of_a_protected_attribute() {
        assert!(ASPECTS.iter().flat_map(|aspect| aspect.features).all(|feature| !feature.is_protected()));
    }
}
