//! `schemas/bundle.cddl` says what a bundle is: held against bundles of the decision vectors.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a panic is a failed test")]

use cddl::validate_cbor_from_slice;
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
    let schema = schema();
    let mut held = 0;
    for vector in recipes::decision::all().iter().step_by(120) {
        let entries = bundles::alive(&vector.run(), &keys::log());
        let Some(payment) = bundles::payments(&entries).pop() else { continue };
        let bundle = bundles::bundle(&entries, &keys::log(), &[payment], Some(2)).unwrap();
        validate_cbor_from_slice(&schema, &bundle.to_bytes(), None)
            .unwrap_or_else(|error| panic!("{}: {error}", vector.name));
        held += 1;
    }
    assert!(held >= 2, "{held}");
    let toothless = validate_cbor_from_slice(&schema, &[0xa1, 0x01, 0x81, 0x00], None);
    assert!(matches!(toothless, Err(error) if !error.to_string().is_empty()), "the schema has no teeth");
}
