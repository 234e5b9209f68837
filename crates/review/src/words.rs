//! Values as people read them: exact, and safe on a terminal.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;

use counterfoil_decide::policy::{Money, Policy};
use counterfoil_record::input::Scope;
use counterfoil_record::{Amount, Id, Span, Text};
use jiff::Timestamp;

/// A time in milliseconds since 1970, UTC: `2026-11-23T03:51:29.000Z`.
pub fn time(millis: u64) -> String {
    let stamp = i64::try_from(millis).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok());
    stamp.map_or_else(|| format!("{millis} ms"), |stamp| format!("{stamp:.3}"))
}

/// An amount in whole units of an asset with `decimals` places, exactly: `5.000000` as `5.00`.
pub fn money(amount: Amount, decimals: usize) -> String {
    let digits = format!("{:0>width$}", amount.units(), width = decimals.saturating_add(1));
    let (whole, places) = digits.split_at(digits.len().saturating_sub(decimals));
    let kept = places.trim_end_matches('0').len().max(decimals.min(2));
    match places.get(..kept) {
        Some(places) if !places.is_empty() => format!("{whole}.{places}"),
        _ => whole.to_owned(),
    }
}

/// Text from outside, without what could move the cursor or hide itself.
pub fn safe(text: impl Display) -> String {
    Text::shown(text).as_str().to_owned()
}

/// An amount of an asset that the policy declares: `5.00 usdc`. Of one that it does not, in smallest units.
pub fn amount(policy: &Policy, asset: &Id, amount: Amount) -> String {
    match policy.assets.get(asset).and_then(|pin| usize::try_from(pin.decimals).ok()) {
        Some(decimals) => format!("{} {asset}", money(amount, decimals)),
        None => format!("{amount} smallest units of {asset}"),
    }
}

/// An amount as the policy states it.
pub fn stated(policy: &Policy, money: &Money) -> String {
    amount(policy, &money.asset, money.amount)
}

/// A length of time in its largest whole unit: `15 minutes`.
pub fn span(span: Span) -> String {
    let millis = span.millis();
    let units = [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second")];
    let whole = units.into_iter().find(|(length, _)| millis > 0 && millis.checked_rem(*length) == Some(0));
    let (length, unit) = whole.unwrap_or((1, "millisecond"));
    count(millis.checked_div(length).unwrap_or(millis), unit)
}

/// What a suspension is of, or what resumes.
pub fn scope(scope: &Scope) -> String {
    let Scope { agent, run, payee, asset } = scope;
    let agent = agent.as_ref().map(|agent| format!("agent {agent}"));
    let run = run.map(|run| format!("run {run}"));
    let payee = payee.as_ref().map(|payee| format!("payee {}", safe(payee)));
    let asset = asset.as_ref().map(|asset| format!("asset {}", safe(asset)));
    let stated: Vec<String> = [agent, run, payee, asset].into_iter().flatten().collect();
    if stated.is_empty() {
        "every payment".to_owned()
    } else {
        format!("payments for which all of this holds: {}", stated.join(", "))
    }
}

/// `1 person`, `2 runs`: a number of things, whose plural ends in s or is `people`.
pub fn count(number: u64, thing: &str) -> String {
    match (number, thing) {
        (1, thing) => format!("1 {thing}"),
        (_, "person") => format!("{number} people"),
        (_, thing) => format!("{number} {thing}s"),
    }
}

#[cfg(test)]
mod tests {
    use counterfoil_record::{Amount, Span};

    use super::{count, money, span};

    #[test]
    fn a_span_is_said_exactly_in_its_largest_unit() {
        for (millis, words) in [
            (0, "0 milliseconds"),
            (1, "1 millisecond"),
            (1_500, "1500 milliseconds"),
            (90_000, "90 seconds"),
            (3_600_000, "1 hour"),
            (86_400_000, "1 day"),
            (90_000_000, "25 hours"),
        ] {
            assert_eq!(span(Span::from_millis(millis)), words);
        }
    }

    #[test]
    fn an_amount_is_said_exactly() {
        for (units, decimals, words) in
            [(5_000_000, 6, "5.00"), (1, 6, "0.000001"), (1_230_000, 6, "1.23"), (7, 0, "7"), (15, 1, "1.5")]
        {
            assert_eq!(money(Amount::new(units), decimals), words);
        }
        assert_eq!(money(Amount::MAX, 38), "3.40282366920938463463374607431768211455");
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!((count(1, "person").as_str(), count(2, "person").as_str()), ("1 person", "2 people"));
    }
}
