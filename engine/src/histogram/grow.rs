//! Growing one tree on the drawn rows.

use super::bag::{Row, weight};
use super::binning::{Edges, MISSING};
use super::split::{Histogram, Rules, Search, Split, rows};
use crate::forest::{Node, Tree};
use rand::RngCore;
use rand_chacha::ChaCha8Rng;

/// Up to this many rows a node looks only at the bins that occur among them.
const SPARSE_ROWS: usize = 192;

/// What all trees of a forest have in common.
pub(super) struct Plan<'a> {
    pub(super) rules: Rules,
    pub(super) edges: &'a [Edges],
    /// Columns that a split tries; where none of them parts the rows, it goes on to the others.
    pub(super) tried: usize,
}

/// Memory that one tree after the other uses.
pub(super) struct Workspace<const W: usize> {
    /// Rows of open nodes: a node's rows lie in one of the two, its children's in the other.
    pub(super) rows: [Vec<Row<W>>; 2],
    histograms: Vec<Histogram>,
}

impl<const W: usize> Workspace<W> {
    pub(super) fn new(rows: usize, columns: usize) -> Self {
        Self { rows: [vec![[0; W]; rows], vec![[0; W]; rows]], histograms: vec![[0; 256]; columns] }
    }
}

/// A split as it is decided on bins.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BinSplit {
    column: u8,
    /// 1 where missing values go left: added to a bin, it makes [`MISSING`] the least of all.
    shift: u8,
    /// The last bin of the left side, plus `shift`.
    last: u8,
}

impl BinSplit {
    fn new(split: Split) -> Self {
        let shift = u8::from(split.missing_left);
        Self { column: split.column as u8, shift, last: split.bin + shift }
    }

    fn goes_left<const W: usize>(self, row: &Row<W>) -> bool {
        // W is a power of two; the mask spares a check of the bounds.
        row[usize::from(self.column) & (W - 1)].wrapping_add(self.shift) <= self.last
    }
}

/// A tree in both forms.
pub(super) struct Grown {
    pub(super) tree: Tree,
    /// One per node of the tree; of no meaning in leaves.
    pub(super) splits: Vec<BinSplit>,
}

/// A node that is not decided yet.
struct Open {
    place: usize,
    start: usize,
    end: usize,
    /// Which of the two arrays holds its rows.
    side: usize,
    /// Packed sum of its rows.
    sum: u64,
}

/// Grows a tree on the first `count` rows of the workspace's first array.
pub(super) fn grow<const W: usize>(
    plan: &Plan<'_>,
    workspace: &mut Workspace<W>,
    count: usize,
    random: &mut ChaCha8Rng,
) -> Grown {
    let Workspace { rows: [first, second], histograms } = workspace;
    let sum = first[..count].iter().map(weight).sum();
    let mut grown = Grown { tree: Tree { nodes: Vec::new(), covers: Vec::new() }, splits: Vec::new() };
    let mut columns: Vec<usize> = (0..plan.edges.len()).collect();
    grown.leaf(plan.rules, sum);
    let mut open = vec![Open { place: 0, start: 0, end: count, side: 0, sum }];
    while let Some(node) = open.pop() {
        let range = node.start..node.end;
        let (source, target) = if node.side == 0 {
            (&first[range.clone()], &mut second[range])
        } else {
            (&second[range.clone()], &mut first[range])
        };
        if plan.rules.is_final(node.sum) {
            continue;
        }
        let Some(split) = find_split(plan, source, node.sum, histograms, &mut columns, random) else { continue };
        let left = grown.split(node.place, split, plan);
        grown.leaf(plan.rules, split.left);
        grown.leaf(plan.rules, node.sum - split.left);
        if plan.rules.is_final(split.left) && plan.rules.is_final(node.sum - split.left) {
            continue;
        }
        let middle = node.start + part(source, target, grown.splits[node.place]);
        let side = 1 - node.side;
        open.push(Open { place: left + 1, start: middle, side, sum: node.sum - split.left, ..node });
        open.push(Open { place: left, end: middle, side, sum: split.left, ..node });
    }
    grown
}

impl Grown {
    fn leaf(&mut self, rules: Rules, sum: u64) {
        self.tree.nodes.push(Node::leaf(rules.probability(sum)));
        self.tree.covers.push(rows(sum));
        self.splits.push(BinSplit::default());
    }

    /// Makes the node at `place` a split of the next two nodes, and returns the place of the first.
    fn split(&mut self, place: usize, split: Split, plan: &Plan<'_>) -> usize {
        let left = self.tree.nodes.len();
        let bound = plan.edges[split.column].bound(split.bin);
        self.tree.nodes[place] = Node::split(split.column, bound, left as u32, split.missing_left);
        self.splits[place] = BinSplit::new(split);
        left
    }
}

/// The best split among columns drawn at random.
fn find_split<const W: usize>(
    plan: &Plan<'_>,
    source: &[Row<W>],
    sum: u64,
    histograms: &mut [Histogram],
    columns: &mut [usize],
    random: &mut ChaCha8Rng,
) -> Option<Split> {
    let mut search = Search::new(plan.rules, sum);
    let mut tried = 0;
    while tried < columns.len() && (tried < plan.tried || search.best.is_none()) {
        let until = if tried == 0 { plan.tried.min(columns.len()) } else { tried + 1 };
        for place in tried..until {
            let other = (u64::from(random.next_u32()) * (columns.len() - place) as u64) >> 32;
            columns.swap(place, place + other as usize);
        }
        let drawn = &columns[tried..until];
        if source.len() <= SPARSE_ROWS {
            for column in drawn {
                try_sparse(&mut search, source, *column, &mut histograms[0]);
            }
        } else {
            try_dense(&mut search, plan, source, drawn, histograms);
        }
        tried = until;
    }
    search.best
}

/// Tries columns whose rows fill many bins: sums of all bins, columns side by side.
fn try_dense<const W: usize>(
    search: &mut Search,
    plan: &Plan<'_>,
    source: &[Row<W>],
    columns: &[usize],
    histograms: &mut [Histogram],
) {
    for columns in columns.chunks(4) {
        histograms[..columns.len()].fill([0; 256]);
        match *columns {
            [a] => add_up(source, [a], histograms),
            [a, b] => add_up(source, [a, b], histograms),
            [a, b, c] => add_up(source, [a, b, c], histograms),
            [a, b, c, d] => add_up(source, [a, b, c, d], histograms),
            _ => {}
        }
        for (column, histogram) in columns.iter().zip(&*histograms) {
            let bins = 0..plan.edges[*column].bins() as u8;
            search.column(*column, histogram, bins.filter(|bin| histogram[usize::from(*bin)] > 0));
        }
    }
}

fn add_up<const W: usize, const C: usize>(source: &[Row<W>], columns: [usize; C], histograms: &mut [Histogram]) {
    let Some(histograms) = histograms.first_chunk_mut::<C>() else { return };
    for row in source {
        let weight = weight(row);
        for (histogram, column) in histograms.iter_mut().zip(columns) {
            histogram[usize::from(row[column & (W - 1)])] += weight;
        }
    }
}

/// Tries a column of few rows: a bit for each bin that occurs gives the bins in order without a search.
fn try_sparse<const W: usize>(search: &mut Search, source: &[Row<W>], column: usize, histogram: &mut Histogram) {
    let mut occurring = [0_u64; 4];
    for row in source {
        occurring[usize::from(row[column & (W - 1)] >> 6)] |= 1 << (row[column & (W - 1)] & 63);
    }
    // Only the sums of bins that occur are read.
    each_bit(occurring).for_each(|bin| histogram[usize::from(bin)] = 0);
    histogram[usize::from(MISSING)] = 0;
    for row in source {
        histogram[usize::from(row[column & (W - 1)])] += weight(row);
    }
    search.column(column, histogram, each_bit(occurring).filter(|bin| *bin != MISSING));
}

/// The numbers of the bits that are set, ascending.
fn each_bit(words: [u64; 4]) -> impl Iterator<Item = u8> {
    [0_u8, 64, 128, 192].into_iter().zip(words).flat_map(|(start, mut word)| {
        std::iter::from_fn(move || {
            let bit = (word != 0).then(|| start + word.trailing_zeros() as u8);
            word &= word.wrapping_sub(1);
            bit
        })
    })
}

/// Writes the rows that go left to the front of `target` and the others to its end; returns the number of
/// the first. Each row is written to both places and one of the two is overwritten, so that nothing has to
/// be foreseen by the processor.
fn part<const W: usize>(source: &[Row<W>], target: &mut [Row<W>], split: BinSplit) -> usize {
    let mut left = 0;
    let target = &mut target[..source.len()];
    for (index, row) in source.iter().enumerate() {
        target[left] = *row;
        target[source.len() - 1 - (index - left)] = *row;
        left += usize::from(split.goes_left(row));
    }
    left
}

/// The value of the leaf of each row that was not drawn, in the order of the rows.
pub(super) fn unseen_values<const W: usize>(grown: &Grown, rows: &[Row<W>], drawn: &[u8]) -> Vec<f64> {
    let unseen: Vec<usize> = (0..rows.len()).filter(|row| drawn[*row] == 0).collect();
    let mut values = Vec::with_capacity(unseen.len());
    for lanes in unseen.chunks(8) {
        let mut places = [0_usize; 8];
        let mut is_moving = true;
        while is_moving {
            is_moving = false;
            for (place, row) in places.iter_mut().zip(lanes) {
                let node = grown.tree.nodes[*place];
                if !node.is_leaf() {
                    is_moving = true;
                    *place = node.left as usize + usize::from(!grown.splits[*place].goes_left(&rows[*row]));
                }
            }
        }
        values.extend(places[..lanes.len()].iter().map(|place| grown.tree.nodes[*place].bound));
    }
    values
}
