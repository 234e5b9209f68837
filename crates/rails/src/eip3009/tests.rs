use alloc::string::{String, ToString as _};

use alloy_sol_types::{Eip712Domain, SolStruct as _, private::U256, sol};
use k256::ecdsa::SigningKey;
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::captured;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn hash(value: &Value) -> Hash32 {
    Hash32(crate::text::hex_array(text(value)).unwrap())
}

fn domain_of(case: &Value) -> Domain {
    let domain = &case["eip712Domain"];
    Domain {
        name: text(&domain["name"]).to_string(),
        version: text(&domain["version"]).to_string(),
        chain: ChainId::new(domain["chainId"].as_u64().unwrap()),
        contract: text(&domain["verifyingContract"]).parse().unwrap(),
    }
}

fn authorization_of(case: &Value) -> Authorization {
    let signed = &case["authorization"];
    Authorization {
        from: text(&signed["from"]).parse().unwrap(),
        to: text(&signed["to"]).parse().unwrap(),
        value: text(&signed["value"]).parse().unwrap(),
        valid_after: text(&signed["validAfter"]).parse().unwrap(),
        valid_before: text(&signed["validBefore"]).parse().unwrap(),
        nonce: hash(&signed["nonce"]),
    }
}

fn captured_signature() -> (Hash32, Signature) {
    let case = &captured::digests()[0];
    (hash(&case["eip712Digest"]), text(&case["signature"]).parse().unwrap())
}

#[test]
fn type_hashes_are_the_hashes_of_the_types() {
    assert_eq!(keccak(&[TYPE.as_bytes()]).0, TYPE_HASH);
    assert_eq!(keccak(&[DOMAIN_TYPE.as_bytes()]).0, DOMAIN_TYPE_HASH);
}

#[test]
fn captured_digests_come_out_exactly_and_recover_their_payer() {
    let cases = captured::digests();
    assert_eq!(cases.len(), 11);
    for case in &cases {
        let authorization = authorization_of(case);
        let digest = digest(&domain_of(case), &authorization);
        assert_eq!(digest, hash(&case["eip712Digest"]), "{}", case["case"]);
        let signer = recover(&digest, &text(&case["signature"]).parse().unwrap());
        if case["case"] == "09-tampered-value" {
            let other = "0xdd2858598d1624d4d62f3b615a8aa7cba7d76060".parse().unwrap();
            assert_eq!(signer, Ok(other));
            assert_ne!(signer, Ok(authorization.from));
        } else {
            assert_eq!(signer, Ok(authorization.from), "{}", case["case"]);
        }
    }
}

#[test]
fn v_is_read_in_both_conventions_and_no_other() {
    let (digest, signature) = captured_signature();
    let signer = recover(&digest, &signature);
    let with_v = |v| {
        let mut bytes = *signature.bytes();
        bytes[64] = v;
        recover(&digest, &Signature::new(bytes))
    };
    assert_eq!(signer.as_ref().err(), None);
    assert_eq!(signature.bytes()[64], 28);
    assert_eq!(with_v(1), signer);
    assert_ne!(with_v(27), signer);
    assert_eq!(with_v(0), with_v(27));
    for v in (2..=26).chain(29..=255) {
        assert_eq!(with_v(v), Err(RecoverError::BadV(v)));
    }
}

#[test]
fn refuses_the_high_s_twin_of_a_good_signature() {
    let (digest, signature) = captured_signature();
    let low = k256::ecdsa::Signature::from_slice(&signature.bytes()[..64]).unwrap();
    let high = k256::ecdsa::Signature::from_scalars(low.r().to_bytes(), (-low.s()).to_bytes()).unwrap();
    let mut twin = [27; 65];
    twin[..64].copy_from_slice(&high.to_bytes());
    assert_eq!(recover(&digest, &Signature::new(twin)), Err(RecoverError::HighS));
}

#[test]
fn refuses_scalars_by_class() {
    const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    const HALF: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";
    const HALF_AND_ONE: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1";
    const ONE: &str = "0000000000000000000000000000000000000000000000000000000000000001";
    const ZERO: &str = "0000000000000000000000000000000000000000000000000000000000000000";
    // 5 is no x coordinate of a point of secp256k1.
    const FIVE: &str = "0000000000000000000000000000000000000000000000000000000000000005";
    let digest = captured_signature().0;
    for (r, s, class) in [
        (ZERO, ONE, RecoverError::Zero),
        (ONE, ZERO, RecoverError::Zero),
        (ZERO, ZERO, RecoverError::Zero),
        (ONE, HALF_AND_ONE, RecoverError::HighS),
        (ONE, ORDER, RecoverError::HighS),
        (ORDER, ONE, RecoverError::LargeR),
        (FIVE, ONE, RecoverError::NoKey),
    ] {
        let signature = alloc::format!("0x{r}{s}1b").parse().unwrap();
        assert_eq!(recover(&digest, &signature), Err(class), "{r} {s}");
    }
    let signature = alloc::format!("0x{ONE}{HALF}1b").parse().unwrap();
    assert_eq!(recover(&digest, &signature).err(), None);
}

#[test]
fn refuses_signatures_of_another_length() {
    for length in [0, 1, 64, 66, 130] {
        assert_eq!(Signature::from_slice(&alloc::vec![1; length]), Err(NotASignature));
        let digits = "01".repeat(length);
        assert_eq!(alloc::format!("0x{digits}").parse::<Signature>(), Err(NotASignature));
    }
    let signature = captured_signature().1;
    assert_eq!(signature.to_string().parse(), Ok(signature));
    assert_eq!(Signature::from_slice(signature.bytes()), Ok(signature));
    assert_eq!(signature.to_string()[2..].parse::<Signature>(), Err(NotASignature));
}

sol! {
    struct TransferWithAuthorization {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }
}

/// The digest as an independent implementation computes it.
fn oracle(domain: &Domain, authorization: &Authorization) -> Hash32 {
    let message = TransferWithAuthorization {
        from: (*authorization.from.bytes()).into(),
        to: (*authorization.to.bytes()).into(),
        value: U256::from(authorization.value.units()),
        validAfter: U256::from(authorization.valid_after),
        validBefore: U256::from(authorization.valid_before),
        nonce: authorization.nonce.0.into(),
    };
    let domain = Eip712Domain {
        name: Some(domain.name.clone().into()),
        version: Some(domain.version.clone().into()),
        chain_id: Some(U256::from(domain.chain.number())),
        verifying_contract: Some((*domain.contract.bytes()).into()),
        salt: None,
    };
    Hash32(message.eip712_signing_hash(&domain).0)
}

prop_compose! {
    fn any_domain()(name in "[ -~]{1,64}", version in "[ -~]{1,64}", chain: u64, contract: [u8; 20]) -> Domain {
        Domain { name, version, chain: ChainId::new(chain), contract: Address::new(contract) }
    }
}

prop_compose! {
    fn any_authorization()(
        from: [u8; 20], to: [u8; 20], value: u128, valid_after: u64, valid_before: u64, nonce: [u8; 32],
    ) -> Authorization {
        Authorization {
            from: Address::new(from),
            to: Address::new(to),
            value: Amount::new(value),
            valid_after,
            valid_before,
            nonce: Hash32(nonce),
        }
    }
}

proptest! {
    #[test]
    fn digests_agree_with_an_independent_implementation(
        domain in any_domain(),
        authorization in any_authorization(),
    ) {
        prop_assert_eq!(digest(&domain, &authorization), oracle(&domain, &authorization));
    }

    #[test]
    fn recovery_names_the_key_that_signed(
        secret in any::<[u8; 32]>().prop_filter_map("a scalar", |bytes| SigningKey::from_slice(&bytes).ok()),
        domain in any_domain(),
        authorization in any_authorization(),
    ) {
        let digest = digest(&domain, &authorization);
        let (scalars, recovery) = secret.sign_prehash_recoverable(digest.bytes());
        let mut bytes = [0; 65];
        bytes[..64].copy_from_slice(&scalars.to_bytes());
        bytes[64] = recovery.to_byte();
        let point = secret.verifying_key().to_sec1_point(false);
        let hash = keccak(&[&point.as_bytes()[1..]]);
        let expected = Address::new(hash.0[12..].try_into().unwrap());
        prop_assert_eq!(recover(&digest, &Signature::new(bytes)), Ok(expected));
    }

    #[test]
    fn recovery_never_panics(digest: [u8; 32], r: [u8; 32], s: [u8; 32], v in prop_oneof![0_u8..2, 27_u8..29, any::<u8>()]) {
        let bytes: alloc::vec::Vec<u8> = r.into_iter().chain(s).chain([v]).collect();
        let _ = recover(&Hash32(digest), &Signature::from_slice(&bytes).unwrap());
    }

    #[test]
    fn text_readers_never_panic(text: String) {
        let _ = text.parse::<Signature>();
        let _ = text.parse::<Asset>();
        let _ = text.parse::<crate::caip::Account>();
    }
}
