//! The way of rows down a tree, several side by side.

use super::TREE_NODES_MAX;
use super::code::Code;

/// Rows that walk down a tree side by side.
pub(super) const LANES: usize = 16;

/// Levels between two looks at which rows are at a leaf.
const LEVELS: usize = 3;

/// Walks rows from where they are down to their leaves: all of them about so many `levels`, then those
/// that are not there yet. `places` are as
/// many as whole [`LANES`] hold.
pub(super) fn walk_all<C: Code, const W: usize>(
    nodes: &[C::Node; TREE_NODES_MAX],
    codes: &[[C; W]],
    places: &mut [u16],
    levels: usize,
) {
    for (places, codes) in places.as_chunks_mut().0.iter_mut().zip(codes.as_chunks().0) {
        for _ in 0..levels.div_ceil(LEVELS) {
            *places = walk(nodes, codes.each_ref(), *places);
        }
    }
    let mut rows: Vec<u16> = (0..places.len() as u16).collect();
    loop {
        let mut count = 0;
        for next in 0..rows.len() {
            // Without a branch: the row is kept where the next one does not take its place.
            let (row, place) = (rows[next], places[usize::from(rows[next])]);
            rows[count] = row;
            count += usize::from(C::unpack(nodes[usize::from(place)]).left != place);
        }
        rows.truncate(count);
        let Some(last) = rows.last().copied() else { return };
        rows.resize(count.next_multiple_of(LANES), last);
        for rows in rows.as_chunks::<LANES>().0 {
            let rows = rows.map(usize::from);
            let moved = walk(nodes, rows.map(|row| &codes[row]), rows.map(|row| places[row]));
            for (row, place) in rows.into_iter().zip(moved) {
                places[row] = place;
            }
        }
        rows.truncate(count);
    }
}

/// Walks some rows [`LEVELS`] down, or to their leaves.
#[expect(clippy::inline_always, reason = "out of line it was measured to take a third longer")]
#[inline(always)]
fn walk<C: Code, const W: usize>(
    nodes: &[C::Node; TREE_NODES_MAX],
    codes: [&[C; W]; LANES],
    mut places: [u16; LANES],
) -> [u16; LANES] {
    for _ in 0..LEVELS {
        for (place, codes) in places.iter_mut().zip(codes) {
            *place = C::next(nodes[usize::from(*place)], codes);
        }
    }
    places
}
