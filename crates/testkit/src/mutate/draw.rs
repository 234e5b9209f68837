//! Numbers drawn by a seed: the same seed gives the same numbers on every machine.

/// `SplitMix64` (Steele, Lea and Flood, 2014). Enough for choosing edits; no secret depends on it.
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Draw {
    /// The numbers of edit `number` under `seed`: each edit has its own, so that it can be made again alone.
    pub const fn new(seed: u64, number: u64) -> Self {
        let mut draw = Self(seed ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93));
        draw.number();
        draw
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not zero.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap();
        usize::try_from(self.number() % bound).unwrap()
    }

    /// One of them.
    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}
