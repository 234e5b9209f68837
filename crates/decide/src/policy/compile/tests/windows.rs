//! The time that a budget looks back on: rolling, or by the calendar at an offset from UTC.

use alloc::collections::BTreeMap;

use super::*;

const MONTH: &str = "{ every = \"month\", utc_offset = \"+05:45\" }";

/// The sample with a calendar window at each of some offsets, instead of the one that it has. At most 20.
fn at_offsets<'o>(offsets: impl IntoIterator<Item = &'o str>) -> String {
    let budgets = offsets.into_iter().enumerate().map(|(at, offset)| {
        format!(
            "id = \"b{at}\"\nper = [\"payee\"]\nlimit = \"1 usdc\"\n\
             window = {{ every = \"day\", utc_offset = \"{offset}\" }}\n[[budgets]]\n"
        )
    });
    let budgets: String = budgets.collect();
    let start = "id = \"principal-month\"";
    vary(start, &format!("{budgets}{start}"))
}

/// What each of those offsets stands for: whether it is behind UTC and by how many minutes, or nothing where it is
/// refused in its place.
fn read(offsets: &[String]) -> Vec<Option<(bool, u64)>> {
    let source = at_offsets(offsets.iter().map(String::as_str));
    let refused: Vec<Problem> = compile(&source).err().map_or_else(Vec::new, |error| error.problems);
    let expected = "an offset from UTC such as +01:00 or -05:30, up to 14 hours";
    let lines: BTreeMap<usize, &str> = (1..).zip(source.lines()).collect();
    let mut found = refused.iter();
    let wrong: Vec<bool> = offsets
        .iter()
        .map(|offset| {
            let line = format!("utc_offset = \"{offset}\" }}");
            let next = found.clone().next();
            let here = next.is_some_and(|problem| {
                problem.kind == Kind::Expected { expected, found: offset.clone() }
                    && lines[&problem.place.line].ends_with(&line)
                    && problem.place.column == "window = { every = \"day\", utc_offset = ".len() + 1
            });
            if here {
                found.next();
            }
            here
        })
        .collect();
    assert_eq!(found.next(), None, "{offsets:?}");
    let right = offsets.iter().zip(&wrong).filter(|(_, wrong)| !**wrong).map(|(offset, _)| offset.as_str());
    let budgets = compile(&at_offsets(right)).unwrap().budgets;
    let windows =
        budgets.iter().filter(|budget| budget.id.as_str().starts_with('b') && budget.limit.is_some());
    let mut windows = windows.map(|budget| match &budget.window {
        Some(Window::Calendar(Calendar { every: Period::Day, behind, minutes })) => (*behind, *minutes),
        other => panic!("{other:?}"),
    });
    wrong.iter().map(|wrong| if *wrong { None } else { windows.next() }).collect()
}

/// Every offset that there is, with what it stands for.
fn offsets() -> BTreeMap<String, (bool, u64)> {
    let form = |sign, minutes| format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    let ahead = (0..=840).map(|minutes| (form('+', minutes), (false, minutes)));
    ahead.chain((1..=840).map(|minutes| (form('-', minutes), (true, minutes)))).collect()
}

/// Reads all of them, some at a time.
fn agree(candidates: impl IntoIterator<Item = String>) {
    let (all, candidates) = (offsets(), candidates.into_iter().collect::<Vec<_>>());
    for some in candidates.chunks(20) {
        let expected: Vec<_> = some.iter().map(|offset| all.get(offset).copied()).collect();
        assert_eq!(read(some), expected, "{some:?}");
    }
}

#[test]
fn every_offset_of_up_to_14_hours_is_read_and_none_beyond() {
    let all = ['+', '-'].into_iter().flat_map(|sign| {
        (0..=15).flat_map(move |hours| (0..=60).map(move |minutes| format!("{sign}{hours:02}:{minutes:02}")))
    });
    agree(all);
}

#[test]
fn an_offset_has_one_form() {
    let others = [
        "",
        "+",
        "-",
        "Z",
        "z",
        "UTC",
        "01:00",
        " +01:00",
        "+01:00 ",
        "+1:00",
        "+01:0",
        "+001:00",
        "+01:000",
        "+0100",
        "+01",
        "+01:00:00",
        "+01.00",
        "+01-00",
        "++01:00",
        "+-1:00",
        "+01:+5",
        "+ 1:00",
        "+0x:00",
        "-00:00",
        "+15:00",
        "-15:00",
        "+14:01",
        "-14:01",
        "+99:99",
        "+01:60",
        "\u{2212}01:00",
        "+0\u{ff11}:00",
        "+\u{661}1:00",
        "Europe/Berlin",
    ];
    agree(others.map(String::from));
    agree(["+00:00", "+05:45", "-09:30", "+14:00", "-14:00", "-00:01"].map(String::from));
}

#[test]
fn no_change_of_one_character_is_read_as_something_else() {
    let characters = ['+', '-', ':', '0', '1', '4', '5', '6', '9', ' ', 'a'];
    let mut changed = alloc::collections::BTreeSet::new();
    for form in ["+01:00", "-13:59", "+00:00"] {
        for at in 0..=form.len() {
            let (before, after) = form.split_at(at);
            let rest = after.get(1..);
            changed.extend(rest.map(|rest| format!("{before}{rest}")));
            for character in characters {
                changed.insert(format!("{before}{character}{after}"));
                changed.extend(rest.map(|rest| format!("{before}{character}{rest}")));
            }
        }
    }
    agree(changed);
}

#[test]
fn a_window_is_rolling_or_by_the_calendar() {
    for (every, period) in
        [("hour", Period::Hour), ("day", Period::Day), ("week", Period::Week), ("month", Period::Month)]
    {
        let to = format!("{{ every = \"{every}\", utc_offset = \"-03:30\" }}");
        let window = compile(&vary(MONTH, &to)).unwrap().budgets[3].window.clone();
        assert_eq!(window, Some(Window::Calendar(Calendar { every: period, behind: true, minutes: 210 })));
    }
    for wrong in [
        "{ rolling = \"24h\", every = \"day\" }",
        "{ rolling = \"24h\", utc_offset = \"+01:00\" }",
        "{ rolling = \"24h\", every = \"day\", utc_offset = \"+01:00\" }",
        "{ every = \"day\" }",
        "{ utc_offset = \"+01:00\" }",
        "{}",
    ] {
        let kind = problem_at(MONTH, wrong, "\"principal-month\"");
        let why = "a `window` has either `rolling`, or `every` and `utc_offset`";
        assert_eq!(kind, Kind::Together(why), "{wrong}");
    }
    let kind = problem_at(MONTH, "{ every = \"year\", utc_offset = \"+01:00\" }", "\"year\"");
    let choices = ["hour", "day", "week", "month"].into();
    assert_eq!(kind, Kind::NotAChoice { choices, found: "year".into() });
    let kind = problem_at(MONTH, "{ every = \"day\", time_zone = \"+01:00\" }", "time_zone");
    assert!(matches!(&kind, Kind::UnknownKey { name, .. } if name == "time_zone"), "{kind}");
}

#[test]
fn another_window_is_another_budget() {
    let with = |window: &str| compile(&vary(MONTH, window)).unwrap().budgets[3].clone();
    let month = with(MONTH);
    for other in [
        "{ every = \"week\", utc_offset = \"+05:45\" }",
        "{ every = \"month\", utc_offset = \"-05:45\" }",
        "{ every = \"month\", utc_offset = \"+05:44\" }",
        "{ rolling = \"31d\" }",
    ] {
        assert!(!month.same_identity(&with(other)), "{other}");
    }
    let restoring = compile(&vary("restore_refunds = true", "restore_refunds = false")).unwrap();
    assert!(month.same_identity(&restoring.budgets[3]));
}

#[test]
fn restore_refunds_says_yes_or_no() {
    let absent = compile(&vary("restore_refunds = true\n", "")).unwrap();
    assert!(!absent.budgets[3].restore_refunds);
    let kind = problem_at("restore_refunds = true", "restore_refunds = \"yes\"", "\"yes\"");
    assert!(matches!(kind, Kind::Type { takes: "true or false", .. }), "{kind}");
}
