//! Amounts and spans of time as a policy's author writes them: `"0.50 usdc"`, `"24h"`.

use counterfoil_record::{Amount, Span};

use super::{Money, Policy};

/// Why a text is not an amount of the asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DecimalError {
    Form,
    TooManyPlaces,
    TooLarge,
}

/// Parses digits with at most `decimals` places into the smallest unit, exactly.
pub(super) fn decimal(text: &str, decimals: u64) -> Result<Amount, DecimalError> {
    let (whole, places) = text.split_once('.').map_or((text, None), |(whole, places)| (whole, Some(places)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole)
        || places.is_some_and(|places| !digits(places))
        || (whole.len() > 1 && whole.starts_with('0'))
    {
        return Err(DecimalError::Form);
    }
    let places = places.unwrap_or_default();
    let missing = u64::try_from(places.len())
        .ok()
        .and_then(|len| decimals.checked_sub(len))
        .ok_or(DecimalError::TooManyPlaces)?;
    let zeros = core::iter::repeat_n(b'0', usize::try_from(missing).unwrap_or(usize::MAX));
    whole
        .bytes()
        .chain(places.bytes())
        .chain(zeros)
        .try_fold(0_u128, |total, digit| {
            total.checked_mul(10)?.checked_add(u128::from(digit.wrapping_sub(b'0')))
        })
        .map(Amount::new)
        .ok_or(DecimalError::TooLarge)
}

impl Policy {
    /// An amount as the policy's author writes it, such as `0.50 usdc`: a plain decimal with no more places than the
    /// asset has, a space, and the policy's name for the asset. `None` for anything else.
    pub fn money(&self, text: &str) -> Option<Money> {
        let (number, name) = text.split_once(' ')?;
        let (asset, pin) = self.assets.get_key_value(&name.parse().ok()?)?;
        Some(Money { asset: asset.clone(), amount: decimal(number, pin.decimals).ok()? })
    }
}

/// Parses a positive whole number with a unit of `ms`, `s`, `m`, `h` or `d`, at most ten years.
pub fn span(text: &str) -> Option<Span> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(unit_at)?;
    let millis: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let number: u64 = if number.starts_with('0') { return None } else { number.parse().ok()? };
    let total = number.checked_mul(millis)?;
    (total <= 3_650 * 86_400_000).then_some(Span::from_millis(total))
}
