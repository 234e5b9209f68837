//! What the payments of one budget group add up to.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use counterfoil_record::{Amount, Id, Index, Span, Text, Time, wire_map};

use super::window::is_over;
use super::{Movement, Total};
use crate::policy::{Budget, Window};

wire_map! {
    /// A budget group: the budget and the value of each of its dimensions, in the dimensions' order.
    #[derive(PartialOrd, Ord)]
    pub struct GroupKey {
        /// The budget.
        1 => budget: Id,
        /// Run index, agent, payee, principal: those that the budget keeps apart.
        2 => values: Vec<Text>,
    }
}

wire_map! {
    /// What one payment adds to a group.
    #[derive(Copy, Default)]
    pub struct Contribution {
        /// What is reserved for it.
        1 => reserved: Amount,
        /// What has settled.
        2 => settled: Amount,
        /// What of that came back.
        3 => returned: Amount,
    }
}

impl Contribution {
    /// What it takes of a plan or a mandate. A payment reserves or has settled, never both.
    pub const fn used(self) -> Amount {
        if self.reserved.is_zero() { self.settled } else { self.reserved }
    }
}

wire_map! {
    /// What payments add up to.
    #[derive(Copy, Default)]
    pub struct Totals {
        /// What is reserved for them.
        1 => reserved: Total,
        /// What has settled.
        2 => settled: Total,
        /// What of that came back.
        3 => returned: Total,
        /// How many they are.
        4 => count: u64,
    }
}

impl Totals {
    /// Reserved and settled, each stopped at 2^128-1, and `exposure` together, less what came back if that may be
    /// spent again; `None` where it passes 2^128-1 before that.
    pub fn with(&self, exposure: Amount, restore: bool) -> Option<Amount> {
        let sum = self.settled.stopped().checked_add(self.reserved.stopped())?.checked_add(exposure)?;
        Some(if restore { sum.saturating_sub(self.returned.stopped()) } else { sum })
    }

    /// With what one payment adds; the count stays.
    pub const fn plus(&self, adds: Contribution) -> Self {
        Self {
            reserved: self.reserved.plus(adds.reserved),
            settled: self.settled.plus(adds.settled),
            returned: self.returned.plus(adds.returned),
            count: self.count,
        }
    }

    /// Without what one payment added; the count stays.
    pub const fn minus(&self, adds: Contribution) -> Self {
        Self {
            reserved: self.reserved.minus(adds.reserved),
            settled: self.settled.minus(adds.settled),
            returned: self.returned.minus(adds.returned),
            count: self.count,
        }
    }

    const fn counting(&self, more: bool) -> Self {
        let more = if more { 1 } else { 0 };
        Self { count: self.count.saturating_add(more), ..*self }
    }

    const fn without(&self, adds: Contribution) -> Self {
        let rest = self.minus(adds);
        Self { count: rest.count.saturating_sub(1), ..rest }
    }
}

wire_map! {
    /// A payment inside a rolling window.
    #[derive(Copy)]
    pub struct Entry {
        /// The record that allowed the payment; they rise.
        1 => permit: Index,
        /// When it did.
        2 => at: Time,
        /// What it adds now.
        3 => adds: Contribution,
    }
}

wire_map! {
    /// What a budget group adds up to.
    #[derive(Default)]
    pub struct Ledger {
        /// What the payments in the window add up to.
        1 => total: Totals,
        /// The payments in a rolling window, oldest first; none for any other.
        2 => entries: VecDeque<Entry>,
        /// When the calendar window began that the total is of.
        3 => begin: Option<Time>,
        /// The last record that moved it.
        4 => last: Option<Index>,
        /// How many of the payments that it ever counted are still known.
        5 => known: u64,
    }
}

impl Ledger {
    /// What was allowed in the window at `now`, or ever without a window; `None` where a calendar window is not
    /// known.
    pub fn at(&self, now: Time, window: Option<&Window>) -> Option<Totals> {
        match window {
            None => Some(self.total),
            Some(Window::Rolling(rolling)) => {
                let gone = self.entries.iter().take_while(|entry| is_gone(entry, now, rolling.span));
                Some(gone.fold(self.total, |total, entry| total.without(entry.adds)))
            }
            Some(Window::Calendar(calendar)) => {
                let begin = calendar.begin(now)?;
                Some(if self.begin == Some(begin) { self.total } else { Totals::default() })
            }
        }
    }

    /// What [`Ledger::at`] would give after `moved`.
    pub(crate) fn after(&self, moved: &Movement, now: Time, budget: &Budget) -> Option<Totals> {
        let total = self.at(now, budget.window.as_ref())?;
        let inside = budget.window.as_ref().is_none_or(|window| window.has(moved.at, now));
        Some(if inside { total.minus(moved.from).plus(moved.to) } else { total })
    }

    /// Moves what one payment adds; its allow also counts. What has left the window is dropped.
    pub(super) fn record(&mut self, moved: &Movement, index: Index, now: Time, window: Option<&Window>) {
        self.last = Some(index);
        if moved.first {
            self.known = self.known.saturating_add(1);
        }
        match window {
            None => self.apply(moved),
            Some(Window::Rolling(rolling)) => {
                self.forget(now, rolling.span);
                self.roll(moved);
            }
            Some(Window::Calendar(calendar)) => {
                let (begin, of) = (calendar.begin(now), calendar.begin(moved.at));
                if self.begin != begin {
                    (self.total, self.begin) = (Totals::default(), begin);
                }
                if of == begin {
                    self.apply(moved);
                }
            }
        }
    }

    const fn apply(&mut self, moved: &Movement) {
        self.total = self.total.minus(moved.from).plus(moved.to).counting(moved.first);
    }

    fn roll(&mut self, moved: &Movement) {
        if moved.first {
            self.entries.push_back(Entry { permit: moved.permit, at: moved.at, adds: moved.to });
            self.apply(moved);
        } else if let Ok(found) = self.entries.binary_search_by_key(&moved.permit, |entry| entry.permit)
            && let Some(entry) = self.entries.get_mut(found)
        {
            entry.adds = moved.to;
            self.apply(moved);
        }
    }

    fn forget(&mut self, now: Time, span: Span) {
        while let Some(entry) = self.entries.pop_front_if(|entry| is_gone(entry, now, span)) {
            self.total = self.total.without(entry.adds);
        }
    }
}

fn is_gone(entry: &Entry, now: Time, span: Span) -> bool {
    is_over(entry.at, now, span)
}
