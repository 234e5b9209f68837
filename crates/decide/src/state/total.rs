//! Sums that facts may push past any amount.

use counterfoil_record::{Amount, wire_map};

wire_map! {
    /// An exact sum of amounts: `carry * 2^128 + units`. Requests never pass 2^128-1, but what is said to
    /// have happened adds up to whatever it adds up to, and has to come off again exactly.
    #[derive(Copy, Default)]
    pub struct Total {
        /// The lower 128 bits.
        1 => units: Amount,
        /// What is above them.
        2 => carry: u64,
    }
}

impl Total {
    /// The sum; `None` above 2^128-1.
    pub const fn exact(self) -> Option<Amount> {
        if self.carry == 0 { Some(self.units) } else { None }
    }

    /// The sum, stopped at 2^128-1.
    pub const fn stopped(self) -> Amount {
        if self.carry == 0 { self.units } else { Amount::MAX }
    }

    /// The sum with `amount` more.
    pub const fn plus(self, amount: Amount) -> Self {
        let (units, over) = self.units.units().overflowing_add(amount.units());
        Self { units: Amount::new(units), carry: self.carry.saturating_add(if over { 1 } else { 0 }) }
    }

    /// The sum without `amount`, which was in it.
    pub const fn minus(self, amount: Amount) -> Self {
        let (units, under) = self.units.units().overflowing_sub(amount.units());
        Self { units: Amount::new(units), carry: self.carry.saturating_sub(if under { 1 } else { 0 }) }
    }
}
