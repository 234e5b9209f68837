use alloc::string::ToString as _;

use super::*;

const USDC: &str = "0x036CbD53842c5426634e7929541eC2318f3dCF7e";

#[test]
fn every_form_reads_back_in_lower_case() {
    let account = alloc::format!("eip155:84532:{USDC}").parse::<Account>().unwrap();
    assert_eq!(account.to_string(), "eip155:84532:0x036cbd53842c5426634e7929541ec2318f3dcf7e");
    assert_eq!(account.to_string().parse(), Ok(account));

    let asset = alloc::format!("eip155:84532/erc20:{USDC}").parse::<Asset>().unwrap();
    assert_eq!(asset.to_string(), "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e");
    assert_eq!(asset.to_string().parse(), Ok(asset));

    assert_eq!("eip155:18446744073709551615".parse(), Ok(ChainId::new(u64::MAX)));
    assert_eq!(account.chain, ChainId::new(84532));
}

#[test]
fn refuses_chains_by_class() {
    for (text, class) in [
        ("", CaipError::Namespace),
        ("84532", CaipError::Namespace),
        ("base-sepolia", CaipError::Namespace),
        ("EIP155:84532", CaipError::Namespace),
        ("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", CaipError::Namespace),
        ("eip155:", CaipError::ChainId),
        ("eip155:084532", CaipError::ChainId),
        ("eip155:+1", CaipError::ChainId),
        ("eip155: 1", CaipError::ChainId),
        ("eip155:0x1", CaipError::ChainId),
        ("eip155:18446744073709551616", CaipError::ChainId),
    ] {
        assert_eq!(text.parse::<ChainId>(), Err(class), "{text}");
    }
}

#[test]
fn refuses_accounts_by_class() {
    for (text, class) in [
        ("", CaipError::Form),
        ("eip155:84532", CaipError::Form),
        ("solana:5eykt4:0x036cbd53842c5426634e7929541ec2318f3dcf7e", CaipError::Namespace),
        ("eip155:01:0x036cbd53842c5426634e7929541ec2318f3dcf7e", CaipError::ChainId),
        ("eip155:1:2:0x036cbd53842c5426634e7929541ec2318f3dcf7e", CaipError::ChainId),
        ("eip155:1:0x036cbd", CaipError::Address),
    ] {
        assert_eq!(text.parse::<Account>(), Err(class), "{text}");
    }
}

#[test]
fn refuses_assets_by_class() {
    for (text, class) in [
        ("", CaipError::Form),
        ("eip155:1:0x036cbd53842c5426634e7929541ec2318f3dcf7e", CaipError::Form),
        ("cosmos:1/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", CaipError::Namespace),
        ("eip155:00/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e", CaipError::ChainId),
        ("eip155:1/slip44:60", CaipError::AssetNamespace),
        ("eip155:1/erc721:0x036cbd53842c5426634e7929541ec2318f3dcf7e", CaipError::AssetNamespace),
        ("eip155:1/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e/1", CaipError::Address),
    ] {
        assert_eq!(text.parse::<Asset>(), Err(class), "{text}");
    }
}

#[test]
fn json_text_is_the_display_text() {
    let asset: Asset = alloc::format!("eip155:84532/erc20:{USDC}").parse().unwrap();
    let json = serde_json::to_string(&asset).unwrap();
    assert_eq!(serde_json::from_str::<Asset>(&json).unwrap(), asset);
    assert!(serde_json::from_str::<ChainId>("\"solana:1\"").unwrap_err().to_string().contains("eip155"));
}
