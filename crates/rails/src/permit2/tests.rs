use alloc::string::{String, ToString as _};

use alloy_sol_types::{Eip712Domain, SolStruct as _, private::U256};
use proptest::prelude::*;

use super::*;
use crate::captured;
use crate::eip3009::recover;
use crate::x402::{PaymentPayload, Signed};

#[test]
fn addresses_are_those_of_the_contracts() {
    for (address, text) in [
        (CONTRACT, "0x000000000022D473030F116dDEE9F6B43aC78BA3"),
        (EXACT_PROXY, "0x402085c248EeA27D92E8b30b2C58ed07f9E20001"),
        (UPTO_PROXY, "0x4020A4f3b7b90ccA423B9fabCc0CE57C6C240002"),
    ] {
        assert_eq!(Ok(address), text.parse(), "{text}");
    }
}

#[test]
fn captured_permits_recover_their_payer_and_only_with_their_own_witness() {
    let mut seen = 0;
    for (name, _, payload) in captured::other_schemes() {
        let proxy = match name.as_str() {
            "upto" => UPTO_PROXY,
            "exact-permit2" => EXACT_PROXY,
            _ => continue,
        };
        let payload = PaymentPayload::parse(payload.to_string().as_bytes()).unwrap();
        let Signed::Permit2(transfer) = payload.signed() else { panic!("{name} is a permit") };
        let signer = |chain, transfer| recover(&digest(ChainId::new(chain), transfer), payload.signature());
        assert_eq!(transfer.spender, proxy, "{name}");
        assert_eq!(signer(84532, transfer), Ok(transfer.from), "{name}");
        assert_ne!(signer(8453, transfer), Ok(transfer.from), "{name}");
        let facilitator = match transfer.facilitator {
            None => Some(transfer.to),
            Some(_) => None,
        };
        let other = Permit2Transfer { facilitator, ..*transfer };
        assert_ne!(signer(84532, &other), Ok(transfer.from), "{name}");
        seen += 1;
    }
    assert_eq!(seen, 2);
}

#[test]
fn nonces_are_read_up_to_the_last_of_256_bits() {
    const LARGEST: &str = "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    let mut byte_256 = [0; 32];
    byte_256[30] = 1;
    for (text, word) in [("0", [0; 32]), ("256", byte_256), (LARGEST, [0xff; 32])] {
        assert_eq!(decode_nonce(text), Ok(Hash32(word)), "{text}");
        assert_eq!(encode_nonce(&Hash32(word)), text);
    }
    let long = "9".repeat(10_000);
    for (text, class) in [
        (LARGEST.replace("935", "936").as_str(), NotANonce::OutOfRange),
        (alloc::format!("{LARGEST}0").as_str(), NotANonce::OutOfRange),
        (&long, NotANonce::OutOfRange),
        ("", NotANonce::Form),
        ("00", NotANonce::Form),
        ("01", NotANonce::Form),
        ("+1", NotANonce::Form),
        ("-1", NotANonce::Form),
        ("1 ", NotANonce::Form),
        ("0x1", NotANonce::Form),
        ("1e9", NotANonce::Form),
        ("\u{661}", NotANonce::Form),
    ] {
        assert_eq!(decode_nonce(text), Err(class), "{text}");
    }
}

mod exact {
    alloy_sol_types::sol! {
        struct TokenPermissions { address token; uint256 amount; }
        struct Witness { address to; uint256 validAfter; }
        struct PermitWitnessTransferFrom {
            TokenPermissions permitted;
            address spender;
            uint256 nonce;
            uint256 deadline;
            Witness witness;
        }
    }
}

mod upto {
    alloy_sol_types::sol! {
        struct TokenPermissions { address token; uint256 amount; }
        struct Witness { address to; address facilitator; uint256 validAfter; }
        struct PermitWitnessTransferFrom {
            TokenPermissions permitted;
            address spender;
            uint256 nonce;
            uint256 deadline;
            Witness witness;
        }
    }
}

/// The digest as an independent implementation computes it.
fn oracle(chain: ChainId, transfer: &Permit2Transfer) -> Hash32 {
    let domain = Eip712Domain {
        name: Some("Permit2".into()),
        version: None,
        chain_id: Some(U256::from(chain.number())),
        verifying_contract: Some((*CONTRACT.bytes()).into()),
        salt: None,
    };
    let (token, to) = ((*transfer.token.bytes()).into(), (*transfer.to.bytes()).into());
    let (amount, valid_after) = (U256::from(transfer.amount.units()), U256::from(transfer.valid_after));
    let (spender, deadline) = ((*transfer.spender.bytes()).into(), U256::from(transfer.deadline));
    let nonce = U256::from_be_bytes(transfer.nonce.0);
    let digest = match transfer.facilitator {
        None => exact::PermitWitnessTransferFrom {
            permitted: exact::TokenPermissions { token, amount },
            spender,
            nonce,
            deadline,
            witness: exact::Witness { to, validAfter: valid_after },
        }
        .eip712_signing_hash(&domain),
        Some(facilitator) => upto::PermitWitnessTransferFrom {
            permitted: upto::TokenPermissions { token, amount },
            spender,
            nonce,
            deadline,
            witness: upto::Witness {
                to,
                facilitator: (*facilitator.bytes()).into(),
                validAfter: valid_after,
            },
        }
        .eip712_signing_hash(&domain),
    };
    Hash32(digest.0)
}

prop_compose! {
    fn any_transfer()(
        from: [u8; 20], token: [u8; 20], amount: u128, spender: [u8; 20], nonce: [u8; 32], deadline: u64,
        to: [u8; 20], facilitator: Option<[u8; 20]>, valid_after: u64,
    ) -> Permit2Transfer {
        Permit2Transfer {
            from: Address::new(from),
            token: Address::new(token),
            amount: Amount::new(amount),
            spender: Address::new(spender),
            nonce: Hash32(nonce),
            deadline,
            to: Address::new(to),
            facilitator: facilitator.map(Address::new),
            valid_after,
        }
    }
}

proptest! {
    #[test]
    fn digests_agree_with_an_independent_implementation(chain: u64, transfer in any_transfer()) {
        let chain = ChainId::new(chain);
        prop_assert_eq!(digest(chain, &transfer), oracle(chain, &transfer));
    }

    #[test]
    fn nonces_agree_with_an_independent_implementation(
        word: [u8; 32],
        zeros in prop_oneof![Just(0_usize), 0..33_usize],
    ) {
        let mut word = word;
        word[..zeros].fill(0);
        let text = U256::from_be_bytes(word).to_string();
        prop_assert_eq!(encode_nonce(&Hash32(word)), text.clone());
        prop_assert_eq!(decode_nonce(&text), Ok(Hash32(word)));
    }

    #[test]
    fn numbers_around_the_limit_are_read_or_refused_as_they_should(text in "[1-9][0-9]{76,78}") {
        let expected = text.parse::<U256>().map(|number| Hash32(number.to_be_bytes()));
        prop_assert_eq!(decode_nonce(&text), expected.map_err(|_| NotANonce::OutOfRange));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text: String) {
        let _ = decode_nonce(&text);
    }
}
