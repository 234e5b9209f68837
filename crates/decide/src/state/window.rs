//! Windows: what is inside, and when the present one of a calendar began.

use counterfoil_record::{Span, Time};
use jiff::civil::{DateTime, Weekday};
use jiff::{Timestamp, Unit, tz::Offset};

use crate::policy::{Calendar, Period, Window};

/// The first moment of the year 9999, UTC, from which on no window is known.
const TOO_LATE: u64 = 253_370_764_800_000;

impl Window {
    /// True if what was allowed at `at` is in the window of `now`.
    pub fn has(&self, at: Time, now: Time) -> bool {
        match self {
            Self::Rolling(rolling) => !is_over(at, now, rolling.span),
            Self::Calendar(calendar) => calendar.begin(at) == calendar.begin(now),
        }
    }
}

/// A rolling window has what happened in `(now - span, now]`.
pub(super) const fn is_over(at: Time, now: Time, span: Span) -> bool {
    now.millis().saturating_sub(at.millis()) >= span.millis()
}

impl Calendar {
    /// The moment at which the window that `time` is in began, not before 1970; `None` from the year 9999 on.
    pub fn begin(&self, time: Time) -> Option<Time> {
        if time.millis() >= TOO_LATE {
            return None;
        }
        let minutes = i32::try_from(self.minutes).ok()?;
        let seconds = minutes.checked_mul(if self.behind { -60 } else { 60 })?;
        let offset = Offset::from_seconds(seconds).ok()?;
        let now = offset.to_datetime(Timestamp::from_millisecond(i64::try_from(time.millis()).ok()?).ok()?);
        let begin = offset.to_timestamp(self.begin_civil(now)?).ok()?;
        Some(Time::from_millis(u64::try_from(begin.as_millisecond()).unwrap_or(0)))
    }

    fn begin_civil(&self, now: DateTime) -> Option<DateTime> {
        let midnight = now.date().to_datetime(jiff::civil::Time::midnight());
        match self.every {
            Period::Hour => now
                .round(jiff::civil::DateTimeRound::new().smallest(Unit::Hour).mode(jiff::RoundMode::Floor))
                .ok(),
            Period::Day => Some(midnight),
            Period::Week if now.weekday() == Weekday::Monday => Some(midnight),
            Period::Week => {
                let monday = now.date().nth_weekday(-1, Weekday::Monday).ok()?;
                Some(monday.to_datetime(jiff::civil::Time::midnight()))
            }
            Period::Month => Some(now.date().first_of_month().to_datetime(jiff::civil::Time::midnight())),
        }
    }
}
