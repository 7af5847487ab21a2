//! The cheapest pairing of as many rows as columns.

/// The column of each row in the pairing of least cost, in O(n³). `costs` is square and finite.
///
/// Rows are paired one after the other along the shortest augmenting path, with prices that keep every reduced cost
/// at 0 or above (R. Jonker and A. Volgenant, Computing 38 (1987)).
pub(super) fn assign(costs: &[Vec<f64>]) -> Vec<usize> {
    let size = costs.len();
    let mut row_prices = vec![0.0; size];
    let mut column_prices = vec![0.0; size];
    let mut row_of: Vec<Option<usize>> = vec![None; size];
    for start in 0..size {
        let mut distance = vec![f64::INFINITY; size];
        let mut came_from = vec![start; size];
        let mut settled: Vec<usize> = Vec::with_capacity(size);
        let mut is_settled = vec![false; size];
        let (mut row, mut reached) = (start, 0.0);
        // Dijkstra's search over the columns, until it settles one that is free.
        let end = loop {
            let mut nearest = None;
            for column in (0..size).filter(|column| !is_settled[*column]) {
                let through = reached + costs[row][column] - row_prices[row] - column_prices[column];
                if through < distance[column] {
                    distance[column] = through;
                    came_from[column] = row;
                }
                if nearest.is_none_or(|nearest: usize| distance[column] < distance[nearest]) {
                    nearest = Some(column);
                }
            }
            // A column is free as long as a row is: the search always ends inside.
            let Some(column) = nearest else { return (0..size).collect() };
            reached = distance[column];
            match row_of[column] {
                None => break column,
                Some(next) => row = next,
            }
            is_settled[column] = true;
            settled.push(column);
        };
        row_prices[start] += reached;
        for column in settled {
            let gain = reached - distance[column];
            column_prices[column] -= gain;
            if let Some(row) = row_of[column] {
                row_prices[row] += gain;
            }
        }
        // The path is turned round: each row on it takes the column through which it was left.
        let mut column = end;
        loop {
            let row = came_from[column];
            let freed = row_of.iter().position(|other| *other == Some(row));
            row_of[column] = Some(row);
            match freed {
                Some(freed) if freed != column => column = freed,
                _ => break,
            }
        }
    }
    let mut column_of = vec![0; size];
    for (column, row) in row_of.into_iter().enumerate() {
        if let Some(row) = row {
            column_of[row] = column;
        }
    }
    column_of
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cost(costs: &[Vec<f64>], columns: &[usize]) -> f64 {
        columns.iter().enumerate().map(|(row, column)| costs[row][*column]).sum()
    }

    /// The least cost over all pairings.
    fn least(costs: &[Vec<f64>], row: usize, taken: u32) -> f64 {
        if row == costs.len() {
            return 0.0;
        }
        let free = (0..costs.len()).filter(|column| taken >> column & 1 == 0);
        free.map(|column| costs[row][column] + least(costs, row + 1, taken | 1 << column)).fold(f64::INFINITY, f64::min)
    }

    proptest! {
        #[test]
        fn no_pairing_is_cheaper(size in 1_usize..7, numbers in proptest::collection::vec(0_u8..30, 36)) {
            let costs: Vec<Vec<f64>> =
                (0..size).map(|row| (0..size).map(|column| f64::from(numbers[row * 6 + column])).collect()).collect();
            let columns = assign(&costs);
            let mut once = columns.clone();
            once.sort_unstable();
            prop_assert_eq!(once, (0..size).collect::<Vec<_>>());
            prop_assert!((cost(&costs, &columns) - least(&costs, 0, 0)).abs() < 1e-9);
        }
    }
}
