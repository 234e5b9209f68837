//! From the fields of a step to a command: references, amounts and times in the place of what the command has.

use counterfoil_decide::policy::{Policy, span};
use counterfoil_enforce::Command;
use counterfoil_record::Time;
use jiff::Timestamp;
use serde_json::{Map, Number};
use toml::{Table, Value};

use crate::exit::Failure;

/// What the fields of a step are read with.
pub(super) struct Reading<'a> {
    /// The policy in force.
    pub(super) policy: &'a Policy,
    /// The time of the step.
    pub(super) now: Time,
    /// The index that the step of a name was answered.
    pub(super) index: &'a dyn Fn(&str) -> Result<u64, Failure>,
}

impl Reading<'_> {
    /// The command of these fields.
    pub(super) fn command(&self, fields: Table) -> Result<Command, Failure> {
        if !fields.contains_key("type") {
            return Err(Failure::new("a step has a `type`, an `approve` or a `refuse`"));
        }
        let json = self.table(fields)?;
        match serde_json::from_value(json.into()) {
            Ok(Command::Genesis { .. } | Command::Start {} | Command::Stop {}) => {
                Err(Failure::new("genesis, start and stop are written by the core itself"))
            }
            Ok(command) => Ok(command),
            Err(error) => Err(Failure::new(error)),
        }
    }

    fn table(&self, table: Table) -> Result<Map<String, serde_json::Value>, Failure> {
        table.into_iter().map(|(key, value)| Ok((key.clone(), self.value(&key, value)?))).collect()
    }

    fn value(&self, key: &str, value: Value) -> Result<serde_json::Value, Failure> {
        Ok(match value {
            Value::String(text) => self.text(key, text)?,
            Value::Integer(number) => number.into(),
            Value::Boolean(flag) => flag.into(),
            Value::Float(_) => return Err(Failure::at(format_args!("`{key}`"), "is no whole number")),
            moment @ Value::Datetime(_) => self.time(&moment)?.millis().into(),
            Value::Array(list) => {
                list.into_iter().map(|value| self.value(key, value)).collect::<Result<Vec<_>, _>>()?.into()
            }
            // By asset, as the most that a mandate lets be spent.
            Value::Table(limits) if key == "limits" => {
                let limits = limits.into_iter();
                let limits = limits.map(|(asset, most)| Ok((asset, self.value("amount", most)?)));
                limits.collect::<Result<Map<_, _>, Failure>>()?.into()
            }
            Value::Table(table) => self.table(table)?.into(),
        })
    }

    fn text(&self, key: &str, text: String) -> Result<serde_json::Value, Failure> {
        if let Some(name) = text.strip_prefix('$') {
            return Ok(Number::from((self.index)(name)?).into());
        }
        match key {
            "amount" | "ceiling" if text.contains(' ') => {
                let money = self.policy.amount(&text);
                let money = money.map_err(|error| Failure::at(format_args!("`{key}`"), error))?;
                Ok(money.amount.to_string().into())
            }
            "deadline" | "to" | "expires" => Ok(self.time(&Value::String(text))?.millis().into()),
            _ => Ok(text.into()),
        }
    }

    /// A time: `+5m` from now on, or a moment.
    pub(super) fn time(&self, value: &Value) -> Result<Time, Failure> {
        time(value, self.now)
    }
}

/// A time: `+5m` after `now`, above zero, or a moment (RFC 3339).
pub(super) fn time(value: &Value, now: Time) -> Result<Time, Failure> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Datetime(moment) => moment.to_string(),
        other => return Err(Failure::new(format_args!("a {} is no time", other.type_str()))),
    };
    let wrong = || {
        Failure::new(format_args!(
            "`{text}` is no time: write a span above zero, \"+5m\", or \"2026-01-05T09:00:00Z\""
        ))
    };
    if let Some(later) = text.strip_prefix('+') {
        return Ok(now.plus(span(later).ok_or_else(wrong)?));
    }
    let moment: Timestamp = text.parse().map_err(|_| wrong())?;
    u64::try_from(moment.as_millisecond()).map(Time::from_millis).map_err(|_| wrong())
}
