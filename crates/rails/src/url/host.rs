//! The host of a URL: DNS labels or an IPv4 address.

use alloc::string::String;

use super::UrlError;
use crate::text::is_canonical_decimal;

/// The host in lower case.
pub(super) fn normalise(host: &str) -> Result<String, UrlError> {
    if host.is_empty() {
        return Err(UrlError::EmptyHost);
    }
    if host.len() > 253 || !host.split('.').all(is_label) {
        return Err(UrlError::BadHost);
    }
    let host = host.to_ascii_lowercase();
    if ends_in_number(&host) && ipv4(&host).is_none() {
        return Err(UrlError::BadIpv4);
    }
    Ok(host)
}

/// The octets of a canonical dotted IPv4 address.
pub(super) fn ipv4(host: &str) -> Option<[u8; 4]> {
    let mut labels = host.split('.').map(octet);
    let octets = [labels.next()??, labels.next()??, labels.next()??, labels.next()??];
    labels.next().is_none().then_some(octets)
}

fn octet(label: &str) -> Option<u8> {
    if is_canonical_decimal(label) { label.parse().ok() } else { None }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// True where some readers would take the whole host for an IPv4 address, short, octal or hexadecimal
/// forms included (WHATWG URL, "ends in a number").
fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or(host);
    let hexadecimal = |digits: &str| digits.bytes().all(|b| b.is_ascii_hexdigit());
    last.bytes().all(|b| b.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(hexadecimal)
}
