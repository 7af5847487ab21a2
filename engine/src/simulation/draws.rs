//! Random values of the kinds that loans are made of.

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, Poisson, StandardNormal};

/// One of `choices`, each as likely as its share of the sum of all shares.
pub(super) fn pick<'a, T>(draws: &mut ChaCha8Rng, choices: &'a [T], share: impl Fn(&T) -> f64) -> &'a T {
    pick_at(draws.random(), choices, share)
}

/// The choice that a place in 0..1 falls on.
pub(super) fn pick_at<T>(place: f64, choices: &[T], share: impl Fn(&T) -> f64) -> &T {
    let mut place = place * choices.iter().map(&share).sum::<f64>();
    for choice in &choices[..choices.len() - 1] {
        place -= share(choice);
        if place < 0.0 {
            return choice;
        }
    }
    &choices[choices.len() - 1]
}

pub(super) fn normal(draws: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(draws)
}

pub(super) fn log_normal(draws: &mut ChaCha8Rng, median: f64, spread: f64) -> f64 {
    LogNormal::new(median.ln(), spread).map_or(median, |distribution| distribution.sample(draws))
}

pub(super) fn poisson(draws: &mut ChaCha8Rng, mean: f64) -> u16 {
    Poisson::new(mean.clamp(0.01, 20.0)).map_or(0, |distribution| distribution.sample(draws) as u16)
}

/// Eight shares in 0..1, from one block of the generator, wherever it stands.
pub(super) fn block(draws: &mut ChaCha8Rng) -> [f64; 8] {
    [(); 8].map(|()| draws.random())
}
