//! The URL of a purchase, in a grammar small enough that two readers cannot disagree about it.
//!
//! Policy decides by URL, and the server that is reached decides by URL too. Where parsers differ there
//! is a gap to slip through, so what they differ about is refused rather than repaired.
//!
//! ```text
//! HTTPS://Data.Example:443/v1/a%c3%a9?day=1      read
//! https://data.example/v1/a%C3%A9                normal form; the query stands apart
//!
//! url       = scheme "://" host [ ":" port ] path [ "?" query ]     at most 2048 bytes, all ASCII
//! scheme    = "http" / "https"                  any case, made lower case
//! host      = label *( "." label ) / IPv4       at most 253 bytes, made lower case
//! label     = 1*63( letter / digit / "-" )      no hyphen first or last
//! IPv4      = four decimals 0..=255 without leading zeros; a host whose last label is a number
//!             (digits, or "0x" and hexadecimal digits) must be one
//! port      = decimal 1..=65535 without leading zeros; the scheme's default is dropped
//! path      = *( "/" segment )                  none becomes "/"; only the last may be empty
//! segment   = *( unreserved / sub-delims / ":" / "@" / "%" 2HEXDIG )      digits made upper case
//! query     = *( printable, not space " # < > \, "%" only before 2HEXDIG )
//! ```
//!
//! Refused beyond the grammar: user information, fragments, IPv6 literals, a trailing dot on the host;
//! the segments `.` and `..`, alone or before a `;`; and in the path the encodings of controls (so of
//! `%00`), of `/`, `\`, `%`, and of characters that need none (letters, digits, `-`, `.`, `_`, `~`).

mod host;
mod path;
mod pattern;
#[cfg(test)]
mod tests;

use alloc::string::{String, ToString as _};
use core::fmt;
use core::str::FromStr;

use crate::text::{is_canonical_decimal, serde_as_text};

pub use pattern::{Pattern, PatternError};

/// The most bytes of a URL with its query.
pub const URL_LIMIT: usize = 2048;

/// Why a text is no URL of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// More than [`URL_LIMIT`] bytes.
    #[error("more than 2048 bytes")]
    TooLong,
    /// A character outside ASCII.
    #[error("a character outside ASCII")]
    NonAscii,
    /// A space, tab, line break or other control character.
    #[error("a space or a control character")]
    ControlOrSpace,
    /// A backslash, which some readers take for a slash.
    #[error("a backslash")]
    Backslash,
    /// A fragment.
    #[error("a fragment")]
    Fragment,
    /// Not `http://` or `https://`.
    #[error("the scheme is not http or https")]
    Scheme,
    /// User information before the host.
    #[error("user information before the host")]
    Userinfo,
    /// No host.
    #[error("the host is empty")]
    EmptyHost,
    /// An IPv6 literal.
    #[error("an IPv6 host")]
    Ipv6,
    /// A host that is no sequence of labels, or ends in a dot.
    #[error("the host is malformed")]
    BadHost,
    /// A host that ends in a number and is no canonical IPv4 address.
    #[error("the host is a number and not a canonical IPv4 address")]
    BadIpv4,
    /// A port that is empty, zero, above 65535, signed, or has a leading zero.
    #[error("the port is malformed")]
    BadPort,
    /// A character that a path may not hold.
    #[error("a character that a path may not hold")]
    BadPath,
    /// An empty segment before the last.
    #[error("an empty path segment")]
    EmptySegment,
    /// A segment `.` or `..`, alone or before a `;`.
    #[error("a dot segment")]
    DotSegment,
    /// A `%` without two hexadecimal digits.
    #[error("a percent sign without two hexadecimal digits")]
    BadEncoding,
    /// A percent-encoded control character, slash, backslash, dot or percent sign.
    #[error("a percent-encoded separator, dot, percent sign or control character")]
    ForbiddenEncoding,
    /// A percent-encoded character that needs no encoding.
    #[error("a percent-encoded character that needs no encoding")]
    NeedlessEncoding,
    /// A character that a query may not hold.
    #[error("a character that a query may not hold")]
    BadQuery,
    /// A query where none may stand ([`ResourceUrl`]'s `FromStr`, [`Pattern`]).
    #[error("a query")]
    HasQuery,
    /// Not in normal form ([`ResourceUrl`]'s `FromStr`).
    #[error("not in normal form")]
    NotNormal,
}

/// Origin and path of an `http` or `https` URL in normal form; never the query, which is personal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceUrl {
    http: bool,
    host: String,
    /// `None` for the scheme's default.
    port: Option<u16>,
    path: String,
}

impl ResourceUrl {
    /// Reads a URL: its normal form, and the query as it stands, without the `?`.
    ///
    /// # Errors
    /// [`UrlError`] by the rule that is broken, except [`UrlError::HasQuery`] and [`UrlError::NotNormal`].
    pub fn parse(text: &str) -> Result<(Self, Option<&str>), UrlError> {
        check_characters(text)?;
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
        let http = match scheme {
            _ if scheme.eq_ignore_ascii_case("https") => false,
            _ if scheme.eq_ignore_ascii_case("http") => true,
            _ => return Err(UrlError::Scheme),
        };
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let (authority, path) =
            rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, "/"));
        if authority.contains('@') {
            return Err(UrlError::Userinfo);
        }
        if authority.contains(['[', ']']) {
            return Err(UrlError::Ipv6);
        }
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let host = host::normalise(host)?;
        let port = port.map(read_port).transpose()?.filter(|&port| port != if http { 80 } else { 443 });
        let path = path::normalise(path)?;
        query.map_or(Ok(()), path::check_query)?;
        Ok((Self { http, host, port, path }, query))
    }

    /// `https://host` or `https://host:port`, or the same with `http`.
    pub fn origin(&self) -> String {
        let mut url = self.to_string();
        url.truncate(url.len().saturating_sub(self.path.len()));
        url
    }

    /// The path, from its first `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The host in lower case, without the port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// True for `http`: what is said can be read and changed on the way.
    pub const fn is_http(&self) -> bool {
        self.http
    }

    /// True for the name `localhost` and for IPv4 literals in `127.0.0.0/8`.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || host::ipv4(&self.host).is_some_and(|[first, ..]| first == 127)
    }

    /// The path's segments, at least one.
    fn segments(&self) -> impl Iterator<Item = &str> {
        self.path.split('/').skip(1)
    }
}

impl fmt::Display for ResourceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.http { "http" } else { "https" }, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(&self.path)
    }
}

impl FromStr for ResourceUrl {
    type Err = UrlError;

    /// Reads back what `Display` wrote: a URL in normal form without a query.
    ///
    /// # Errors
    /// [`UrlError::HasQuery`] with a query, [`UrlError::NotNormal`] in another form, otherwise as
    /// [`ResourceUrl::parse`].
    fn from_str(text: &str) -> Result<Self, UrlError> {
        let (url, query) = Self::parse(text)?;
        if query.is_some() {
            return Err(UrlError::HasQuery);
        }
        if url.to_string() != text {
            return Err(UrlError::NotNormal);
        }
        Ok(url)
    }
}

serde_as_text!(ResourceUrl);

/// What is refused wherever it stands, before anything is taken apart.
fn check_characters(text: &str) -> Result<(), UrlError> {
    if text.len() > URL_LIMIT {
        return Err(UrlError::TooLong);
    }
    text.bytes().try_for_each(|byte| match byte {
        0x80.. => Err(UrlError::NonAscii),
        0..=b' ' | 0x7f => Err(UrlError::ControlOrSpace),
        b'\\' => Err(UrlError::Backslash),
        b'#' => Err(UrlError::Fragment),
        _ => Ok(()),
    })
}

fn read_port(text: &str) -> Result<u16, UrlError> {
    if !is_canonical_decimal(text) {
        return Err(UrlError::BadPort);
    }
    text.parse().ok().filter(|&port| port != 0).ok_or(UrlError::BadPort)
}
