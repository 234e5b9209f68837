//! The comparison: a wallet with a ceiling for the session, and full discretion under it.

use counterfoil_record::Amount;
use counterfoil_review::words::money;

/// What became of money that left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// It bought what was wanted.
    None,
    /// It bought nothing that was wanted.
    Wasted,
    /// It was paid for a workflow that failed, and nobody is made to bring it back.
    Stranded,
    /// Nobody approved it.
    Unapproved,
    /// It paid a second time for the same thing.
    PaidTwice,
}

/// A flat session limit, and what left under it.
#[derive(Debug)]
pub(crate) struct Flat {
    limit: Amount,
    spent: Amount,
    losses: Vec<(Loss, Amount)>,
}

impl Flat {
    pub(crate) const fn new(limit: Amount) -> Self {
        Self { limit, spent: Amount::ZERO, losses: Vec::new() }
    }

    /// A payment is asked; true if the limit lets it through.
    pub(crate) fn pay(&mut self, amount: Amount, loss: Loss) -> bool {
        match self.spent.checked_add(amount).filter(|sum| *sum <= self.limit) {
            Some(sum) => {
                self.spent = sum;
                self.losses.push((loss, amount));
                true
            }
            None => false,
        }
    }

    /// What was paid turns out to be lost in another way.
    pub(crate) fn turns_out(&mut self, amount: Amount, loss: Loss) {
        self.losses.push((loss, amount));
    }

    /// The sum of one kind of loss.
    pub(crate) fn lost(&self, loss: Loss) -> Amount {
        let of_kind = self.losses.iter().filter(|(kind, _)| *kind == loss);
        of_kind.fold(Amount::ZERO, |sum, (_, amount)| sum.checked_add(*amount).unwrap_or(Amount::MAX))
    }
}

/// USDC, with its six decimals.
pub(crate) fn usdc(amount: Amount) -> String {
    format!("{} USDC", money(amount, 6))
}
