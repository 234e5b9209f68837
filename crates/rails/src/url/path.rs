//! The path and the query of a URL.

use alloc::string::String;

use super::UrlError;

/// The path with the digits of its encodings in upper case. `path` starts with a slash.
pub(super) fn normalise(path: &str) -> Result<String, UrlError> {
    let mut normal = String::with_capacity(path.len());
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        if segment.is_empty() && segments.peek().is_some() {
            return Err(UrlError::EmptySegment);
        }
        // Some servers drop parameters (";...") before they resolve dot segments.
        if matches!(segment.split(';').next(), Some("." | "..")) {
            return Err(UrlError::DotSegment);
        }
        normal.push('/');
        push_segment(&mut normal, segment)?;
    }
    Ok(normal)
}

fn push_segment(normal: &mut String, segment: &str) -> Result<(), UrlError> {
    let mut characters = segment.chars();
    while let Some(character) = characters.next() {
        if character == '%' {
            let (high, low) = encoded(&mut characters)?;
            check_octet(high.saturating_mul(16).saturating_add(low))?;
            normal.push('%');
            normal.extend(
                [high, low].iter().filter_map(|&d| char::from_digit(d, 16)).map(|d| d.to_ascii_uppercase()),
            );
        } else if is_unreserved(character) || "!$&'()*+,;=:@".contains(character) {
            normal.push(character);
        } else {
            return Err(UrlError::BadPath);
        }
    }
    Ok(())
}

/// The values of the two digits after a percent sign.
fn encoded(characters: &mut core::str::Chars<'_>) -> Result<(u32, u32), UrlError> {
    let mut digit = || characters.next().and_then(|c| c.to_digit(16)).ok_or(UrlError::BadEncoding);
    Ok((digit()?, digit()?))
}

fn check_octet(octet: u32) -> Result<(), UrlError> {
    match char::from_u32(octet) {
        Some('\0'..='\x1f' | '\x7f' | '/' | '\\' | '.' | '%') => Err(UrlError::ForbiddenEncoding),
        Some(character) if is_unreserved(character) => Err(UrlError::NeedlessEncoding),
        _ => Ok(()),
    }
}

/// RFC 3986 section 2.3.
fn is_unreserved(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | '_' | '~')
}

/// Holds a query to the grammar. Controls, spaces, backslashes and `#` were refused with the whole URL.
pub(super) fn check_query(query: &str) -> Result<(), UrlError> {
    let mut characters = query.chars();
    while let Some(character) = characters.next() {
        match character {
            '%' => {
                encoded(&mut characters)?;
            }
            '"' | '<' | '>' => return Err(UrlError::BadQuery),
            _ => {}
        }
    }
    Ok(())
}
