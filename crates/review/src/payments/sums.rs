//! Control totals: what rows add up to, exactly.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use counterfoil_decide::state::Total;
use counterfoil_record::{Amount, Id, Text};
use serde::{Serialize, Serializer};

use super::Row;
use crate::words::money;

/// The most digits that a limb of a sum in decimal takes: 10^19 is below 2^64.
const LIMB: u128 = 10_000_000_000_000_000_000;

/// A sum of amounts, exact below 2^192. In JSON and text a decimal number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum(Total);

impl Sum {
    fn add(&mut self, amount: Amount) {
        self.0 = self.0.plus(amount);
    }

    /// The sum as an amount; none where it is 2^128 or more.
    pub const fn amount(&self) -> Option<Amount> {
        self.0.exact()
    }

    /// The sum in the unit of the policies, for people; in smallest units where they do not agree on one, or where it
    /// is 2^128 or more.
    pub fn words(&self, of: &AssetSums) -> String {
        let mut known = of.decimals.iter().map(|decimals| usize::try_from(*decimals).ok());
        match (self.amount(), known.next().flatten(), known.next()) {
            (Some(amount), Some(places), None) => money(amount, places),
            _ => format!("{self} smallest units"),
        }
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(amount) = self.0.exact() {
            return fmt::Display::fmt(&amount, f);
        }
        let units = self.0.units.units();
        // Three limbs of 64 bits, the highest first; long division by 10^19 gives 19 decimal digits at a time.
        let mut limbs = [u128::from(self.0.carry), units >> 64, units & u128::from(u64::MAX)];
        let mut groups = Vec::new();
        while limbs.iter().any(|limb| *limb > 0) {
            let mut rest = 0_u128;
            for limb in &mut limbs {
                let dividend = rest.checked_shl(64).unwrap_or_default() | *limb;
                *limb = dividend.checked_div(LIMB).unwrap_or_default();
                rest = dividend.checked_rem(LIMB).unwrap_or_default();
            }
            groups.push(rest);
        }
        let mut groups = groups.into_iter().rev();
        let first = groups.next().unwrap_or_default();
        write!(f, "{first}")?;
        groups.try_for_each(|group| write!(f, "{group:019}"))
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What the rows of one asset add up to, in its smallest unit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AssetSums {
    /// The asset (CAIP-19); absent for rows whose asset could not be read.
    pub asset: Option<Text>,
    /// What policies called it.
    pub names: BTreeSet<Id>,
    /// The decimal places of those policies' units: several, where policies do not agree.
    #[serde(skip)]
    pub decimals: BTreeSet<u64>,
    /// How many rows.
    pub count: u64,
    /// How many of them came out how.
    pub outcomes: BTreeMap<&'static str, u64>,
    /// What they could have moved at the most, allowed or not; rows without an exposure add nothing.
    pub exposure: Sum,
    /// What has settled.
    pub settled: Sum,
    /// What of that came back.
    pub returned: Sum,
    /// What is reserved.
    pub reserved: Sum,
    /// What is owed.
    pub owed: Sum,
}

/// What rows add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many rows.
    pub count: u64,
    /// By asset, those without one first, then in the order of their names in CAIP-19.
    pub assets: BTreeMap<Option<Text>, AssetSums>,
}

impl Sums {
    /// Adds up rows.
    pub fn of<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Self {
        let mut sums = Self::default();
        for row in rows {
            sums.count = sums.count.saturating_add(1);
            let of = sums.assets.entry(row.asset.clone()).or_default();
            of.asset.clone_from(&row.asset);
            of.names.extend(row.asset_name.clone());
            of.decimals.extend(row.decimals);
            of.count = of.count.saturating_add(1);
            let outcome = of.outcomes.entry(row.outcome.code()).or_default();
            *outcome = outcome.saturating_add(1);
            of.exposure.add(row.exposure.unwrap_or_default());
            of.settled.add(row.settled);
            of.returned.add(row.returned);
            of.reserved.add(row.reserved);
            of.owed.add(row.owed);
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use counterfoil_record::Amount;

    use super::{AssetSums, Sum};

    #[test]
    fn a_sum_past_the_largest_amount_is_said_exactly() {
        let mut sum = Sum::default();
        assert_eq!(sum.to_string(), "0");
        sum.add(Amount::MAX);
        assert_eq!(sum.to_string(), "340282366920938463463374607431768211455");
        sum.add(Amount::new(1));
        assert_eq!(sum.to_string(), "340282366920938463463374607431768211456");
        assert_eq!(sum.amount(), None);
        // 2^128 + 999 * (2^128 - 1) = 1000 * 2^128 - 999
        for _ in 0..999 {
            sum.add(Amount::MAX);
        }
        assert_eq!(sum.to_string(), "340282366920938463463374607431768211455001");
    }

    #[test]
    fn a_sum_is_said_in_the_unit_that_policies_agree_on() {
        let mut sum = Sum::default();
        sum.add(Amount::new(1_230_000));
        for (decimals, words) in [
            (&[6][..], "1.23"),
            (&[0], "1230000"),
            (&[], "1230000 smallest units"),
            (&[6, 8], "1230000 smallest units"),
        ] {
            let of = AssetSums { decimals: decimals.iter().copied().collect(), ..AssetSums::default() };
            assert_eq!(sum.words(&of), words);
        }
        sum.add(Amount::MAX);
        let of = AssetSums { decimals: [6].into(), ..AssetSums::default() };
        assert_eq!(sum.words(&of), "340282366920938463463374607431769441455 smallest units");
    }

    #[test]
    fn zeros_inside_of_a_sum_are_digits() {
        // 10^39 = 2 * (2^128 - 1) + 319435266158123073073250785136463577090
        let mut sum = Sum::default();
        sum.add(Amount::MAX);
        sum.add(Amount::MAX);
        sum.add(Amount::new(319_435_266_158_123_073_073_250_785_136_463_577_090));
        assert_eq!(sum.to_string(), "1000000000000000000000000000000000000000");
    }
}
