//! An amount that rows are compared with.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use counterfoil_record::{Amount, Id};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Row;

/// The most decimal places that a policy's unit can have.
const PLACES_MOST: u64 = 38;

/// An amount to compare exposures with: `10000` of the smallest unit of whatever asset, or `0.01 usdc` in the unit of
/// the policy that decided, which is of that asset alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// As it was written.
    text: String,
    /// Without the point.
    digits: Amount,
    /// How many of the digits stand after it.
    places: u64,
    /// The asset, where the amount is in a policy's unit.
    asset: Option<Id>,
}

/// The text is not a [`Bound`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an amount such as `10000` (smallest units) or `0.01 usdc` (as a policy calls the asset), below 2^128"
)]
pub struct NotABound;

impl Bound {
    /// The asset, where the amount is in a policy's unit.
    pub const fn asset(&self) -> Option<&Id> {
        self.asset.as_ref()
    }

    /// How the exposure of a row compares with this; none where the row has no exposure or is of another asset.
    pub(super) fn against(&self, row: &Row) -> Option<Ordering> {
        let exposure = row.exposure?.units();
        if self.asset.is_none() {
            return Some(exposure.cmp(&self.digits.units()));
        }
        if self.asset != row.asset_name {
            return None;
        }
        let decimals = row.decimals?;
        let scaled = |value: u128, by: u64| {
            let power = u32::try_from(by).ok().and_then(|by| 10_u128.checked_pow(by));
            power.and_then(|power| value.checked_mul(power))
        };
        let digits = self.digits.units();
        // What does not fit once both have as many places is above everything that does.
        Some(match decimals.checked_sub(self.places) {
            Some(more) => scaled(digits, more).map_or(Ordering::Less, |digits| exposure.cmp(&digits)),
            None => scaled(exposure, self.places.saturating_sub(decimals))
                .map_or(Ordering::Greater, |exposure| exposure.cmp(&digits)),
        })
    }
}

impl FromStr for Bound {
    type Err = NotABound;

    /// # Errors
    /// [`NotABound`] for anything but digits, or a plain decimal and the name of an asset.
    fn from_str(text: &str) -> Result<Self, NotABound> {
        let (number, asset) = match text.split_once(' ') {
            Some((number, asset)) => (number, Some(asset.parse::<Id>().map_err(|_| NotABound)?)),
            None => (text, None),
        };
        let (whole, places) = number.split_once('.').map_or((number, ""), |(whole, places)| (whole, places));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let canonical = is_number(whole) && (whole.len() == 1 || !whole.starts_with('0'));
        if !canonical || number.contains('.') && (asset.is_none() || !is_number(places)) {
            return Err(NotABound);
        }
        let decimals = u64::try_from(places.len()).ok().filter(|places| *places <= PLACES_MOST);
        let value =
            |total: u128, digit: u8| total.checked_mul(10)?.checked_add(u128::from(digit.wrapping_sub(b'0')));
        let digits = whole.bytes().chain(places.bytes()).try_fold(0_u128, value).ok_or(NotABound)?;
        Ok(Self {
            text: text.to_owned(),
            digits: Amount::new(digits),
            places: decimals.ok_or(NotABound)?,
            asset,
        })
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::{Bound, NotABound};

    #[test]
    fn an_amount_is_read_as_it_is_written_and_written_as_it_was_read() {
        for text in
            ["0", "10000", "0.01 usdc", "0 usdc", "340282366920938463463374607431768211455", "1.50 a/b"]
        {
            assert_eq!(text.parse::<Bound>().unwrap().to_string(), text);
        }
        assert_eq!("0.10 usdc".parse::<Bound>().unwrap().asset().unwrap().as_str(), "usdc");
        assert_eq!("10".parse::<Bound>().unwrap().asset(), None);
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        let places = alloc::format!("0.{} usdc", "0".repeat(39));
        let long = [
            "", " ", "usdc", "-1", "+1", "01", "1.5", "1. usdc", ".5 usdc", "1e3", "1  usdc", "1 us dc",
            "1_0",
        ];
        for text in long.into_iter().chain([places.as_str(), "340282366920938463463374607431768211456"]) {
            assert_eq!(text.parse::<Bound>(), Err(NotABound), "{text:?}");
        }
    }
}
