//! Values as people read them: exact, and safe on a terminal.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Display;

use counterfoil_decide::policy::{Money, Policy};
use counterfoil_record::input::Scope;
use counterfoil_record::text::is_deceptive;
use counterfoil_record::{Amount, Id, Span, Text};
use jiff::Timestamp;
use unicode_general_category::{GeneralCategory, get_general_category};

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

/// True for a character that every reader sees, as the same thing. Stricter than what a record may hold
/// ([`is_deceptive`]): what is for private use looks like whatever a font makes of it, what is not assigned may come to
/// mean anything, and no format character is seen by itself.
pub fn is_visible(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let other = matches!(
        get_general_category(c),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
    );
    !other && !is_deceptive(c)
}

/// Text from outside, whole: each character that is not visible ([`is_visible`]) is shown as `?`.
pub fn visible(text: impl Display) -> String {
    let mut text = format!("{text}");
    if !text.chars().all(is_visible) {
        text = text.chars().map(|c| if is_visible(c) { c } else { '?' }).collect();
    }
    text
}

/// The same, cut at 2048 bytes: text from outside for a place where there is no room for much of it. Blanks after a blank
/// are shown as `␣`, so that no text fills a line up and goes on as if it were the next.
pub fn safe(text: impl Display) -> String {
    let mut after_blank = false;
    let shown: String = visible(text)
        .chars()
        .map(|c| {
            let again = after_blank && c.is_whitespace();
            after_blank = c.is_whitespace();
            if again { '\u{2423}' } else { c }
        })
        .collect();
    Text::shown(shown).as_str().to_owned()
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
    use alloc::format;

    use counterfoil_record::{Amount, Span};

    use super::{count, is_visible, money, safe, span, visible};

    #[test]
    fn no_text_fills_a_line_up_with_blanks() {
        for (text, shown) in [
            ("a b", "a b"),
            ("a  b", "a \u{2423}b"),
            ("a \u{a0}\u{3000}\u{2003}b ", "a \u{2423}\u{2423}\u{2423}b "),
            ("   ", " \u{2423}\u{2423}"),
        ] {
            assert_eq!(safe(text), shown);
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn what_not_every_reader_sees_as_the_same_thing_is_shown_as_a_question_mark() {
        for (name, c) in [
            ("line feed", '\n'),
            ("escape", '\u{1b}'),
            ("control sequence introducer", '\u{9b}'),
            ("right-to-left override", '\u{202e}'),
            ("variation selector", '\u{fe0f}'),
            ("Hangul filler", '\u{3164}'),
            ("Arabic number sign, a format character", '\u{600}'),
            ("Egyptian hieroglyph joiner", '\u{13430}'),
            ("private use", '\u{e0b0}'),
            ("private use, plane 16", '\u{10fffd}'),
            ("no character", '\u{ffff}'),
            ("not assigned", '\u{378}'),
        ] {
            assert_eq!((is_visible(c), visible(format!("a{c}b")).as_str()), (false, "a?b"), "{name}");
        }
        for text in ["", "a b", "naïve café", "東京", "שלום", "مرحبا", "😀", "e\u{301}", "a\u{a0}b"]
        {
            assert_eq!(visible(text), text);
        }
        assert_eq!(
            (visible("\u{e000}".repeat(5000)).len(), safe("\u{e000}".repeat(5000)).len()),
            (5000, 2048)
        );
    }

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
