//! Numbers that stand for values, and nodes made of them.

/// The columns and bounds of a split, and its left child; the right one follows that. A leaf leads to itself whatever the code, so that
/// rows can wait there for others.
#[derive(Clone, Copy)]
pub(super) struct Split<C> {
    pub(super) left: u16,
    pub(super) column: u16,
    pub(super) bound: C,
}

/// An unsigned number that codes values: how many bounds of the column are below. The narrower, the more rows and nodes the caches hold.
pub(super) trait Code: Copy + Ord + Send + Sync {
    /// Above every bound: the code of a missing value that goes right, and the bound of a leaf.
    const LAST: Self;

    /// Columns that a node can tell apart.
    const COLUMNS_MAX: usize;

    /// A split in as few bytes as hold it.
    type Node: Copy + Send + Sync;

    fn of(rank: usize) -> Self;

    fn rank(self) -> usize;

    /// `other` where it is wanted, without a branch, so that many are chosen by one instruction.
    fn or(self, other: Self, wants_other: bool) -> Self;

    fn pack(split: Split<Self>) -> Self::Node;

    fn unpack(node: Self::Node) -> Split<Self>;

    /// Where a row goes on from a node. `W` is a power of two above all columns.
    fn next<const W: usize>(node: Self::Node, codes: &[Self; W]) -> u16;
}

/// The bound stands in the lowest bits of a node, the column and the left child behind it where the numbers say.
macro_rules! code {
    ($code:ty, $node:ty, column $column:literal as $name:ty, left $left:literal) => {
        impl Code for $code {
            const LAST: Self = Self::MAX;
            const COLUMNS_MAX: usize = <$name>::MAX as usize + 1;
            type Node = $node;

            fn of(rank: usize) -> Self {
                rank as Self
            }

            fn rank(self) -> usize {
                self as usize
            }

            #[inline]
            fn or(self, other: Self, wants_other: bool) -> Self {
                let mask = Self::from(wants_other).wrapping_neg();
                self ^ ((self ^ other) & mask)
            }

            fn pack(split: Split<Self>) -> $node {
                let Split { left, column, bound } = split;
                <$node>::from(left) << $left | <$node>::from(column) << $column | <$node>::from(bound)
            }

            fn unpack(node: $node) -> Split<Self> {
                let column = u16::from((node >> $column) as $name);
                Split { left: (node >> $left) as u16, column, bound: node as Self }
            }

            #[inline]
            fn next<const W: usize>(node: $node, codes: &[Self; W]) -> u16 {
                let code = codes[usize::from((node >> $column) as $name) & (W - 1)];
                ((node >> $left) as u16).wrapping_add(u16::from(code > node as Self))
            }
        }
    };
}

code!(u8, u32, column 8 as u8, left 16);
code!(u16, u64, column 32 as u16, left 48);
code!(u32, u64, column 32 as u16, left 48);
