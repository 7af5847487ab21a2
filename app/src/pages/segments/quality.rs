//! Whether the segments would come back if the loans were drawn anew, in words.

use crate::components::icon::{Icon, IconMark};
use crate::format;
use domain::segment::{SegmentQuality, Segmentation};
use leptos::prelude::*;

#[component]
pub fn Quality(segmentation: Segmentation) -> impl IntoView {
    let in_use = segmentation.segments.len() as u32;
    segmentation.quality.map(|quality| {
        let stability = quality.stability;
        let is_stable = stability.is_some_and(|stability| stability.is_stable());
        let title = match stability {
            Some(_) if is_stable => "These segments are stable",
            Some(_) => "These segments are unstable: treat their names as descriptions, not as kinds of people",
            None => "Whether these segments would come back is not known",
        };
        let words = stability.map(|stability| format!("{}.", stability.words()));
        let class = if is_stable { "alert alert--info" } else { "alert alert--warn" };
        let icon = if is_stable { Icon::InfoCircle } else { Icon::AlertTriangle };
        view! {
            <section class=class aria-labelledby="stability">
                <IconMark icon/>
                <div class="stack stack--tight">
                    <h2 class="card-title" id="stability">{title}</h2>
                    <p>{words} " " {number_in_words(&quality, in_use)}</p>
                </div>
            </section>
        }
    })
}

/// Which number of segments would tell the loans apart best.
fn number_in_words(quality: &SegmentQuality, in_use: u32) -> String {
    let width = |segments| {
        let found = quality.silhouettes.iter().find(|(tried, _)| *tried == segments);
        found.and_then(|(_, width)| *width).map(|width| format::number(width, 2))
    };
    let (Some(best), Some(own)) = (quality.best_count(), width(in_use)) else { return String::new() };
    if best == in_use {
        return format!(
            "{in_use} segments tell the loans apart better than any other number from 2 to 8 (silhouette {own})."
        );
    }
    let better = width(best).unwrap_or_default();
    format!("{best} segments would tell the loans apart better (silhouette {better}) than {in_use} (silhouette {own}).")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_number_of_segments_is_named() {
        let check = |silhouettes: &[(u32, Option<f64>)], expected: &str| {
            let quality =
                SegmentQuality { loans: 9, silhouette_loans: None, silhouettes: silhouettes.to_vec(), stability: None };
            assert_eq!(number_in_words(&quality, 4), expected);
        };
        let (two, four) = ((2, Some(0.25)), (4, Some(0.126)));
        check(&[two, four], "2 segments would tell the loans apart better (silhouette 0.25) than 4 (silhouette 0.13).");
        check(
            &[(3, None), four],
            "4 segments tell the loans apart better than any other number from 2 to 8 (silhouette 0.13).",
        );
        check(&[two, (4, None)], "");
        check(&[], "");
    }
}
