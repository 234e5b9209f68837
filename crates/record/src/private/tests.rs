//! What a commitment commits to, and which commitments an input carries.

use alloc::collections::BTreeSet;
use alloc::string::ToString as _;
use alloc::vec;

use super::*;
use crate::input::{
    Abort, Bind, Enclosed, Erase, Fail, OpenRun, Pay, Refund, Resume, Scope, Signed, Suspend, Unknown,
    WriteOff,
};
use crate::text::{Fixed, Octets};
use crate::{Amount, Index, Input};

fn private(kind: PrivateKind, salt: u8, value: &[u8]) -> Private {
    Private { kind, salt: Fixed([salt; 16]), value: Octets::try_from(value.to_vec()).unwrap() }
}

#[test]
fn a_commitment_hashes_tag_kind_salt_and_value() {
    let committed = private(PrivateKind::PaymentRequired, 0x11, b"{}").commitment();
    let mut input = b"counterfoil/private/payment-required\0".to_vec();
    input.extend([0x11; 16]);
    input.extend(b"{}");
    assert_eq!(committed.0, Hash32::of(&[&input]));
    // sha256("counterfoil/private/purpose" || 0x00 || 16 zero bytes), computed elsewhere.
    let empty = private(PrivateKind::Purpose, 0, b"").commitment();
    assert_eq!(empty.0.to_string(), "a468864939231a078fefd2336aba6ece15ad4e2c1271d431f66adcf8e33c8221");
}

#[test]
fn a_commitment_changes_with_kind_salt_and_value() {
    let mut seen = BTreeSet::new();
    for kind in PrivateKind::ALL {
        for salt in [0, 1] {
            for value in [&b""[..], b"\0", b"a", b"b", b"a\0"] {
                assert!(seen.insert(private(*kind, salt, value).commitment()), "{kind} {salt} {value:?}");
            }
        }
    }
    assert_eq!(seen.len(), 5 * 2 * 5);
    let one_bit = Private {
        salt: Fixed([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
        ..private(PrivateKind::Reason, 0, b"a")
    };
    assert!(seen.insert(one_bit.commitment()));
}

#[test]
fn a_private_value_is_read_back_as_it_was_written() {
    for kind in PrivateKind::ALL {
        let value = private(*kind, 9, b"why");
        assert_eq!(Private::from_bytes(&value.to_bytes()), Ok(value.clone()));
    }
}

fn commitment(byte: u8) -> Commitment {
    Commitment(Hash32([byte; 32]))
}

fn pay(query: Option<Commitment>, purpose: Option<Commitment>) -> Input {
    Input::Pay(Pay {
        run: Index::new(1),
        part: None,
        item: None,
        key: "k".parse().unwrap(),
        requirements: Enclosed::within(0, b""),
        required: commitment(1),
        offered: None,
        resource: crate::Text::default(),
        query,
        wallet: "w".parse().unwrap(),
        category: None,
        purpose,
        compensation: None,
        request: None,
        overrides: vec![],
    })
}

fn bind() -> Input {
    Input::Bind(Bind {
        payment: Index::new(1),
        signed: Signed::Eip3009(crate::input::Authorization {
            from: Fixed([1; 20]),
            to: Fixed([2; 20]),
            value: Amount::ZERO,
            valid_after: 0,
            valid_before: 0,
            nonce: Hash32([3; 32]),
        }),
        signature: Fixed([0; 65]),
        payload: commitment(1),
    })
}

#[test]
fn the_commitments_of_an_input_are_listed_in_the_order_of_its_fields() {
    use PrivateKind::{PaymentPayload, PaymentRequired, Purpose, Query, Reason};
    let (index, some) = (Index::new(1), Some(commitment(1)));
    let run = |purpose| {
        let [id, agent, principal] = ["r", "a", "p"].map(|name| name.parse().unwrap());
        Input::OpenRun(OpenRun { id, agent, principal, purpose, parent: None, mandate: None })
    };
    let abort = |reason| Input::Abort(Abort { transaction: index, reason });
    let fail = |reason| Input::Fail(Fail { payment: index, evidence: None, reason });
    let unknown = |reason| Input::Unknown(Unknown { payment: index, reason });
    let scope = Scope { agent: None, run: None, payee: None, asset: None };
    let suspend = |reason| Input::Suspend(Suspend { scope: scope.clone(), reason, statements: vec![] });
    let resume = |reason| Input::Resume(Resume { scope: scope.clone(), reason, statements: vec![] });
    let amount = Amount::ZERO;
    let refund = |reason| Input::Refund(Refund { payment: index, amount, evidence: None, reason });
    let write_off = |reason| Input::WriteOff(WriteOff { payment: index, amount, statements: vec![], reason });
    let erase =
        |reason| Input::Erase(Erase { record: index, commitment: commitment(9), statements: vec![], reason });
    let first = commitment(1);
    for (input, expected) in [
        (run(None), vec![]),
        (run(some), vec![(Purpose, first)]),
        (pay(None, None), vec![(PaymentRequired, first)]),
        (
            pay(Some(commitment(2)), Some(commitment(3))),
            vec![(PaymentRequired, first), (Query, commitment(2)), (Purpose, commitment(3))],
        ),
        (bind(), vec![(PaymentPayload, first)]),
        (abort(None), vec![]),
        (abort(some), vec![(Reason, first)]),
        (fail(None), vec![]),
        (fail(some), vec![(Reason, first)]),
        (unknown(None), vec![]),
        (unknown(some), vec![(Reason, first)]),
        (suspend(None), vec![]),
        (suspend(some), vec![(Reason, first)]),
        (resume(None), vec![]),
        (resume(some), vec![(Reason, first)]),
        (refund(None), vec![]),
        (refund(some), vec![(Reason, first)]),
        (write_off(None), vec![]),
        (write_off(some), vec![(Reason, first)]),
        (erase(None), vec![]),
        (erase(some), vec![(Reason, first)]),
        (Input::Expire(crate::input::Expire { payment: index }), vec![]),
    ] {
        assert_eq!(commitments(&input), expected, "{input:?}");
    }
}
