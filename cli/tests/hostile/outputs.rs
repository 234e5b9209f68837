//! What is run, and what of it a reader must find: every command in every form.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;

use crate::common::{Ran, run, run_with};
use crate::log::Hostile;
use crate::rules::Form::{self, Csv, Html, Json, Junit, Lines, Sarif, Text};
use crate::rules::text;

/// A command with its form, its exit code and its arguments, and what a reader must find in it, `|` between.
///
/// `~` stands before a file of the folder, `#` before a payment of the log; `<~` before what stands on stdin, `>~` before the
/// file that the output is, where it is not stdout: a page that a command writes, say.
pub type Output = (&'static str, Form, i32, &'static str, &'static str);

pub const OUTPUTS: [Output; 57] = [
    ("init", Text, 0, "~made --origin @SUM:h0stile", "h0stile|/log.sqlite"),
    ("key new", Text, 0, "~new.pem --name @SUM:h0stile", "@SUM:h0stile+"),
    ("key show", Text, 0, "~mallory.pem --name @SUM:h0stile", "@SUM:h0stile+"),
    ("policy check", Text, 0, "~policy.toml", "h0stile"),
    ("policy check", Json, 0, "~policy.toml --json", "h0stile"),
    ("policy show", Text, 0, "~policy.toml", "<script>h0stile</script>|;=h0stile("),
    ("policy show", Text, 0, "~policy.toml --graph", "execute"),
    ("policy show", Json, 0, "~policy.toml --json", "<script>h0stile</script>"),
    ("policy diff", Text, 0, "~policy.toml ~next.toml", "<script>h0stile</script>"),
    ("policy diff", Json, 0, "~policy.toml ~next.toml --json", "<script>h0stile</script>"),
    ("policy test", Text, 1, "~scenario.toml", "<script>alert(1)</script>|?[2J"),
    ("policy test", Json, 1, "~scenario.toml --json", "<script>alert(1)</script>|\u{1b}[2J|\u{202e}"),
    (
        "policy test",
        Junit,
        1,
        "~scenario.toml --junit ~junit.xml >~junit.xml",
        "<script>alert(1)</script>|\"><img",
    ),
    ("policy backtest", Text, 0, "~log.sqlite --trust ~trust.toml --policy ~next.toml", "-1:h0stile"),
    (
        "policy backtest",
        Json,
        0,
        "~log.sqlite --trust ~trust.toml --policy ~next.toml --format json",
        "-1:h0stile",
    ),
    (
        "policy backtest",
        Csv,
        0,
        "~log.sqlite --trust ~trust.toml --policy ~next.toml --format csv",
        "'-1:h0stile",
    ),
    ("govern", Lines, 2, "~copy.sqlite --key ~log.pem <~commands.jsonl", "url"),
    ("pending", Text, 0, "~log.sqlite --trust ~trust.toml", ";=h0stile(|-1:h0stile"),
    ("pending", Json, 0, "~log.sqlite --trust ~trust.toml --json", ";=h0stile(|-1:h0stile"),
    (
        "statement sign",
        Lines,
        0,
        "approve ~log.sqlite #held --key ~mallory.pem --name @SUM:h0stile --yes",
        "statement",
    ),
    (
        "statement sign",
        Lines,
        0,
        "override ~log.sqlite ~again.json --key ~mallory.pem --name @SUM:h0stile --yes",
        "=1 h0stile <script>|\u{202e}x|@SUM(A1)",
    ),
    (
        "statement sign",
        Lines,
        0,
        "override ~log.sqlite ~again.json --key ~mallory.pem --name @SUM:h0stile --yes -o ~signed.json >~signed.json",
        "=1 h0stile <script>|\u{202e}x|@SUM(A1)",
    ),
    ("statement show", Text, 0, "~approve.json", "@SUM:h0stile"),
    ("statement show", Text, 0, "~approve.json ~log.sqlite --trust ~trust.toml", "@SUM:h0stile|;=h0stile("),
    (
        "statement show",
        Json,
        0,
        "~approve.json ~log.sqlite --trust ~trust.toml --json",
        "@SUM:h0stile|;=h0stile(",
    ),
    ("statement check", Text, 0, "~approve.json ~log.sqlite --trust ~trust.toml", "accepted"),
    ("statement check", Json, 0, "~approve.json ~log.sqlite --trust ~trust.toml --json", "accepted"),
    ("verify", Text, 0, "~log.sqlite --trust ~trust.toml", "-h0stile"),
    ("verify", Json, 0, "~log.sqlite --trust ~trust.toml --json", "-h0stile"),
    ("verify", Junit, 0, "~log.sqlite --trust ~trust.toml --format junit", "-h0stile"),
    ("verify", Sarif, 3, "~log.sqlite --format sarif", "h0stile|%1B%5B2J|-h0stile"),
    ("verify", Text, 0, "~some.bundle --trust ~trust.toml", "records that explain"),
    ("verify", Json, 0, "~some.bundle --trust ~trust.toml --json", "records"),
    ("verify", Junit, 0, "~some.bundle --trust ~trust.toml --format junit", "records-left-out"),
    ("verify", Sarif, 3, "~some.bundle --format sarif", "h0stile"),
    (
        "explain",
        Text,
        0,
        "~log.sqlite #paid --trust ~trust.toml",
        ";=h0stile(|# =1 h0stile <script>|-1:h0stile",
    ),
    (
        "explain",
        Json,
        0,
        "~log.sqlite #paid --trust ~trust.toml --json",
        ";=h0stile(|# =1 h0stile <script>|\u{202e}x",
    ),
    (
        "explain",
        Text,
        0,
        "~log.sqlite #forged --trust ~trust.toml",
        "pay from wallet hot for = h0stile <script>|]]><!--",
    ),
    ("explain", Json, 0, "~log.sqlite #forged --trust ~trust.toml --json", "= h0stile <script>|\u{10fffd}"),
    ("explain", Text, 0, "~log.sqlite #denied --trust ~trust.toml", ";=other"),
    ("explain", Text, 0, "~some.bundle #paid --trust ~trust.toml", ";=h0stile("),
    ("explain", Json, 0, "~some.bundle #paid --trust ~trust.toml --json", ";=h0stile("),
    ("bundle", Text, 3, "~log.sqlite #held -o ~other.bundle --trust ~trust.toml", "h0stile <script>|?[2J"),
    (
        "list",
        Text,
        0,
        "~log.sqlite --trust ~trust.toml",
        ";=h0stile(|for \u{ff1d} h0stile|for - h0stile <script>",
    ),
    ("export", Json, 0, "~log.sqlite --trust ~trust.toml", ";=h0stile(|+1:h0stile|\u{ff1d} h0stile|\u{e0b0}"),
    (
        "export",
        Csv,
        0,
        "~log.sqlite --trust ~trust.toml --format csv",
        "'= h0stile|'+ h0stile|'- h0stile|'@ h0stile|'+1:h0stile",
    ),
    (
        "check-export",
        Text,
        0,
        "~log.sqlite ~export.csv --trust ~trust.toml",
        "h0stile <script>|payment requests",
    ),
    ("check-export", Text, 1, "~log.sqlite ~altered.csv --trust ~trust.toml", "the file says '=2= h0stile"),
    ("sample", Text, 0, "~log.sqlite --trust ~trust.toml --size 99", "for - h0stile <script>"),
    (
        "sample",
        Json,
        0,
        "~log.sqlite --trust ~trust.toml --size 99 --format json",
        "- h0stile <script>|\u{e0b0}",
    ),
    ("sample", Csv, 0, "~log.sqlite --trust ~trust.toml --size 99 --format csv", "'= h0stile|'@ h0stile"),
    (
        "reconcile",
        Text,
        3,
        "~log.sqlite --trust ~trust.toml --facilitator ~exchanges.jsonl",
        "refused (=1 h0stile|;=h0stile(",
    ),
    (
        "reconcile",
        Json,
        3,
        "~log.sqlite --trust ~trust.toml --facilitator ~exchanges.jsonl --json",
        "refused (=1 h0stile",
    ),
    (
        "reconcile",
        Csv,
        3,
        "~log.sqlite --trust ~trust.toml --facilitator ~exchanges.jsonl --format csv",
        "refused (=1 h0stile",
    ),
    (
        "report",
        Html,
        0,
        "~log.sqlite --trust ~trust.toml -o ~page.html >~page.html",
        "<script>h0stile</script>|;=h0stile(|-1:h0stile|for = h0stile <script>|# =1 h0stile <script>",
    ),
    ("demo", Text, 0, "--out ~demo", "h0stile <script>"),
    ("man", Text, 0, "~man", "h0stile <script>|counterfoil.1"),
];

/// Commands, or forms of theirs, that say nothing about a log or what is chosen by others, and why.
pub const SILENT: [(&str, &str); 3] = [
    ("completions", "prints a script of its own words alone"),
    ("vectors", "prints counts, and differences of vectors: see `text_in_an_error_is_quoted_without_harm`"),
    ("conform", "prints counts, and differences of vectors: see `text_in_an_error_is_quoted_without_harm`"),
];

impl Hostile {
    /// Runs a command of the table. Gives the exit code, what it put out, and what it said on stderr.
    fn output(&self, (command, _, _, words, _): &Output) -> Ran {
        let (mut args, mut stdin, mut file) = (Vec::<OsString>::new(), Vec::new(), None);
        for word in command.split(' ').chain(words.split(' ')) {
            if let Some(name) = word.strip_prefix("<~") {
                stdin = fs::read(self.path(name)).unwrap();
            } else if let Some(name) = word.strip_prefix(">~") {
                file = Some(self.path(name));
            } else if let Some(name) = word.strip_prefix('~') {
                args.push(self.path(name).into());
            } else if let Some(name) = word.strip_prefix('#') {
                let payment = match name {
                    "paid" => self.paid,
                    "held" => self.held,
                    "denied" => self.denied,
                    _ => self.forged,
                };
                args.push(payment.to_string().into());
            } else {
                args.push(word.into());
            }
        }
        let mut ran = run_with(args, &stdin);
        if let Some(file) = file {
            ran.stdout = fs::read_to_string(file).unwrap();
        }
        ran
    }

    /// Runs a command of the table, and holds what it says against the rules.
    pub fn hold(&self, output: &Output) {
        let ran = self.output(output);
        let (command, form, code, words, expected) = output;
        assert_eq!(ran.code, Some(*code), "{command} {words}: {ran:?}");
        said_safely(&ran.stderr, output);
        let read = form.read(&ran.stdout);
        for part in expected.split('|') {
            assert!(read.contains(part), "{command} {words}: {part:?} is not in {read}");
        }
    }
}

/// What is said on stderr is safe on a terminal, and each line of it is one that this program begins.
fn said_safely(stderr: &str, of: &dyn core::fmt::Debug) {
    text(stderr);
    assert!(!stderr.contains("panicked"), "{of:?}: {stderr}");
}

/// The commands that can be given, each with its help: those in front of others do nothing by themselves.
pub fn commands() -> Vec<(String, String)> {
    let (mut open, mut found) = (vec![Vec::<String>::new()], Vec::new());
    while let Some(command) = open.pop() {
        let help = run(command.iter().map(String::as_str).chain(["--help"])).stdout;
        let below: Vec<String> = help
            .lines()
            .skip_while(|line| *line != "Commands:")
            .skip(1)
            .take_while(|line| !line.is_empty())
            .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
            .map(|line| line.split_whitespace().next().unwrap().to_owned())
            .filter(|name| name != "help")
            .collect();
        // What can be signed for is one command in many ways.
        if below.is_empty() || command == ["statement", "sign"] {
            found.push((command.join(" "), help));
        } else {
            open.extend(below.into_iter().map(|name| [command.as_slice(), &[name]].concat()));
        }
    }
    found
}

/// The forms that a command's help offers: the values of `--format`, and options of their own.
pub fn forms(help: &str) -> BTreeSet<String> {
    let listed = help.lines().skip_while(|line| !line.trim_start().starts_with("--format")).skip(1);
    let listed = listed.take_while(|line| !line.trim_start().starts_with("--"));
    let values =
        listed.filter_map(|line| Some(line.trim_start().strip_prefix("- ")?.split(':').next()?.to_owned()));
    let mut forms: BTreeSet<String> = values.collect();
    let options = ["json", "junit"].into_iter();
    forms.extend(options.filter(|it| help.contains(&format!("      --{it}"))).map(str::to_owned));
    forms
}
