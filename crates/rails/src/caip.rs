//! Names for chains, accounts and assets that hold across chains (CAIP-2, CAIP-10, CAIP-19).
//!
//! Only the `eip155` namespace, and only `erc20` assets:
//!
//! ```text
//! chain     eip155:84532
//! account   eip155:84532:0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc
//! asset     eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e
//! ```
//!
//! The chain's number is a decimal without sign or leading zero. Addresses are read in either case and
//! written in lower case, so that one thing has one text.

use core::fmt;
use core::str::FromStr;

use crate::address::Address;
use crate::text::{is_canonical_decimal, serde_as_text};

#[cfg(test)]
mod tests;

const NAMESPACE: &str = "eip155:";
const ERC20: &str = "erc20:";

/// Why a text is no chain, account or asset of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaipError {
    /// The chain's namespace is not `eip155`.
    #[error("the namespace is not eip155")]
    Namespace,
    /// The chain's number is not a canonical decimal below 2^64.
    #[error("the chain id is not a canonical decimal below 2^64")]
    ChainId,
    /// The parts are not separated as the form demands.
    #[error("a part is missing")]
    Form,
    /// The asset's namespace is not `erc20`.
    #[error("the asset namespace is not erc20")]
    AssetNamespace,
    /// The address is not `0x` and 40 hexadecimal digits.
    #[error("the address is not 0x and 40 hexadecimal digits")]
    Address,
}

/// An EVM chain by its EIP-155 number, `0..=2^64-1`; as text the CAIP-2 id `eip155:<decimal>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChainId(u64);

impl ChainId {
    /// The chain with this EIP-155 number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The EIP-155 number.
    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ChainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NAMESPACE}{}", self.0)
    }
}

impl FromStr for ChainId {
    type Err = CaipError;

    /// Parses `eip155:<decimal>`.
    ///
    /// # Errors
    /// [`CaipError::Namespace`], [`CaipError::ChainId`].
    fn from_str(text: &str) -> Result<Self, CaipError> {
        let number = text.strip_prefix(NAMESPACE).ok_or(CaipError::Namespace)?;
        if !is_canonical_decimal(number) {
            return Err(CaipError::ChainId);
        }
        number.parse().map(Self).map_err(|_| CaipError::ChainId)
    }
}

/// An account on a chain (CAIP-10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    /// The chain.
    pub chain: ChainId,
    /// The account's address there.
    pub address: Address,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.chain, self.address)
    }
}

impl FromStr for Account {
    type Err = CaipError;

    /// Parses `eip155:<decimal>:0x<40 hex>`, the address in either case.
    ///
    /// # Errors
    /// [`CaipError::Form`] without a second colon, otherwise [`CaipError::Namespace`],
    /// [`CaipError::ChainId`], [`CaipError::Address`].
    fn from_str(text: &str) -> Result<Self, CaipError> {
        let (chain, address) = text.rsplit_once(':').ok_or(CaipError::Form)?;
        if !chain.contains(':') {
            return Err(CaipError::Form);
        }
        Ok(Self { chain: chain.parse()?, address: address.parse().map_err(|_| CaipError::Address)? })
    }
}

/// A fungible token: an ERC-20 contract on a chain (CAIP-19, asset namespace `erc20`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asset {
    /// The chain.
    pub chain: ChainId,
    /// The token's contract there.
    pub contract: Address,
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{ERC20}{}", self.chain, self.contract)
    }
}

impl FromStr for Asset {
    type Err = CaipError;

    /// Parses `eip155:<decimal>/erc20:0x<40 hex>`, the address in either case.
    ///
    /// # Errors
    /// [`CaipError::Form`] without a slash, otherwise [`CaipError::Namespace`], [`CaipError::ChainId`],
    /// [`CaipError::AssetNamespace`], [`CaipError::Address`].
    fn from_str(text: &str) -> Result<Self, CaipError> {
        let (chain, asset) = text.split_once('/').ok_or(CaipError::Form)?;
        let chain = chain.parse()?;
        let contract = asset.strip_prefix(ERC20).ok_or(CaipError::AssetNamespace)?;
        Ok(Self { chain, contract: contract.parse().map_err(|_| CaipError::Address)? })
    }
}

serde_as_text!(ChainId);
serde_as_text!(Account);
serde_as_text!(Asset);
