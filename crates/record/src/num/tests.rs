//! Amounts as decimal text and in arithmetic, and what saturates.

use alloc::{format, string::ToString as _};

use super::*;

const TOP: &str = "340282366920938463463374607431768211455";

#[test]
fn amounts_are_read_from_digits_only() {
    for (text, units) in [
        ("0", 0),
        ("1", 1),
        ("10", 10),
        ("18446744073709551615", u128::from(u64::MAX)),
        ("18446744073709551616", u128::from(u64::MAX) + 1),
        (TOP, u128::MAX),
    ] {
        let amount = Amount::new(units);
        assert_eq!(text.parse(), Ok(amount));
        assert_eq!(amount.to_string(), text);
        let json = format!("\"{text}\"");
        assert_eq!(serde_json::to_string(&amount).unwrap(), json);
        assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), amount);
    }
}

#[test]
fn refuses_texts_that_are_not_canonical_amounts() {
    for bad in [
        "",
        " ",
        "00",
        "01",
        "+1",
        "-1",
        "-0",
        "1 ",
        " 1",
        "1.0",
        "1e3",
        "1_000",
        "1,000",
        "0x10",
        "١",
        "１",
        "340282366920938463463374607431768211456",
        "1000000000000000000000000000000000000000",
        "1\n",
        "NaN",
    ] {
        assert_eq!(bad.parse::<Amount>(), Err(NotAnAmount), "{bad:?}");
    }
}

#[test]
fn an_amount_in_json_is_a_text() {
    for bad in ["1", "1.0", "null", "\"01\"", "\"\"", "[\"1\"]"] {
        assert!(serde_json::from_str::<Amount>(bad).unwrap_err().is_data(), "{bad}");
    }
}

#[test]
fn arithmetic_stops_at_both_ends() {
    let (one, top) = (Amount::new(1), Amount::MAX);
    let below_top = Amount::new(u128::MAX - 1);
    assert_eq!(below_top.checked_add(one), Some(top));
    assert_eq!(top.checked_add(one), None);
    assert_eq!(top.checked_add(Amount::ZERO), Some(top));
    assert_eq!(top.checked_add(top), None);
    assert_eq!(top.checked_sub(one), Some(below_top));
    assert_eq!(Amount::ZERO.checked_sub(one), None);
    assert_eq!(one.checked_sub(one), Some(Amount::ZERO));
    assert_eq!(Amount::ZERO.saturating_sub(one), Amount::ZERO);
    assert_eq!(top.saturating_sub(top), Amount::ZERO);
    assert_eq!(top.saturating_sub(one), below_top);
    assert!(Amount::ZERO.is_zero() && Amount::default().is_zero() && !one.is_zero());
    assert_eq!(top.units(), u128::MAX);
    assert!(Amount::new(9) < Amount::new(10));
}

#[test]
fn indices_count_from_genesis_and_saturate() {
    assert_eq!(Index::GENESIS.next(), Index::new(1));
    assert_eq!(Index::new(u64::MAX).next(), Index::new(u64::MAX));
    assert_eq!(Index::new(7).value(), 7);
    assert_eq!(Index::new(7).to_string(), "7");
    assert_eq!(serde_json::to_string(&Index::new(7)).unwrap(), "7");
}

#[test]
fn times_are_milliseconds_and_saturate() {
    let (time, span) = (Time::from_millis(1999), Span::from_millis(1500));
    assert_eq!((time.millis(), time.seconds()), (1999, 1));
    assert_eq!((span.millis(), span.seconds()), (1500, 1));
    assert_eq!(time.plus(span), Time::from_millis(3499));
    assert_eq!(time.minus(span), Time::from_millis(499));
    assert_eq!(Time::from_millis(1).minus(span), Time::from_millis(0));
    assert_eq!(Time::from_millis(u64::MAX).plus(span), Time::from_millis(u64::MAX));
    assert_eq!(Time::from_seconds(2), Time::from_millis(2000));
    assert_eq!(Time::from_seconds(u64::MAX), Time::from_millis(u64::MAX));
}
