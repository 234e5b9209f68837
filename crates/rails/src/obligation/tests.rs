use alloc::string::{String, ToString as _};

use proptest::prelude::*;

use super::*;

const BY_TOKEN: &str = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e\
                        :0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\
                        :0xe8d91d1143035c553d22b23bb3816f47d62c6e30af537e7523c38ff29b221138";

const BY_PERMIT2: &str = "eip155:84532/permit2\
                          :0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266\
                          :0x109f7a0e49747585cbd67af257ea9dab6e29ce09d084752a55dc62bd9516ef66";

fn nonce(text: &str) -> Hash32 {
    Hash32(hex_array(text.rsplit_once(':').unwrap().1).unwrap())
}

#[test]
fn each_obligation_key_has_one_text() {
    let from = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266".parse().unwrap();
    let asset: Asset = "eip155:84532/erc20:0x036cbd53842c5426634e7929541ec2318f3dcf7e".parse().unwrap();
    for (key, text) in [
        (ObligationKey::Eip3009 { asset, from, nonce: nonce(BY_TOKEN) }, BY_TOKEN),
        (ObligationKey::Permit2 { chain: asset.chain, from, nonce: nonce(BY_PERMIT2) }, BY_PERMIT2),
    ] {
        assert_eq!(key.to_string(), text);
        assert_eq!(text.parse(), Ok(key));
        assert_eq!(text.replace("0xf39fd6", "0xF39FD6").parse(), Ok(key));
        assert_eq!((key.chain(), key.from(), key.nonce()), (asset.chain, from, nonce(text)));
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(json, alloc::format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<ObligationKey>(&json).unwrap(), key);
    }
}

#[test]
fn refuses_every_other_text() {
    for broken in [
        "",
        "::",
        &BY_TOKEN[..BY_TOKEN.len() - 1],
        &BY_TOKEN.replace("erc20", "erc721"),
        &BY_TOKEN.replace(":0xf39f", ":f39f"),
        &BY_PERMIT2[..BY_PERMIT2.len() - 1],
        &BY_PERMIT2.replace("permit2", "permit"),
        &BY_PERMIT2.replace("/permit2", "permit2"),
        &BY_PERMIT2.replace("/permit2", "/permit2/permit2"),
        &BY_PERMIT2.replace("/permit2", "/erc20:/permit2"),
        &BY_PERMIT2.replace("permit2", "permit2:0x036cbd53842c5426634e7929541ec2318f3dcf7e"),
        &BY_PERMIT2.replace("84532", "084532"),
        &BY_PERMIT2.replace("eip155", "solana"),
    ] {
        assert_eq!(broken.parse::<ObligationKey>(), Err(NotAnObligationKey), "{broken}");
    }
}

#[test]
fn a_slot_is_the_hash_of_its_label_and_the_leaf() {
    let leaf = Hash32([0xab; 32]);
    let mut preimage = b"counterfoil/obligation/1\0".to_vec();
    preimage.extend([0xab; 32]);
    assert_eq!(slot(&leaf), Hash32::of(&[&preimage]));
    assert_eq!(slot(&leaf).to_string(), "28554d701269ff7bd75f81d1c9c95e5b5569703a1b83e0a3740b13619844a3cd");
    assert_ne!(slot(&Hash32([0; 32])), slot(&leaf));
}

proptest! {
    #[test]
    fn every_key_reads_back(chain: u64, token: Option<[u8; 20]>, from: [u8; 20], nonce: [u8; 32]) {
        let (chain, from, nonce) = (ChainId::new(chain), Address::new(from), Hash32(nonce));
        let key = match token.map(Address::new) {
            Some(contract) => ObligationKey::Eip3009 { asset: Asset { chain, contract }, from, nonce },
            None => ObligationKey::Permit2 { chain, from, nonce },
        };
        prop_assert_eq!(key.to_string().parse(), Ok(key));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text: String, cut: prop::sample::Index) {
        let _ = text.parse::<ObligationKey>();
        let spliced = alloc::format!("{}{text}", &BY_PERMIT2[..cut.index(BY_PERMIT2.len())]);
        let _ = spliced.parse::<ObligationKey>();
    }
}
