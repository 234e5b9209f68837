//! The drawings of a report, in whole thousandths of their width.

use counterfoil_record::Time;
use counterfoil_record::verdict::Outcome;
use counterfoil_review::budgets::{PerMille, share};
use counterfoil_review::payments::AssetSums;
use counterfoil_review::timeline::{Mark, RunLine};

/// The width of a drawing.
const WHOLE: PerMille = 1_000;

/// A rectangle of a bar.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Band {
    pub(super) from: PerMille,
    pub(super) width: PerMille,
    /// The class that colours it.
    pub(super) class: &'static str,
}

/// What was asked of an asset, divided by what became of it; none where a sum is 2^128 or more, or nothing was asked.
pub(super) fn asset(sums: &AssetSums) -> Option<Vec<Band>> {
    let asked = sums.exposure.amount().filter(|asked| !asked.is_zero())?.units();
    let settled = sums.settled.amount()?;
    let returned = sums.returned.amount()?;
    let kept = settled.saturating_sub(returned).units();
    let parts = [(kept, "kept"), (returned.units(), "returned"), (sums.reserved.amount()?.units(), "open")];
    let mut bands = Vec::new();
    let (mut sum, mut from) = (0_u128, 0);
    for (part, class) in parts {
        sum = sum.checked_add(part)?;
        let to = share(sum, asked);
        bands.push(Band { from, width: to.saturating_sub(from), class });
        from = to;
    }
    Some(bands)
}

/// The line of a run in time.
pub(super) struct Strip {
    /// Its phases, one after the other; neighbours differ in class.
    pub(super) phases: Vec<Band>,
    /// The path of the marks of payments that were allowed.
    pub(super) allowed: String,
    /// Of those that were held.
    pub(super) held: String,
    /// Of those that were not allowed.
    pub(super) others: String,
    /// What it shows, in words.
    pub(super) label: String,
}

/// Draws the line of a run that ends at `end` if it is still open.
pub(super) fn strip(run: &RunLine, end: Time) -> Strip {
    let last = run.closed.unwrap_or(end).millis();
    let from = run.opened.millis();
    let length = last.saturating_sub(from);
    let at = |time: Time| match length {
        0 => 0,
        length => share(time.millis().saturating_sub(from).into(), length.into()),
    };
    let mut phases: Vec<Band> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    let (mut allowed, mut held, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for event in &run.events {
        let x = at(event.time);
        match &event.mark {
            Some(Mark::Phase(phase)) => {
                if let Some(before) = phases.last_mut() {
                    before.width = x.saturating_sub(before.from);
                }
                let class = if names.len().is_multiple_of(2) { "even" } else { "odd" };
                phases.push(Band { from: x, width: WHOLE.saturating_sub(x), class });
                names.push(phase.as_str());
            }
            Some(Mark::Payment(Outcome::Allow)) => allowed.push(x),
            Some(Mark::Payment(Outcome::Hold)) => held.push(x),
            Some(Mark::Payment(_)) => others.push(x),
            None => {}
        }
    }
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let label = format!(
        "Phases: {names}. Payments: {} allowed at once, {} held, {} not allowed.",
        allowed.len(),
        held.len(),
        others.len()
    );
    Strip { phases, allowed: path(allowed), held: path(held), others: path(others), label }
}

/// Marks at these places, each once: a run of any length draws at most a thousand and one.
fn path(mut places: Vec<PerMille>) -> String {
    places.dedup();
    let marks: Vec<String> = places.into_iter().map(|x| format!("M{x} 2v16")).collect();
    marks.concat()
}

#[cfg(test)]
mod tests {
    use counterfoil_record::{Index, Time};
    use counterfoil_review::timeline::Event;

    use super::*;

    fn event(time: u64, mark: Mark) -> Event {
        let (record, time) = (Index::new(time), Time::from_millis(time));
        Event { record, time, said: String::new(), mark: Some(mark) }
    }

    fn run(closed: Option<u64>, events: Vec<Event>) -> RunLine {
        RunLine {
            run: Index::new(1_000),
            id: "a".parse().unwrap(),
            agent: "b".parse().unwrap(),
            principal: "c".parse().unwrap(),
            parent: None,
            opened: Time::from_millis(1_000),
            closed: closed.map(Time::from_millis),
            events,
        }
    }

    #[test]
    fn the_phases_of_a_run_fill_its_line_one_after_the_other() {
        let phase = |name: &str| Mark::Phase(name.parse().unwrap());
        let events = vec![
            event(1_000, phase("explore")),
            event(1_250, phase("commit")),
            event(1_500, phase("explore")),
        ];
        let strip = strip(&run(Some(2_000), events), Time::from_millis(9_000));
        let bands: Vec<(PerMille, PerMille, &str)> =
            strip.phases.iter().map(|band| (band.from, band.width, band.class)).collect();
        assert_eq!(bands, [(0, 250, "even"), (250, 250, "odd"), (500, 500, "even")]);
        assert_eq!(
            strip.label,
            "Phases: explore, commit, explore. Payments: 0 allowed at once, 0 held, 0 not allowed."
        );
    }

    #[test]
    fn payments_are_marked_where_they_were_asked_for_and_each_place_once() {
        let paid = |time, outcome| event(time, Mark::Payment(outcome));
        let events = vec![
            paid(1_000, Outcome::Allow),
            paid(1_000, Outcome::Allow),
            paid(1_500, Outcome::Deny),
            paid(2_000, Outcome::Hold),
            paid(3_000, Outcome::Allow),
        ];
        // Open at the end: its line ends with the log.
        let strip = strip(&run(None, events), Time::from_millis(3_000));
        assert_eq!((strip.allowed.as_str(), strip.held.as_str()), ("M0 2v16M1000 2v16", "M500 2v16"));
        assert_eq!(strip.others, "M250 2v16");
        assert_eq!(strip.label, "Phases: none. Payments: 3 allowed at once, 1 held, 1 not allowed.");
    }

    #[test]
    fn a_run_that_was_over_at_once_has_a_line() {
        let events = vec![event(1_000, Mark::Phase("explore".parse().unwrap()))];
        let strip = strip(&run(Some(1_000), events), Time::from_millis(1_000));
        assert_eq!((strip.phases[0].from, strip.phases[0].width), (0, 1_000));
    }
}
