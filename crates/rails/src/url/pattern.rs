//! What a policy may say about URLs: one URL, or a shape of its path under one origin.

use core::fmt;
use core::str::FromStr;

use super::{ResourceUrl, UrlError};
use crate::text::serde_as_text;

/// A pattern over [`ResourceUrl`]s, written as a URL in the same grammar:
///
/// ```text
/// https://data.example/v1/quote       this URL
/// https://data.example/v1/*/quote     `*`: exactly one segment, not empty
/// https://data.example/v1/**          `**`: one or more segments, the first not empty
/// ```
///
/// A wildcard is a whole path segment, and `**` only the last. The origin is always spelled out: scheme,
/// host and port compare as wholes, and the path segment by segment, so `/v1/**` fits neither `/v1` nor
/// `/v1/` nor `/v1evil/a`, and `https://data.example/**` neither `https://data.example.evil/a` nor the
/// bare `https://data.example/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(ResourceUrl);

/// Why a text is no pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is no URL of ours; [`UrlError::HasQuery`] if it has a query.
    #[error("{0}")]
    Url(UrlError),
    /// A `*` that is part of a longer segment.
    #[error("a wildcard inside a segment")]
    PartialWildcard,
    /// A `**` that is not the last segment.
    #[error("a ** that is not last")]
    MisplacedDoubleStar,
}

impl Pattern {
    /// The pattern read as a URL, wildcards as plain segments: for its scheme and host.
    pub const fn url(&self) -> &ResourceUrl {
        &self.0
    }

    /// True if `url` has the pattern's origin and its path fits segment by segment. Case counts in paths.
    pub fn matches(&self, url: &ResourceUrl) -> bool {
        if (self.0.http, &self.0.host, self.0.port) != (url.http, &url.host, url.port) {
            return false;
        }
        let mut segments = url.segments();
        for wanted in self.0.segments() {
            let fits = match (wanted, segments.next()) {
                (_, None) => false,
                // Last by construction: whatever is left belongs to it.
                ("**", Some(segment)) => return !segment.is_empty(),
                ("*", Some(segment)) => !segment.is_empty(),
                (literal, Some(segment)) => literal == segment,
            };
            if !fits {
                return false;
            }
        }
        segments.next().is_none()
    }
}

impl Pattern {
    /// True if every URL that `other` matches is matched by this one too.
    pub fn covers(&self, other: &Self) -> bool {
        self.compare(other, |mine, theirs| match (mine, theirs) {
            ("**", segment) => !segment.is_empty(),
            (_, "**") => false,
            ("*", segment) => !segment.is_empty(),
            (literal, segment) => literal == segment,
        })
    }

    /// True if some URL is matched by both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.compare(other, |mine, theirs| match (mine, theirs) {
            ("*" | "**", segment) | (segment, "*" | "**") => !segment.is_empty(),
            (mine, theirs) => mine == theirs,
        })
    }

    /// Compares segment by segment. A `**` takes in whatever the other has left.
    fn compare(&self, other: &Self, fits: impl Fn(&str, &str) -> bool) -> bool {
        if (self.0.http, &self.0.host, self.0.port) != (other.0.http, &other.0.host, other.0.port) {
            return false;
        }
        let (mut mine, mut theirs) = (self.0.segments(), other.0.segments());
        loop {
            match (mine.next(), theirs.next()) {
                (None, None) => return true,
                (Some(one), Some(another)) if fits(one, another) => {
                    if one == "**" || another == "**" {
                        return true;
                    }
                }
                _ => return false,
            }
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    /// Reads a pattern and normalises it as a URL is normalised.
    ///
    /// # Errors
    /// [`PatternError`] by the rule that is broken.
    fn from_str(text: &str) -> Result<Self, PatternError> {
        let (url, query) = ResourceUrl::parse(text).map_err(PatternError::Url)?;
        if query.is_some() {
            return Err(PatternError::Url(UrlError::HasQuery));
        }
        let mut segments = url.segments().peekable();
        while let Some(segment) = segments.next() {
            match segment {
                "**" if segments.peek().is_some() => return Err(PatternError::MisplacedDoubleStar),
                "*" | "**" => {}
                _ if segment.contains('*') => return Err(PatternError::PartialWildcard),
                _ => {}
            }
        }
        drop(segments);
        Ok(Self(url))
    }
}

serde_as_text!(Pattern);

#[cfg(test)]
mod tests;
