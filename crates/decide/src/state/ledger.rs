//! What the payments of one budget group add up to.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use counterfoil_record::{Amount, Id, Index, Span, Text, Time, wire_map};

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
    }
}

impl Contribution {
    /// Reserved and settled together; `None` above 2^128-1.
    pub const fn total(self) -> Option<Amount> {
        self.reserved.checked_add(self.settled)
    }

    /// `self + other`, stopping at 2^128-1: facts are counted whatever they add up to.
    fn plus(self, other: Self) -> Self {
        Self {
            reserved: self.reserved.checked_add(other.reserved).unwrap_or(Amount::MAX),
            settled: self.settled.checked_add(other.settled).unwrap_or(Amount::MAX),
        }
    }

    /// True once it may have stopped at 2^128-1, so that nothing can be taken from it any more.
    fn is_saturated(self) -> bool {
        self.reserved == Amount::MAX || self.settled == Amount::MAX
    }

    const fn minus(self, other: Self) -> Self {
        Self {
            reserved: self.reserved.saturating_sub(other.reserved),
            settled: self.settled.saturating_sub(other.settled),
        }
    }
}

wire_map! {
    /// A payment inside a rolling window.
    pub struct Entry {
        /// The record that allowed the payment; they rise.
        1 => permit: Index,
        /// When it was allowed.
        2 => at: Time,
        /// What it adds.
        3 => adds: Contribution,
    }
}

wire_map! {
    /// The running total of one budget group.
    #[derive(Default)]
    pub struct Ledger {
        /// What its payments add up to.
        1 => total: Contribution,
        /// How many payments were allowed.
        2 => count: u64,
        /// The payments inside the window, oldest first; none for a budget without window.
        3 => entries: VecDeque<Entry>,
        /// The last record that moved it.
        4 => last: Option<Index>,
    }
}

impl Ledger {
    /// Total and count at `now`: what was allowed in `(now - window, now]`, or ever without a window.
    pub fn at(&self, now: Time, window: Option<Span>) -> (Contribution, u64) {
        let Some(window) = window else { return (self.total, self.count) };
        let gone = self.entries.iter().take_while(|entry| is_gone(entry, now, window));
        let (removed, count) = gone.fold((Contribution::default(), self.count), |(removed, count), entry| {
            (removed.plus(entry.adds), count.saturating_sub(1))
        });
        let total = if self.total.is_saturated() {
            sum(self.entries.iter().skip_while(|entry| is_gone(entry, now, window)))
        } else {
            self.total.minus(removed)
        };
        (total, count)
    }

    /// Moves what one payment adds; its allow also counts.
    pub(super) fn record(&mut self, moved: &super::Movement, index: Index, window: Option<Span>) {
        self.last = Some(index);
        if window.is_none() {
            self.total = self.total.minus(moved.from).plus(moved.to);
            self.count = self.count.saturating_add(u64::from(moved.first));
            return;
        }
        if moved.first {
            self.entries.push_back(Entry { permit: moved.permit, at: moved.at, adds: moved.to });
            self.total = self.total.plus(moved.to);
            self.count = self.count.saturating_add(1);
        } else if let Ok(found) = self.entries.binary_search_by_key(&moved.permit, |entry| entry.permit)
            && let Some(entry) = self.entries.get_mut(found)
        {
            let before = core::mem::replace(&mut entry.adds, moved.to);
            self.total = if self.total.is_saturated() {
                sum(self.entries.iter())
            } else {
                self.total.minus(before).plus(moved.to)
            };
        }
    }

    /// Drops what has left the window.
    pub(super) fn forget(&mut self, now: Time, window: Option<Span>) {
        let Some(window) = window else { return };
        (self.total, self.count) = self.at(now, Some(window));
        while self.entries.pop_front_if(|entry| is_gone(entry, now, window)).is_some() {}
    }
}

/// What `entries` add up to.
fn sum<'e>(entries: impl Iterator<Item = &'e Entry>) -> Contribution {
    entries.fold(Contribution::default(), |total, entry| total.plus(entry.adds))
}

fn is_gone(entry: &Entry, now: Time, window: Span) -> bool {
    now.millis().saturating_sub(entry.at.millis()) >= window.millis()
}
