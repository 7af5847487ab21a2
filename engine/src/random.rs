//! Seeded random numbers. Each use draws from a stream of its own, so that adding a draw to one
//! does not change another.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What random numbers are drawn for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    Segmentation = 1,
    HoldOut = 2,
    Forest = 3,
    Simulation = 4,
    SegmentationSample = 5,
    TrainingSample = 6,
    Folds = 7,
    Importance = 8,
    Bootstrap = 9,
    SilhouetteSample = 10,
    SimulatedHistory = 20,
    SimulatedMonths = 21,
    SimulatedTreatments = 22,
    Encoding = 31,
    Leak = 32,
}

/// The generator of a stream.
pub(crate) fn generator(seed: u64, stream: Stream) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream(stream as u64);
    generator
}

/// The generator of one member of a population, whose draws do not hang on how many others there are or in which order
/// they are asked for. A `ChaCha` stream can be entered at any place, so that a member's days can be drawn one by one.
pub(crate) fn member_generator(seed: u64, stream: Stream, member: u64) -> ChaCha8Rng {
    let mut generator = ChaCha8Rng::seed_from_u64(seed);
    generator.set_stream((stream as u64) << 48 | (member + 1));
    generator
}

/// Seeds for `count` pieces of work that run side by side. Fewer of them are the same first ones.
pub(crate) fn seeds(seed: u64, stream: Stream, count: usize) -> Vec<u64> {
    let mut generator = generator(seed, stream);
    (0..count).map(|_| generator.next_u64()).collect()
}
