//! The chain of a `network` field: a CAIP-2 id in version 2, a plain name in version 1.

use super::{Feature, NAME_LIMIT, ParseError, Version};
use crate::caip::{CaipError, ChainId};
use crate::json::Field;

/// The EVM chains that version 1 has names for, as npm package `x402` 1.2.0 knows them.
const NAMES: [(&str, ChainId); 15] = [
    ("abstract", ChainId::new(2741)),
    ("abstract-testnet", ChainId::new(11_124)),
    ("avalanche", ChainId::new(43_114)),
    ("avalanche-fuji", ChainId::new(43_113)),
    ("base", ChainId::new(8453)),
    ("base-sepolia", ChainId::new(84_532)),
    ("educhain", ChainId::new(41_923)),
    ("iotex", ChainId::new(4689)),
    ("peaq", ChainId::new(3338)),
    ("polygon", ChainId::new(137)),
    ("polygon-amoy", ChainId::new(80_002)),
    ("sei", ChainId::new(1329)),
    ("sei-testnet", ChainId::new(1328)),
    ("skale-base-sepolia", ChainId::new(324_705_682)),
    ("story", ChainId::new(1514)),
];

/// The chains outside `eip155` that version 1 has names for.
const OTHER_NAMES: [&str; 2] = ["solana", "solana-devnet"];

/// The chain of a message of `version`.
pub(super) fn network(version: Version, field: Field<'_>) -> Result<ChainId, ParseError> {
    let text = field.text()?;
    match version {
        Version::V1 if text.contains(':') => Err(BAD),
        Version::V2 if !text.contains(':') => Err(BAD),
        Version::V1 | Version::V2 => either(field),
    }
}

/// The chain in either form; they cannot be confused, since a name has no colon.
pub(super) fn either(field: Field<'_>) -> Result<ChainId, ParseError> {
    let text = field.text()?;
    if text.contains(':') {
        return text.parse().map_err(|error| match error {
            CaipError::Namespace => ParseError::refused(Feature::NonEvmNetwork),
            _ => BAD,
        });
    }
    let name = field.name(NAME_LIMIT)?;
    if OTHER_NAMES.contains(&name.as_str()) {
        return Err(ParseError::refused(Feature::NonEvmNetwork));
    }
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known.map(|(_, chain)| *chain).ok_or(ParseError::refused(Feature::UnknownNetwork))
}

const BAD: ParseError = ParseError::BadField("network");
