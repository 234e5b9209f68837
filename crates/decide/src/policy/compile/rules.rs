//! Rules that count and ask: budgets, gates, powers, limits.

use alloc::vec::Vec;

use super::Compiler;
use super::parts::Names;
use super::problem::Kind;
use crate::policy::source::{
    Budget as SourceBudget, Gate as SourceGate, Limits as SourceLimits, Power as SourcePower,
    Powers as SourcePowers, When, Window as SourceWindow, Word,
};
use crate::policy::{
    Budget, Calendar, Condition, Dimension, Gate, Limits, Period, Power, Powers, Rolling, Window,
};

/// The most minutes between UTC and the clock of a calendar window.
const OFFSET_MOST: u64 = 14 * 60;

impl Compiler<'_> {
    pub(super) fn budget(&mut self, budget: &SourceBudget, names: &Names<'_>) -> Option<Budget> {
        let id = self.id(&budget.id);
        let dimensions: Vec<(&'static str, Dimension)> =
            Dimension::ALL.iter().map(|it| (it.code(), *it)).collect();
        let per =
            self.list("budgets.per", &budget.per, dimensions.len(), |c, word| c.choice(word, &dimensions))?;
        if per.is_empty() {
            self.problem(
                &budget.id.span(),
                Kind::Together("a budget needs `per`: run, agent, payee or principal"),
            );
        }
        let window = match &budget.window {
            Some(window) => Some(self.window(&budget.id, window)?),
            None => None,
        };
        let limit = match &budget.limit {
            Some(limit) => Some(self.money(limit.get_ref(), &limit.span(), names)?),
            None => None,
        };
        let count = match &budget.count {
            Some(count) => Some(self.number(count, "count", 1, u64::from(u32::MAX))?),
            None => None,
        };
        if limit.is_some() == count.is_some() {
            self.problem_of(&budget.id, Kind::Together("a budget has either `limit` or `count`"));
            return None;
        }
        let restore_refunds = budget.restore_refunds;
        Some(Budget { id: id?, per: per.into_iter().collect(), window, limit, count, restore_refunds })
    }

    fn window(&mut self, budget: &Word, window: &SourceWindow) -> Option<Window> {
        match (&window.rolling, &window.every, &window.utc_offset) {
            (Some(rolling), None, None) => Some(Window::Rolling(Rolling { span: self.span(rolling)? })),
            (None, Some(every), Some(offset)) => {
                let periods: Vec<(&'static str, Period)> =
                    Period::ALL.iter().map(|it| (it.code(), *it)).collect();
                let every = self.choice(every, &periods);
                let (behind, minutes) = self.utc_offset(offset)?;
                Some(Window::Calendar(Calendar { every: every?, behind, minutes }))
            }
            _ => {
                let why = "a `window` has either `rolling`, or `every` and `utc_offset`";
                self.problem_of(budget, Kind::Together(why));
                None
            }
        }
    }

    /// `+hh:mm` or `-hh:mm`, up to 14 hours: whether it is behind UTC, and by how many minutes.
    fn utc_offset(&mut self, word: &Word) -> Option<(bool, u64)> {
        let digits = |text: &str| {
            let two = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
            two.then(|| text.parse::<u64>().ok()).flatten()
        };
        let text = word.get_ref().as_str();
        let behind = text.starts_with('-');
        let parts = text.strip_prefix(['+', '-']).and_then(|rest| rest.split_once(':'));
        let parsed = parts.and_then(|(hours, minutes)| Some((digits(hours)?, digits(minutes)?)));
        let minutes = parsed.filter(|(_, minutes)| *minutes < 60).and_then(|(hours, minutes)| {
            hours.checked_mul(60)?.checked_add(minutes).filter(|total| *total <= OFFSET_MOST)
        });
        // Nothing is behind UTC by nothing: one offset has one form.
        let found = minutes.filter(|minutes| *minutes > 0 || !behind).map(|minutes| (behind, minutes));
        if found.is_none() {
            let expected = "an offset from UTC such as +01:00 or -05:30, up to 14 hours";
            self.problem(&word.span(), Kind::Expected { expected, found: text.into() });
        }
        found
    }

    pub(super) fn gate(&mut self, gate: &SourceGate, names: &Names<'_>) -> Option<Gate> {
        let id = self.id(&gate.id);
        let when = self.condition(&gate.id, &gate.when, names);
        let need = match (&gate.need, &gate.deny) {
            (Some(need), None) => Some(self.needed(&need.approvals, &need.from, &need.ttl, names)?),
            (None, Some(deny)) if *deny.get_ref() => None,
            _ => {
                self.problem_of(&gate.id, Kind::Together("a gate has either `need` or `deny = true`"));
                return None;
            }
        };
        Some(Gate { id: id?, when: when?, need })
    }

    fn condition(&mut self, gate: &Word, when: &When, names: &Names<'_>) -> Option<Condition> {
        let exposure_at_least = match &when.exposure_at_least {
            Some(word) => Some(self.money(word.get_ref(), &word.span(), names)?),
            None => None,
        };
        let category = match &when.category {
            Some(word) => Some(self.id(word)?),
            None => None,
        };
        let (budget, at_least_percent) = match (&when.budget, &when.at_least_percent) {
            (Some(budget), Some(percent)) => {
                let name = self.known(budget, "budget", &names.budgets)?;
                if names.counts.contains(&name) {
                    self.problem(
                        &budget.span(),
                        Kind::Together("`at_least_percent` needs a budget with `limit`"),
                    );
                }
                (Some(name), Some(self.number(percent, "at_least_percent", 1, 100)?))
            }
            (None, None) => (None, None),
            _ => {
                self.problem_of(gate, Kind::Together("`budget` and `at_least_percent` go together"));
                return None;
            }
        };
        let first = when.first_payment_to_payee.as_ref();
        if let Some(word) = first.filter(|first| !*first.get_ref()) {
            self.problem(&word.span(), Kind::Together("`first_payment_to_payee` can only be `true`"));
        }
        let condition = Condition {
            exposure_at_least,
            first_payment_to_payee: first.is_some(),
            budget,
            at_least_percent,
            category,
        };
        let stated = condition.exposure_at_least.is_some()
            || condition.first_payment_to_payee
            || condition.budget.is_some()
            || condition.category.is_some();
        if !stated {
            self.problem_of(gate, Kind::Together("`when` states no condition"));
        }
        Some(condition)
    }

    pub(super) fn powers(&mut self, powers: &SourcePowers, names: &Names<'_>) -> Option<Powers> {
        let mut power = |power: &Option<SourcePower>| match power {
            None => Some(None),
            Some(power) => {
                let (approvals, role) = self.people(&power.approvals, &power.from, names)?;
                Some(Some(Power { approvals, role }))
            }
        };
        let resume = power(&powers.resume);
        let override_purchase = power(&powers.override_purchase);
        let write_off = power(&powers.write_off);
        let clock = power(&powers.clock);
        let erase = power(&powers.erase);
        Some(Powers {
            resume: resume?,
            override_purchase: override_purchase?,
            write_off: write_off?,
            clock: clock?,
            erase: erase?,
        })
    }

    pub(super) fn limits(&mut self, limits: &SourceLimits, powers: &SourcePowers) -> Option<Limits> {
        let mut span = |word: &Option<Word>| match word {
            None => Some(None),
            Some(word) => self.span(word).map(Some),
        };
        let (max_step, match_horizon) = (span(&limits.max_step), span(&limits.match_horizon));
        let refusals_per_minute = match &limits.refusals_per_minute {
            None => None,
            Some(count) => Some(self.number(count, "refusals_per_minute", 1, u64::from(u32::MAX))?),
        };
        if let (Some(word), None) = (&limits.max_step, &powers.clock) {
            let why = "`max_step` needs the power `clock`: a log that slept longer could never go on";
            self.problem(&word.span(), Kind::Together(why));
        }
        Some(Limits { max_step: max_step?, refusals_per_minute, match_horizon: match_horizon? })
    }
}
