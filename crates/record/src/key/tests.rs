//! Keys by their encoding, RFC 8032's signatures, vkeys and thumbprints.

use alloc::string::ToString as _;
use alloc::vec;

use ciborium::Value;
use ed25519_dalek::{Signer as _, SigningKey};

use super::*;
use crate::codec::{Class, Wire as _};

fn array<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).unwrap().try_into().unwrap()
}

fn key(byte: u8) -> PublicKey {
    PublicKey::from_bytes(SigningKey::from_bytes(&[byte; 32]).verifying_key().to_bytes()).unwrap()
}

/// RFC 8032 section 7.1, tests 1 to 3: secret, public, message, signature.
const RFC_8032: [[&str; 4]; 3] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd\
         25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c38\
         7b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a\
         7c15e9716ed28dc027beceea1ec40a",
    ],
];

#[test]
fn accepts_the_signatures_of_rfc_8032() {
    for [_, public, message, signature] in RFC_8032 {
        let key = PublicKey::from_bytes(array(public)).unwrap();
        let message = hex::decode(message).unwrap();
        assert!(key.verify(&message, &array(signature)), "{public}");
    }
}

#[test]
fn refuses_each_part_of_a_signature_changed() {
    let [_, public, message, signature] = RFC_8032[1];
    let (signer, message) = (PublicKey::from_bytes(array(public)).unwrap(), hex::decode(message).unwrap());
    let signature: [u8; 64] = array(signature);
    for position in 0..64 {
        for bit in 0..8 {
            let mut changed = signature;
            changed[position] ^= 1 << bit;
            assert!(!signer.verify(&message, &changed), "bit {bit} of byte {position}");
        }
    }
    assert!(!signer.verify(&[0x73], &signature));
    assert!(!signer.verify(&[0x72, 0], &signature));
    assert!(!key(1).verify(&message, &signature));
}

#[test]
fn refuses_s_at_and_above_the_group_order() {
    let [_, public, message, signature] = RFC_8032[0];
    let key = PublicKey::from_bytes(array(public)).unwrap();
    let mut changed: [u8; 64] = array(signature);
    let order: [u8; 32] = array("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0;
    for (s, l) in changed[32..].iter_mut().zip(order) {
        let sum = u16::from(*s) + u16::from(l) + carry;
        *s = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    assert!(!key.verify(&hex::decode(message).unwrap(), &changed), "S + L");
    changed[32..].copy_from_slice(&order);
    assert!(!key.verify(&hex::decode(message).unwrap(), &changed), "L");
}

/// 32 bytes that hold `low` in the first, `middle` in all others, and the sign.
fn encoding(low: u8, middle: u8, sign: bool) -> [u8; 32] {
    ending(low, middle, middle & 0x7f, sign)
}

/// As [`encoding`], with `high` in the lower seven bits of the last byte.
fn ending(low: u8, middle: u8, high: u8, sign: bool) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = low;
    bytes[31] = high | if sign { 0x80 } else { 0 };
    bytes
}

#[test]
fn a_key_is_canonical_exactly_where_decoding_and_encoding_gives_the_same_bytes() {
    let (mut on_curve, mut twice) = (0, 0);
    let ends = [0, 1, 0x7e, 0x7f].into_iter().flat_map(|high| [(high, false), (high, true)]);
    let lasts = ends.flat_map(|end| [0, 1, 0xfe, 0xff].map(|middle| (middle, end)));
    for (middle, (high, sign)) in lasts {
        for low in 0..=255 {
            let bytes = ending(low, middle, high, sign);
            let point = CompressedEdwardsY(bytes).decompress();
            let expected = match point {
                None => Err(KeyError::NotCanonical),
                Some(point) if point.compress().0 != bytes => Err(KeyError::NotCanonical),
                Some(point) if point.is_small_order() => Err(KeyError::SmallOrder),
                Some(_) => Ok(bytes),
            };
            on_curve += usize::from(expected.is_ok());
            twice += usize::from(point.is_some() && expected == Err(KeyError::NotCanonical));
            let key = PublicKey::from_bytes(bytes).map(|key| *key.bytes());
            assert_eq!(key, expected, "{}", hex::encode(bytes));
        }
    }
    assert!(on_curve > 4_000, "{on_curve}");
    // A y of p and more, and a sign where x is zero, decode and are not how their point is written.
    assert!(twice > 10, "{twice}");
}

#[test]
fn refuses_the_identity_and_minus_zero() {
    let order_two = encoding(0xec, 0xff, false);
    assert_eq!(PublicKey::from_bytes(encoding(1, 0, false)), Err(KeyError::SmallOrder));
    assert_eq!(PublicKey::from_bytes(encoding(1, 0, true)), Err(KeyError::NotCanonical));
    assert_eq!(PublicKey::from_bytes(order_two), Err(KeyError::SmallOrder));
    assert_eq!(PublicKey::from_bytes(encoding(0xec, 0xff, true)), Err(KeyError::NotCanonical));
    assert_eq!(PublicKey::from_bytes(encoding(0xed, 0xff, false)), Err(KeyError::NotCanonical));
    assert_eq!(PublicKey::from_bytes(encoding(2, 0, false)), Err(KeyError::NotCanonical), "off the curve");
}

const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

#[test]
fn reads_and_writes_the_vkey_of_the_signed_note_specification() {
    let named: NamedKey = VKEY.parse().unwrap();
    assert_eq!(named.name().as_str(), "example.com/foo");
    assert_eq!(named.key_id(), [0x53, 0x0d, 0x90, 0x3a]);
    assert_eq!(named.to_string(), VKEY);
    assert_eq!(NamedKey::new(named.name().clone(), *named.key()), Ok(named.clone()));
    assert_eq!(serde_json::to_string(&named).unwrap(), serde_json::to_string(VKEY).unwrap());
    assert_eq!(serde_json::from_str::<NamedKey>(&serde_json::to_string(VKEY).unwrap()).unwrap(), named);
}

#[test]
fn refuses_vkeys_by_their_defect() {
    let with_key = |name: &str, typed: &[u8]| format!("{name}+530d903a+{}", STANDARD.encode(typed));
    let typed = |byte: u8| {
        let mut typed = vec![ED25519];
        typed.extend(encoding(byte, 0, false));
        typed
    };
    let long = "x".repeat(129);
    let another_type = {
        let mut typed = typed(3);
        typed[0] = 2;
        typed
    };
    let cases = [
        ("", VkeyError::Form),
        ("example.com/foo", VkeyError::Form),
        ("example.com/foo+530d903a", VkeyError::Form),
        ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VkeyError::Name),
        ("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", VkeyError::Name),
        (&VKEY.replace("example.com/foo", &long), VkeyError::Name),
        ("example.com/foo+530d903a+", VkeyError::Encoding),
        ("example.com/foo+530d903a+AQ==", VkeyError::Encoding),
        (&format!("{VKEY}="), VkeyError::Encoding),
        (&format!("{VKEY}\n"), VkeyError::Encoding),
        (&VKEY.replace("3U2k", "3U2"), VkeyError::Encoding),
        (&VKEY.replacen("foo+", "foo+a+", 1), VkeyError::Encoding),
        (&VKEY.replace("Aeky", "Ae-y"), VkeyError::Encoding),
        (&with_key("example.com/foo", &another_type), VkeyError::Encoding),
        (&with_key("example.com/foo", &typed(3)[..32]), VkeyError::Encoding),
        (&VKEY.replace("foo", "fop"), VkeyError::Hash),
        (&VKEY.replace("530d903a", "530d903b"), VkeyError::Hash),
        (&VKEY.replace("530d903a", "530D903A"), VkeyError::Hash),
        (&VKEY.replace("530d903a", ""), VkeyError::Hash),
        (&with_key("example.com/foo", &typed(1)), VkeyError::Key(KeyError::SmallOrder)),
        (&with_key("example.com/foo", &typed(2)), VkeyError::Key(KeyError::NotCanonical)),
    ];
    for (text, error) in cases {
        assert_eq!(text.parse::<NamedKey>(), Err(error), "{text}");
    }
    assert_eq!(NamedKey::new("a+b".parse().unwrap(), key(1)), Err(VkeyError::Name));
}

#[test]
fn a_vkey_on_the_wire_is_its_text() {
    let named: NamedKey = VKEY.parse().unwrap();
    let bytes = named.to_bytes();
    assert_eq!(bytes.split_at(2), (&[0x78, 69][..], VKEY.as_bytes()));
    assert_eq!(NamedKey::from_bytes(&bytes), Ok(named));
    let mut changed = bytes.clone();
    changed[2] ^= 1;
    assert_eq!(NamedKey::from_bytes(&changed), Err(Class::OutOfRange.at(0)));
}

#[test]
fn the_longest_name_makes_a_vkey_that_can_be_read() {
    let named = NamedKey::new("x".repeat(128).parse().unwrap(), key(1)).unwrap();
    assert_eq!(NamedKey::from_bytes(&named.to_bytes()), Ok(named));
}

#[test]
fn a_thumbprint_hashes_the_required_parameters_of_the_cose_key() {
    let key = key(5);
    let x = Value::Bytes(key.bytes().to_vec());
    let required = [(1, Value::from(1)), (-1, Value::from(6)), (-2, x)];
    let map = Value::Map(required.map(|(label, value)| (Value::from(label), value)).to_vec());
    let mut bytes = Vec::new();
    ciborium::into_writer(&map, &mut bytes).unwrap();
    assert_eq!(key.thumbprint(), Hash32::of(&[&bytes]));
}

#[test]
fn keys_are_ordered_by_their_bytes() {
    let (a, b) = (key(1), key(2));
    assert_eq!(a.cmp(&b), a.bytes().cmp(b.bytes()));
    assert_eq!((a < b, a > b), (a.bytes() < b.bytes(), a.bytes() > b.bytes()));
}

#[test]
fn a_signature_verifies_under_the_key_that_made_it_alone() {
    let (a, b) = (key(1), key(2));
    assert_ne!(a, b);
    let signature = SigningKey::from_bytes(&[1; 32]).sign(b"x").to_bytes();
    assert!(a.verify(b"x", &signature) && !b.verify(b"x", &signature));
}
