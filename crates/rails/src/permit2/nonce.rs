//! A `uint256` between its bytes and its decimal.

use alloc::string::String;

use counterfoil_record::Hash32;

use crate::text::is_canonical_decimal;

/// Why a text is no nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANonce {
    /// The text is not a decimal without sign, space or leading zero.
    #[error("not an unsigned decimal integer without sign, space or leading zero")]
    Form,
    /// The number is 2^256 or more.
    #[error("2^256 or more")]
    OutOfRange,
}

/// The nonce that `text`, a decimal of `0..=2^256-1`, stands for.
///
/// # Errors
/// [`NotANonce::Form`], [`NotANonce::OutOfRange`].
pub fn decode_nonce(text: &str) -> Result<Hash32, NotANonce> {
    if !is_canonical_decimal(text) {
        return Err(NotANonce::Form);
    }
    let mut word = [0_u8; 32];
    for digit in text.bytes() {
        let mut carry = u16::from(digit.checked_sub(b'0').ok_or(NotANonce::Form)?);
        for byte in word.iter_mut().rev() {
            // At most 255 * 10 + 9, so the carry is at most 9.
            let [high, low] = u16::from(*byte).saturating_mul(10).saturating_add(carry).to_be_bytes();
            *byte = low;
            carry = u16::from(high);
        }
        if carry != 0 {
            return Err(NotANonce::OutOfRange);
        }
    }
    Ok(Hash32(word))
}

/// The decimal of `nonce`, 1 to 78 digits without a leading zero, as it stands on the wire.
pub fn encode_nonce(nonce: &Hash32) -> String {
    let mut word = nonce.0;
    let mut digits = String::new();
    while digits.is_empty() || word != [0; 32] {
        digits.insert(0, char::from(divide_by_ten(&mut word).saturating_add(b'0')));
    }
    digits
}

/// Divides `word`, big-endian, by ten; the remainder is the answer.
fn divide_by_ten(word: &mut [u8; 32]) -> u8 {
    let mut remainder = 0;
    for byte in word {
        let dividend = u16::from_be_bytes([remainder, *byte]);
        // The dividend is at most 9 * 256 + 255, so both fit their bytes.
        let ([_, quotient], [_, rest]) = ((dividend / 10).to_be_bytes(), (dividend % 10).to_be_bytes());
        *byte = quotient;
        remainder = rest;
    }
    remainder
}
