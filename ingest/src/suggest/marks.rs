//! Which sign parts the decimals of a column: by what its own numbers show, or else by what other columns do.

use crate::number::Sign;
use domain::preview::NumberKind;

/// How many rows have numbers of each sign.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    dots: u32,
    commas: u32,
    dots_or_thousands: u32,
    commas_or_thousands: u32,
    /// Numbers from 10,000 on in which nothing parts the thousands. Where thousands are parted, 1500 may stand without a
    /// sign all the same, as in Spanish and Polish.
    ungrouped: u32,
}

/// What other columns of the table show: the name of one that parts its decimals by a dot, and by a comma.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    pub(super) dot: Option<String>,
    pub(super) comma: Option<String>,
    /// Whether more of them have a comma; nothing where as many have a dot.
    pub(super) mostly_comma: Option<bool>,
    /// Whether nothing speaks for these columns holding amounts or rates, but that they look like numbers.
    pub(super) is_weak: bool,
}

/// The numbers of a column as one reading takes them.
struct Weighed {
    /// Rows that are written so, for certain.
    own: u32,
    /// Rows that are written in the other style, for certain.
    against: u32,
    /// Rows that might be read otherwise, and are taken for numbers with three decimals.
    decimals: u32,
    /// Rows that might be read otherwise, and are taken for thousands.
    thousands: u32,
}

impl Marks {
    pub(super) fn add(&mut self, text: &str, values: [Option<f64>; 2]) {
        match Sign::told_by(text, values) {
            Some(Sign::Dot) => self.dots += 1,
            Some(Sign::Comma) => self.commas += 1,
            Some(Sign::DotOrThousands) => self.dots_or_thousands += 1,
            Some(Sign::CommaOrThousands) => self.commas_or_thousands += 1,
            None => {
                let is_ungrouped = text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_digit());
                self.ungrouped += u32::from(is_ungrouped);
            }
        }
    }

    /// A rate of thousands of percent is none, so that of rates each sign parts decimals.
    fn weighed(&self, kind: NumberKind, decimal_comma: bool) -> Weighed {
        let is_rate = kind == NumberKind::Rate;
        let (dots, commas) = (self.dots_or_thousands, self.commas_or_thousands);
        let dot = if is_rate { self.dots + dots } else { self.dots };
        let comma = if is_rate { self.commas + commas } else { self.commas };
        let (dots, commas) = if is_rate { (0, 0) } else { (dots, commas) };
        if decimal_comma {
            Weighed { own: comma, against: dot, decimals: commas, thousands: dots }
        } else {
            Weighed { own: dot, against: comma, decimals: dots, thousands: commas }
        }
    }

    /// Whether the column parts its decimals by a comma, as far as it tells so by itself, among so many numbers. A few cells may
    /// be slips.
    pub(super) fn vote(&self, kind: NumberKind, numbers: u32) -> Option<bool> {
        let comma = self.weighed(kind, true);
        let is_clear = |count: u32| count > 1 || count * 20 >= numbers;
        match comma.own.cmp(&comma.against) {
            std::cmp::Ordering::Greater => is_clear(comma.own).then_some(true),
            std::cmp::Ordering::Less => is_clear(comma.against).then_some(false),
            std::cmp::Ordering::Equal => None,
        }
    }

    /// The reading that suits the column best. A table is written in one place, so that columns that show nothing are like
    /// the others.
    pub(super) fn decimal_comma(&self, kind: NumberKind, around: &Around) -> bool {
        let comma = self.weighed(kind, true);
        match comma.own.cmp(&comma.against) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => {
                let is_asked = comma.own + comma.decimals + comma.thousands > 0;
                around.mostly_comma.unwrap_or_default() && (is_asked || !around.is_weak)
            }
        }
    }

    /// The sign of which a person must say what it parts, and whether it is taken for decimals.
    pub(super) fn question(&self, kind: NumberKind, around: &Around) -> Option<(Sign, bool)> {
        let decimal_comma = self.decimal_comma(kind, around);
        let weighed = self.weighed(kind, decimal_comma);
        let is_contested = weighed.against > 0 || around.has(!decimal_comma);
        let is_backed = weighed.own > 0 || (around.has(decimal_comma) && !around.is_weak);
        // Few amounts have three decimals, so that what other columns show is not enough.
        if weighed.decimals > 0 && (is_contested || weighed.own == 0) {
            return Some((ambiguous(decimal_comma), true));
        }
        let is_doubtful = (is_contested && weighed.own == 0) || !is_backed;
        (weighed.thousands > 0 && is_doubtful).then_some((ambiguous(!decimal_comma), false))
    }

    /// Why the column can hardly be written in a style, among so many numbers.
    pub(super) fn contradiction(
        &self,
        kind: NumberKind,
        decimal_comma: bool,
        around: &Around,
        numbers: u32,
    ) -> Option<Contradiction> {
        let weighed = self.weighed(kind, decimal_comma);
        let at_stake = weighed.decimals + weighed.thousands;
        let is_most = weighed.against > weighed.own && weighed.against * 20 >= numbers;
        if is_most || (at_stake > 0 && weighed.against > 0 && weighed.against >= weighed.own) {
            return Some(Contradiction::Own);
        }
        let is_open = weighed.own < weighed.decimals || (weighed.thousands > 0 && weighed.own == 0);
        if is_open && around.has(!decimal_comma) {
            return Some(Contradiction::OtherColumns);
        }
        let is_alone = weighed.own == 0 && self.ungrouped == 0 && (around.is_weak || !around.has(decimal_comma));
        (kind == NumberKind::Amount && weighed.decimals > 0 && is_alone).then_some(Contradiction::ThreeDecimals)
    }
}

/// What speaks against a style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contradiction {
    /// Values that are written in the other one.
    Own,
    /// Other columns are written in the other one, and values might be.
    OtherColumns,
    /// All amounts would have three decimals.
    ThreeDecimals,
}

impl Around {
    fn has(&self, decimal_comma: bool) -> bool {
        self.column(decimal_comma).is_some()
    }

    /// A column of that style.
    pub(super) fn column(&self, decimal_comma: bool) -> Option<&str> {
        if decimal_comma { self.comma.as_deref() } else { self.dot.as_deref() }
    }
}

/// The sign of numbers that a comma, or a dot, may part the decimals of.
pub(super) fn ambiguous(decimal_comma: bool) -> Sign {
    if decimal_comma { Sign::CommaOrThousands } else { Sign::DotOrThousands }
}
