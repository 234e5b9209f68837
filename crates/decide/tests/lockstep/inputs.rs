//! Operations: a kind, and numbers that choose among what there is.

/// How many numbers an operation has.
pub(crate) const NUMBERS: usize = 16;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Wait,
    OpenRun,
    CloseRun,
    Attach,
    EnterPhase,
    /// A run all the way into a plan-bound phase.
    Prepare,
    Begin,
    CompleteStep,
    Commit,
    Abort,
    Pay,
    PayAgain,
    Claim,
    Answer,
    AnswerPhase,
    Bind,
    Settle,
    Fail,
    Unknown,
    Expire,
    Compensate,
    Refund,
    WriteOff,
    Suspend,
    Resume,
    Adopt,
    RotateKey,
    RevokeKey,
    Clock,
    Erase,
    State,
    Unreadable,
}

impl Kind {
    pub(crate) const WEIGHTED: &'static [(u32, Self)] = &[
        (8, Self::Wait),
        (5, Self::OpenRun),
        (2, Self::CloseRun),
        (3, Self::Attach),
        (4, Self::EnterPhase),
        (4, Self::Prepare),
        (4, Self::Begin),
        (4, Self::CompleteStep),
        (2, Self::Commit),
        (3, Self::Abort),
        (26, Self::Pay),
        (4, Self::PayAgain),
        (5, Self::Claim),
        (7, Self::Answer),
        (3, Self::AnswerPhase),
        (8, Self::Bind),
        (9, Self::Settle),
        (3, Self::Fail),
        (3, Self::Unknown),
        (6, Self::Expire),
        (3, Self::Compensate),
        (3, Self::Refund),
        (3, Self::WriteOff),
        (2, Self::Suspend),
        (2, Self::Resume),
        (3, Self::Adopt),
        (1, Self::RotateKey),
        (1, Self::RevokeKey),
        (2, Self::Clock),
        (2, Self::Erase),
        (1, Self::State),
        (1, Self::Unreadable),
    ];
}

/// One operation. Smaller numbers are the plainer choices, so that failures shrink to plain ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Op {
    pub(crate) kind: Kind,
    pub(crate) n: [u16; NUMBERS],
}

impl Op {
    /// The choice that the number at `place` makes among `items`.
    pub(crate) fn pick<'i, T>(&self, place: usize, items: &'i [T]) -> Option<&'i T> {
        (!items.is_empty()).then(|| &items[usize::from(self.n[place]) % items.len()])
    }

    /// The first of the items, mostly, else any of them; there is one at least.
    pub(crate) fn of<T: Copy>(&self, place: usize, items: &[T]) -> T {
        if self.n[place] < 2_600 { items[0] } else { *self.pick(place, items).expect("a choice") }
    }

    /// True in one of `out_of` cases.
    pub(crate) fn rarely(&self, place: usize, out_of: u16) -> bool {
        self.n[place] / 64 % out_of == out_of - 1
    }

    /// One of the latest of the items, mostly.
    pub(crate) fn late<'i, T>(&self, place: usize, items: &'i [T]) -> Option<&'i T> {
        let from = if self.rarely(place, 6) { 0 } else { items.len().saturating_sub(3) };
        self.pick(place, &items[from..])
    }
}
