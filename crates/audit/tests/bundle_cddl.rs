//! `schemas/bundle.cddl` says what a bundle is: held against bundles of the decision vectors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a failed test")]

use cddl::cddl_from_str;
use cddl::validator::Validator as _;
use cddl::validator::cbor::{self, CBORValidator};
use cddl::validator::cbor_value::decode_cbor;
use counterfoil_record::codec::Wire as _;
use counterfoil_testkit::{bundles, keys, recipes};

/// The three schemas, with the rule to hold against first. The validator does not anchor regular expressions.
fn schema() -> String {
    let (wire, state, bundle) = (
        include_str!("../../../schemas/counterfoil.cddl"),
        include_str!("../../../schemas/state.cddl"),
        include_str!("../../../schemas/bundle.cddl"),
    );
    let id = "[A-Za-z0-9._:/@+-]{1,128}";
    let wire = wire.replace(&format!("\"{id}\""), &format!("\"^{id}$\""));
    format!("root = bundle\n{bundle}\n{state}\n{wire}")
}

#[test]
fn bundles_are_what_the_schema_says() {
    let text = schema();
    // Reading the schema takes longer than holding anything against it.
    let schema = cddl_from_str(&text, true).unwrap();
    let validate = |bytes: &[u8]| CBORValidator::new(&schema, decode_cbor(bytes).unwrap(), None).validate();
    let mut held = 0;
    for vector in recipes::decision::all().iter().step_by(20) {
        let entries = bundles::alive(&vector.run(), &keys::log());
        let Some(payment) = bundles::payments(&entries).pop() else { continue };
        let bundle = bundles::bundle(&entries, &keys::log(), &[payment], Some(2)).unwrap();
        validate(&bundle.to_bytes()).unwrap_or_else(|error| panic!("{}: {error}", vector.name));
        held += 1;
    }
    assert!(held >= 10, "{held}");
    let toothless = validate(&[0xa1, 0x01, 0x81, 0x00]);
    assert!(matches!(toothless, Err(cbor::Error::Validation(_))), "the schema has no teeth");
}
