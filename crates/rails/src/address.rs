//! A 20-byte account or contract address of an EVM chain.

use core::fmt;
use core::str::FromStr;

use crate::text::{hex_array, serde_as_text};

/// The address of an account or a contract on an EVM chain: the last 20 bytes of the Keccak-256 of its
/// public key, or a contract's. One address has one text here: `0x` and 40 lower-case digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address([u8; 20]);

impl Address {
    /// The address with these bytes.
    pub const fn new(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// The 20 bytes.
    pub const fn bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 40];
        hex::encode_to_slice(self.0, &mut digits).map_err(|_| fmt::Error)?;
        f.write_str("0x")?;
        f.write_str(core::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// The text is not `0x` and 40 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not 0x and 40 hexadecimal digits")]
pub struct NotAnAddress;

impl FromStr for Address {
    type Err = NotAnAddress;

    /// Parses `0x` and 40 hexadecimal digits of either case. The mixed-case checksum of ERC-55 is
    /// neither demanded nor checked: x402 peers disagree about case.
    ///
    /// # Errors
    /// [`NotAnAddress`] for anything else.
    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        hex_array(text).map(Self).ok_or(NotAnAddress)
    }
}

serde_as_text!(Address);

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    const LOWER: &str = "0x036cbd53842c5426634e7929541ec2318f3dcf7e";

    #[test]
    fn case_is_normalised_to_lower() {
        for text in [
            LOWER,
            "0x036CbD53842c5426634e7929541eC2318f3dCF7e",
            "0x036CBD53842C5426634E7929541EC2318F3DCF7E",
        ] {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), LOWER);
        }
    }

    #[test]
    fn refuses_everything_that_is_not_twenty_bytes_after_0x() {
        for text in [
            "",
            "0x",
            "036cbd53842c5426634e7929541ec2318f3dcf7e",
            "0X036cbd53842c5426634e7929541ec2318f3dcf7e",
            &LOWER[..41],
        ] {
            assert_eq!(text.parse::<Address>(), Err(NotAnAddress), "{text}");
        }
        for text in [
            alloc::format!("{LOWER}0"),
            alloc::format!("{LOWER}00"),
            alloc::format!(" {LOWER}"),
            LOWER.replace('c', "g"),
        ] {
            assert_eq!(text.parse::<Address>(), Err(NotAnAddress), "{text}");
        }
    }

    #[test]
    fn json_text_is_the_display_text() {
        let address: Address = LOWER.parse().unwrap();
        let json = serde_json::to_string(&address).unwrap();
        assert_eq!(json, alloc::format!("\"{LOWER}\""));
        assert_eq!(serde_json::from_str::<Address>(&json).unwrap(), address);
    }
}
