//! Tracks and risk levels as words, with a shape or a colour beside.

use domain::track::{RiskLevel, Track};
use leptos::prelude::*;

/// The class that carries a track's colours.
pub fn track_class(track: Track) -> &'static str {
    match track {
        Track::Legal => "track--legal",
        Track::Settlement => "track--settlement",
        Track::Standard => "track--standard",
    }
}

/// A track: its shape and its word.
#[component]
pub fn TrackMark(track: Track) -> impl IntoView {
    view! { <span class=format!("track {}", track_class(track))>{track.label()}</span> }
}

/// A risk level in a badge.
#[component]
pub fn RiskBadge(risk: RiskLevel) -> impl IntoView {
    let class = match risk {
        RiskLevel::High => "badge badge--danger",
        RiskLevel::Medium => "badge badge--warn",
        RiskLevel::Low => "badge badge--ok",
    };
    view! { <span class=class>{risk.label()}</span> }
}
