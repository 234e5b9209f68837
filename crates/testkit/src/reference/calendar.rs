//! Calendar windows in plain arithmetic: which hour, day, week or month a moment is in.
//!
//! A moment is shifted by the clock's offset and cut into days; weeks are counted from Monday, months by
//! going through the years one at a time. Two moments are in the same window if they are in the same one
//! by number. The beginning of time needs no care: no moment is before 1970.

use counterfoil_decide::policy::{Calendar, Period};
use counterfoil_record::Time;

const HOUR: i128 = 3_600_000;
const DAY: i128 = 24 * HOUR;

const fn is_leap(year: i128) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_of_year(year: i128) -> i128 {
    if is_leap(year) { 366 } else { 365 }
}

const fn days_of_month(year: i128, month: i128) -> i128 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day of the month, both from 1, of a day counted from 1970-01-01.
fn civil(mut day: i128) -> (i128, i128, i128) {
    let mut year = 1970;
    while day < 0 {
        year -= 1;
        day += days_of_year(year);
    }
    while day >= days_of_year(year) {
        day -= days_of_year(year);
        year += 1;
    }
    let mut month = 1;
    while day >= days_of_month(year, month) {
        day -= days_of_month(year, month);
        month += 1;
    }
    (year, month, day + 1)
}

/// Milliseconds from 1970 to the beginning of the year 9999 in UTC.
fn end_of_time() -> i128 {
    (1970..9999).map(days_of_year).sum::<i128>() * DAY
}

/// The number of the window that `time` is in; `None` from the year 9999 on.
pub(super) fn window(calendar: &Calendar, time: Time) -> Option<i128> {
    let utc = i128::from(time.millis());
    if utc >= end_of_time() {
        return None;
    }
    let offset = i128::from(calendar.minutes) * 60_000;
    let local = if calendar.behind { utc - offset } else { utc + offset };
    let day = local.div_euclid(DAY);
    Some(match calendar.every {
        Period::Hour => local.div_euclid(HOUR),
        Period::Day => day,
        // 1970-01-01 was a Thursday, three days after a Monday.
        Period::Week => (day + 3).div_euclid(7),
        Period::Month => {
            let (year, month, _) = civil(day);
            year * 12 + month - 1
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(every: Period, minutes: i64) -> Calendar {
        Calendar { every, behind: minutes < 0, minutes: minutes.unsigned_abs() }
    }

    fn at(seconds: u64) -> Time {
        Time::from_seconds(seconds)
    }

    /// The first second of its window, and the one before it.
    fn begins(every: Period, minutes: i64, seconds: u64) {
        let calendar = calendar(every, minutes);
        let [before, first] = [seconds - 1, seconds].map(|seconds| window(&calendar, at(seconds)).unwrap());
        assert_eq!(before + 1, first, "{every:?} {minutes} {seconds}");
    }

    #[test]
    fn days_have_the_dates_that_everybody_knows() {
        for (day, date) in [
            (0, (1970, 1, 1)),
            (-1, (1969, 12, 31)),
            (58, (1970, 2, 28)),
            (59, (1970, 3, 1)),
            (789, (1972, 2, 29)),
            (790, (1972, 3, 1)),
            (10_957, (2000, 1, 1)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (19_782, (2024, 2, 29)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
            (2_932_896, (9999, 12, 31)),
        ] {
            assert_eq!(civil(day), date);
        }
    }

    #[test]
    fn months_begin_at_local_midnight() {
        begins(Period::Month, 0, 1_709_251_200); // 2024-03-01T00:00Z, after a 29th
        begins(Period::Month, 60, 1_709_251_200 - 3_600);
        begins(Period::Month, -330, 1_709_251_200 + 330 * 60);
        begins(Period::Month, 0, 1_704_067_200); // 2024-01-01T00:00Z
        begins(Period::Month, 840, 1_740_787_200 - 840 * 60); // 2025-03-01, after a 28th
    }

    #[test]
    fn weeks_begin_on_monday() {
        begins(Period::Week, 0, 345_600); // 1970-01-05
        begins(Period::Week, 0, 1_704_067_200); // 2024-01-01 was a Monday
        begins(Period::Week, -720, 1_704_067_200 + 720 * 60);
        let calendar = calendar(Period::Week, 0);
        assert_eq!(window(&calendar, at(0)), window(&calendar, at(345_599)));
    }

    #[test]
    fn hours_and_days_follow_the_offset() {
        begins(Period::Hour, 0, 7_200);
        begins(Period::Hour, 345, 7_200 + 15 * 60);
        begins(Period::Day, 0, 86_400);
        begins(Period::Day, -480, 86_400 + 480 * 60);
    }

    #[test]
    fn moments_before_a_local_1970_are_in_its_last_window_of_1969() {
        assert_eq!(window(&calendar(Period::Month, -840), at(0)), Some(1969 * 12 + 11));
        assert_eq!(window(&calendar(Period::Day, -840), at(0)), Some(-1));
    }

    #[test]
    fn there_is_no_window_from_9999_on() {
        let first = 253_370_764_800;
        assert_eq!(window(&calendar(Period::Month, 0), at(first - 1)), Some(9998 * 12 + 11));
        assert_eq!(window(&calendar(Period::Month, 0), at(first)), None);
    }
}
