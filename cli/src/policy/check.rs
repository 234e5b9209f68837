//! `policy check`: every problem with its place, or warnings and the most money in a day.

use counterfoil_audit::Verdict;
use counterfoil_decide::policy::{Outline, Place, Policy, Problem, compile};
use counterfoil_record::{Hash32, Id};
use counterfoil_review::words::safe;
use counterfoil_review::{Ceiling, Daily, Warning, daily, warnings};
use serde::Serialize;

use super::suggest::suggestion;
use crate::args::PolicyCheck as Args;
use crate::evidence::read_text;
use crate::exit::{Exit, Failure};
use crate::screen::{json, line};

pub(super) fn run(args: &Args) -> Result<Exit, Failure> {
    let source = read_text(&args.file)?;
    let checked = match compile(&source) {
        Err(error) if !args.json => return Err(super::does_not_compile(&args.file, &error)),
        Err(error) => Checked::broken(&error.problems),
        Ok(policy) => Checked::sound(&source, &policy, &ceilings(&policy, &args.daily_ceiling)?),
    };
    if args.json {
        json(&checked)?;
    } else {
        checked.say(args)?;
    }
    let failed = !checked.problems.is_empty() || (args.deny_warnings && !checked.warnings.is_empty());
    Ok(if failed { Exit::Verdict(Verdict::Failed) } else { Exit::Done })
}

fn ceilings(policy: &Policy, stated: &[String]) -> Result<Vec<Ceiling>, Failure> {
    let parse = |text: &String| {
        let money = policy.amount(text).map_err(|error| Failure::at("--daily-ceiling", error))?;
        Ok(Ceiling { asset: money.asset, most: money.amount })
    };
    stated.iter().map(parse).collect()
}

/// The answer, as JSON has it.
#[derive(Serialize)]
struct Checked {
    compiles: bool,
    #[serde(flatten)]
    policy: Option<Named>,
    problems: Vec<Shown>,
    warnings: Vec<Placed>,
    daily: Vec<Daily>,
}

#[derive(Serialize)]
struct Named {
    name: Id,
    version: u64,
    digest: Hash32,
}

#[derive(Serialize)]
struct Shown {
    line: usize,
    column: usize,
    key: Option<String>,
    message: String,
    suggestion: Option<String>,
}

#[derive(Serialize)]
struct Placed {
    line: Option<usize>,
    column: Option<usize>,
    #[serde(flatten)]
    warning: Warning,
}

impl Checked {
    fn broken(problems: &[Problem]) -> Self {
        let show = |problem: &Problem| Shown {
            line: problem.place.line,
            column: problem.place.column,
            key: problem.key.clone(),
            message: problem.kind.to_string(),
            suggestion: suggestion(&problem.kind).map(str::to_owned),
        };
        let problems = problems.iter().map(show).collect();
        Self { compiles: false, policy: None, problems, warnings: Vec::new(), daily: Vec::new() }
    }

    fn sound(source: &str, policy: &Policy, ceilings: &[Ceiling]) -> Self {
        let outline = Outline::of(source);
        let place = |warning: Warning| {
            let place = outline.as_ref().and_then(|outline| outline.place(source, &warning.path));
            let at = |of: fn(Place) -> usize| place.map(of);
            Placed { line: at(|it| it.line), column: at(|it| it.column), warning }
        };
        let named = Named { name: policy.name.clone(), version: policy.version, digest: policy.digest() };
        let warnings = warnings(policy, ceilings).into_iter().map(place).collect();
        Self { compiles: true, policy: Some(named), problems: Vec::new(), warnings, daily: daily(policy) }
    }

    fn say(&self, args: &Args) -> Result<(), Failure> {
        if let Some(Named { name, version, digest }) = &self.policy {
            line(format_args!("{name} version {version} compiles"))?;
            line(format_args!("digest {digest}"))?;
        }
        for daily in &self.daily {
            line(format_args!("in any 24 hours: {}", daily.words))?;
        }
        for Placed { line: at, column, warning } in &self.warnings {
            let file = args.file.display();
            let place = at.zip(*column).map(|(at, column)| format!("line {at}, column {column}: "));
            let Warning { code, path, words } = warning;
            line(safe(format_args!(
                "warning: {file}: {}{path}: {words} [{code}]",
                place.unwrap_or_default()
            )))?;
        }
        Ok(())
    }
}
