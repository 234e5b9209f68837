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
    /// The path of the marks of those that were not.
    pub(super) others: String,
    /// What it shows, for those who cannot see it.
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
    let (mut allowed, mut others) = (Vec::new(), Vec::new());
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
            Some(Mark::Payment(_)) => others.push(x),
            Some(Mark::Begun | Mark::Committed | Mark::Aborted) | None => {}
        }
    }
    let label = format!(
        "phases {}; {} payments allowed at once, {} not",
        if names.is_empty() { "none".to_owned() } else { names.join(", ") },
        allowed.len(),
        others.len()
    );
    Strip { phases, allowed: path(allowed), others: path(others), label }
}

/// Marks at these places, each once: a run of any length draws at most a thousand and one.
fn path(mut places: Vec<PerMille>) -> String {
    places.dedup();
    let marks: Vec<String> = places.into_iter().map(|x| format!("M{x} 2v16")).collect();
    marks.concat()
}
