//! Gauss–Legendre points on 0..=1.

/// Points that one pass over a forest handles side by side.
pub(super) const LANES: usize = 8;

/// Some points of a quadrature; places without a point have weight 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lanes {
    pub(super) t: [f64; LANES],
    /// 1 − t.
    pub(super) rest: [f64; LANES],
    pub(super) weight: [f64; LANES],
}

/// Rounds of Newton's method; from its usual start three are enough, more change nothing.
const ROUNDS: usize = 20;

/// The `count` points that integrate polynomials up to degree 2 · `count` − 1 exactly.
pub(super) fn points(count: usize) -> Vec<Lanes> {
    let all: Vec<(f64, f64)> = (0..count).map(|place| point(count, place)).collect();
    let filled = |chunk: &[(f64, f64)]| {
        let mut lanes = Lanes { t: [0.5; LANES], rest: [0.5; LANES], weight: [0.0; LANES] };
        for (lane, (t, weight)) in chunk.iter().enumerate() {
            lanes.t[lane] = *t;
            lanes.rest[lane] = 1.0 - t;
            lanes.weight[lane] = *weight;
        }
        lanes
    };
    all.chunks(LANES).map(filled).collect()
}

/// A root of the Legendre polynomial of degree `count` by Newton's method, moved from -1..=1, and its weight.
fn point(count: usize, place: usize) -> (f64, f64) {
    let degree = count as f64;
    let mut x = (std::f64::consts::PI * (place as f64 + 0.75) / (degree + 0.5)).cos();
    let mut slope = 1.0;
    for _ in 0..ROUNDS {
        let (mut before, mut value) = (1.0, x);
        for step in 2..=count {
            let step = step as f64;
            (before, value) = (value, ((2.0 * step - 1.0) * x * value - (step - 1.0) * before) / step);
        }
        slope = degree * (x * value - before) / (x * x - 1.0);
        x -= value / slope;
    }
    (f64::midpoint(1.0, x), 1.0 / ((1.0 - x * x) * slope * slope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_integrated_exactly_up_to_the_degree() {
        let integral = |count, power| -> f64 {
            let lanes = points(count);
            lanes
                .iter()
                .flat_map(|lanes| lanes.t.iter().zip(&lanes.weight))
                .map(|(t, weight)| weight * t.powi(power))
                .sum()
        };
        for count in 1..=40 {
            for power in 0..2 * count {
                let expected = 1.0 / (f64::from(power) + 1.0);
                let found = integral(usize::try_from(count).expect("positive"), power);
                assert!((found - expected).abs() < 1e-13, "{count} points, t^{power}: {found}");
            }
        }
        assert!((integral(1, 2) - 1.0 / 3.0).abs() > 0.05, "one point is exact for straight lines only");
    }
}
