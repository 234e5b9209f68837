use alloc::format;
use alloc::string::{String, ToString as _};

use proptest::prelude::*;

use super::*;

fn url(text: &str) -> ResourceUrl {
    ResourceUrl::parse(text).unwrap().0
}

#[test]
fn reads_to_a_normal_form_that_reads_back_as_itself() {
    for (text, normal) in [
        ("https://data.example/v1/quote", "https://data.example/v1/quote"),
        ("HTTPS://Data.EXAMPLE/v1/Quote", "https://data.example/v1/Quote"),
        ("https://data.example", "https://data.example/"),
        ("https://data.example?a=1", "https://data.example/"),
        ("https://data.example:443/", "https://data.example/"),
        ("http://data.example:80/", "http://data.example/"),
        ("http://data.example:443/", "http://data.example:443/"),
        ("https://data.example:80/", "https://data.example:80/"),
        ("https://data.example:65535/v1/", "https://data.example:65535/v1/"),
        ("http://127.0.0.1:18503/weather", "http://127.0.0.1:18503/weather"),
        ("http://localhost", "http://localhost/"),
        ("https://xn--bcher-kva.example/a%c3%a9%20", "https://xn--bcher-kva.example/a%C3%A9%20"),
        ("https://data.example/a:b@c/!$&'()*+,;=-._~/...", "https://data.example/a:b@c/!$&'()*+,;=-._~/..."),
        ("https://1.2.3.4.example/", "https://1.2.3.4.example/"),
    ] {
        let read = url(text);
        assert_eq!(read.to_string(), normal, "{text}");
        assert_eq!(normal.parse(), Ok(read), "{text}");
    }
}

#[test]
fn origin_path_and_query_stand_apart() {
    let (read, query) = ResourceUrl::parse("http://Data.example:8080/v1/a?day=1&q=a%20b?c/d").unwrap();
    assert_eq!(read.origin(), "http://data.example:8080");
    assert_eq!(read.host(), "data.example");
    assert_eq!(read.path(), "/v1/a");
    assert!(read.is_http());
    assert_eq!(query, Some("day=1&q=a%20b?c/d"));

    let (read, query) = ResourceUrl::parse("https://data.example").unwrap();
    assert_eq!((read.origin().as_str(), read.path(), read.is_http()), ("https://data.example", "/", false));
    assert_eq!(query, None);
    assert_eq!(ResourceUrl::parse("https://data.example/?").unwrap().1, Some(""));
}

#[test]
fn loopback_is_a_literal_or_localhost() {
    for text in ["http://127.0.0.1/", "http://127.255.0.9:8080/", "http://LOCALHOST/"] {
        assert!(url(text).is_loopback(), "{text}");
    }
    for text in
        ["http://128.0.0.1/", "http://127.0.0.1.example/", "http://localhost.example/", "http://10.0.0.1/"]
    {
        assert!(!url(text).is_loopback(), "{text}");
    }
}

#[test]
fn refuses_tricks_by_class() {
    for (text, class) in [
        ("", UrlError::Scheme),
        ("data.example/v1", UrlError::Scheme),
        ("//data.example/v1", UrlError::Scheme),
        ("ftp://data.example/", UrlError::Scheme),
        ("javascript://data.example/", UrlError::Scheme),
        ("https:/data.example/", UrlError::Scheme),
        ("https:data.example", UrlError::Scheme),
        ("https:///path", UrlError::EmptyHost),
        ("https://", UrlError::EmptyHost),
        ("https://:8080/", UrlError::EmptyHost),
        ("https://?q", UrlError::EmptyHost),
        ("https://user@data.example/", UrlError::Userinfo),
        ("https://data.example@evil.example/", UrlError::Userinfo),
        ("https://data.example:443@evil.example/", UrlError::Userinfo),
        ("https://@data.example/", UrlError::Userinfo),
        ("https://[::1]/", UrlError::Ipv6),
        ("https://[::1]:8080/", UrlError::Ipv6),
        ("https://data.example./", UrlError::BadHost),
        ("https://.data.example/", UrlError::BadHost),
        ("https://data..example/", UrlError::BadHost),
        ("https://-data.example/", UrlError::BadHost),
        ("https://data-.example/", UrlError::BadHost),
        ("https://da_ta.example/", UrlError::BadHost),
        ("https://data%2eexample/", UrlError::BadHost),
        ("https://*.example/", UrlError::BadHost),
        ("https://data.example,evil.example/", UrlError::BadHost),
        ("https://127.1/", UrlError::BadIpv4),
        ("https://2130706433/", UrlError::BadIpv4),
        ("https://0x7f000001/", UrlError::BadIpv4),
        ("https://127.0.0.0x1/", UrlError::BadIpv4),
        ("https://127.0.0.01/", UrlError::BadIpv4),
        ("https://0177.0.0.1/", UrlError::BadIpv4),
        ("https://127.0.0.256/", UrlError::BadIpv4),
        ("https://1.2.3.4.5/", UrlError::BadIpv4),
        ("https://data.example:/", UrlError::BadPort),
        ("https://data.example:0/", UrlError::BadPort),
        ("https://data.example:65536/", UrlError::BadPort),
        ("https://data.example:0443/", UrlError::BadPort),
        ("https://data.example:+443/", UrlError::BadPort),
        ("https://data.example:443:443/", UrlError::BadPort),
        ("https://data.example:8o/", UrlError::BadPort),
        ("https://data.example//", UrlError::EmptySegment),
        ("https://data.example//v1", UrlError::EmptySegment),
        ("https://data.example/v1//quote", UrlError::EmptySegment),
        ("https://data.example/..", UrlError::DotSegment),
        ("https://data.example/v1/../admin", UrlError::DotSegment),
        ("https://data.example/v1/./quote", UrlError::DotSegment),
        ("https://data.example/v1/.", UrlError::DotSegment),
        ("https://data.example/v1/..;/admin", UrlError::DotSegment),
        ("https://data.example/v1/.;a=b/admin", UrlError::DotSegment),
        ("https://data.example/v1%2fadmin", UrlError::ForbiddenEncoding),
        ("https://data.example/v1%2Fadmin", UrlError::ForbiddenEncoding),
        ("https://data.example/v1%5cadmin", UrlError::ForbiddenEncoding),
        ("https://data.example/v1/%2e%2e/admin", UrlError::ForbiddenEncoding),
        ("https://data.example/v1/.%2E/admin", UrlError::ForbiddenEncoding),
        ("https://data.example/v1/%252e%252e/admin", UrlError::ForbiddenEncoding),
        ("https://data.example/v1%00", UrlError::ForbiddenEncoding),
        ("https://data.example/v1%0d%0aHost:", UrlError::ForbiddenEncoding),
        ("https://data.example/v1%7f", UrlError::ForbiddenEncoding),
        ("https://data.example/%61dmin", UrlError::NeedlessEncoding),
        ("https://data.example/%7Euser", UrlError::NeedlessEncoding),
        ("https://data.example/%", UrlError::BadEncoding),
        ("https://data.example/%2", UrlError::BadEncoding),
        ("https://data.example/%g0", UrlError::BadEncoding),
        ("https://data.example/%u002e", UrlError::BadEncoding),
        ("https://data.example/a\"b", UrlError::BadPath),
        ("https://data.example/a[0]", UrlError::BadPath),
        ("https://data.example/a|b", UrlError::BadPath),
        ("https://data.example/?q=%", UrlError::BadEncoding),
        ("https://data.example/?q=<b>", UrlError::BadQuery),
        ("https://data.example/#top", UrlError::Fragment),
        ("https://data.example#@evil.example/", UrlError::Fragment),
        ("https://data.example/?q#top", UrlError::Fragment),
        ("https://data.example\\@evil.example/", UrlError::Backslash),
        ("https:\\\\data.example/", UrlError::Backslash),
        ("https://data.example/a\\..\\b", UrlError::Backslash),
        ("https://data.example/a\tb", UrlError::ControlOrSpace),
        ("ht\ntps://data.example/", UrlError::ControlOrSpace),
        ("https://data.example/\r\n", UrlError::ControlOrSpace),
        (" https://data.example/", UrlError::ControlOrSpace),
        ("https://data.example/a b", UrlError::ControlOrSpace),
        ("https://data.example/\u{7f}", UrlError::ControlOrSpace),
        ("https://dat\u{430}.example/", UrlError::NonAscii),
        ("https://data.example/\u{e9}", UrlError::NonAscii),
        ("https://data.example\u{2044}v1", UrlError::NonAscii),
    ] {
        assert_eq!(ResourceUrl::parse(text), Err(class), "{text:?}");
    }
}

#[test]
fn lengths_are_bounded() {
    let longest = format!("https://data.example/{}", "a".repeat(URL_LIMIT - 21));
    assert_eq!(longest.parse(), Ok(url(&longest)));
    assert_eq!(ResourceUrl::parse(&format!("{longest}a")), Err(UrlError::TooLong));
    assert_eq!(ResourceUrl::parse(&format!("https://{}.example/", "a".repeat(64))), Err(UrlError::BadHost));
    let label = "a".repeat(63);
    assert_eq!(
        ResourceUrl::parse(&format!("https://{label}.{label}.{label}.{}/", "a".repeat(61))).err(),
        None
    );
    let host = format!("https://{label}.{label}.{label}.{}/", "a".repeat(62));
    assert_eq!(ResourceUrl::parse(&host), Err(UrlError::BadHost));
}

#[test]
fn reading_back_refuses_queries_and_other_forms() {
    for (text, class) in [
        ("https://data.example/?q", UrlError::HasQuery),
        ("https://data.example/?", UrlError::HasQuery),
        ("https://data.example", UrlError::NotNormal),
        ("HTTPS://data.example/", UrlError::NotNormal),
        ("https://Data.example/", UrlError::NotNormal),
        ("https://data.example:443/", UrlError::NotNormal),
        ("https://data.example/%c3", UrlError::NotNormal),
        ("https://data.example/..", UrlError::DotSegment),
    ] {
        assert_eq!(text.parse::<ResourceUrl>(), Err(class), "{text}");
    }
}

#[test]
fn patterns_match_whole_segments_under_a_whole_origin() {
    for (pattern, fits, fits_not) in [
        (
            "https://data.example/v1/quote",
            &["https://data.example/v1/quote", "HTTPS://DATA.example:443/v1/quote?x=1"][..],
            &[
                "https://data.example/v1/quote/",
                "https://data.example/v1/Quote",
                "https://data.example/v1",
                "http://data.example/v1/quote",
                "https://data.example:8443/v1/quote",
                "https://data.example.evil/v1/quote",
                "https://evil.data.example/v1/quote",
            ][..],
        ),
        (
            "https://data.example/v1/**",
            &["https://data.example/v1/a", "https://data.example/v1/a/b/", "https://data.example/v1/a/b/c"],
            &[
                "https://data.example/v1",
                "https://data.example/v1/",
                "https://data.example/v1evil",
                "https://data.example/v1evil/a",
                "https://data.example.evil/v1/a",
                "https://data.example/v2/a",
                "https://data.example/a/v1/b",
            ],
        ),
        (
            "https://data.example/v1/*/quote",
            &["https://data.example/v1/a/quote", "https://data.example/v1/*/quote"],
            &[
                "https://data.example/v1/quote",
                "https://data.example/v1/a/b/quote",
                "https://data.example/v1/a/quote/b",
                "https://data.example/v1/a/quotes",
            ],
        ),
        (
            "https://data.example/*",
            &["https://data.example/a"],
            &["https://data.example/", "https://data.example/a/", "https://data.example/a/b"],
        ),
        (
            "https://data.example/**",
            &["https://data.example/a", "https://data.example/a/"],
            &["https://data.example/", "https://data.example.evil/a", "https://data.example:444/a"],
        ),
        (
            "https://data.example/*/**",
            &["https://data.example/a/b"],
            &["https://data.example/a", "https://data.example/a/"],
        ),
        ("HTTPS://Data.example:443", &["https://data.example/"], &["https://data.example/a"]),
        ("http://data.example:80/a", &["http://data.example/a"], &["https://data.example:80/a"]),
    ] {
        let read: Pattern = pattern.parse().unwrap();
        assert_eq!(read.to_string().parse(), Ok(read.clone()), "{pattern}");
        for text in fits {
            assert!(read.matches(&url(text)), "{pattern} {text}");
        }
        for text in fits_not {
            assert!(!read.matches(&url(text)), "{pattern} {text}");
        }
    }
}

#[test]
fn refuses_patterns_by_class() {
    for (text, class) in [
        ("https://data.example/v1*", PatternError::PartialWildcard),
        ("https://data.example/***", PatternError::PartialWildcard),
        ("https://data.example/a/*.json", PatternError::PartialWildcard),
        ("https://data.example/**/quote", PatternError::MisplacedDoubleStar),
        ("https://data.example/**/", PatternError::MisplacedDoubleStar),
        ("https://data.example/**/**", PatternError::MisplacedDoubleStar),
        ("https://data.example/**?", PatternError::Url(UrlError::HasQuery)),
        ("https://*.example/", PatternError::Url(UrlError::BadHost)),
        ("https://data.example:*/", PatternError::Url(UrlError::BadPort)),
        ("*://data.example/", PatternError::Url(UrlError::Scheme)),
        ("**", PatternError::Url(UrlError::Scheme)),
        ("https://data.example/../**", PatternError::Url(UrlError::DotSegment)),
    ] {
        assert_eq!(text.parse::<Pattern>(), Err(class), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_reads_to_a_fixed_point_or_not_at_all(text in prop_oneof![
        any::<String>(),
        "https?://[a-zA-Z0-9.:@%*-]{0,20}(/[a-zA-Z0-9%*;.]{0,6}){0,5}([?#][a-z%]{0,5})?",
    ]) {
        if let Ok((read, _)) = ResourceUrl::parse(&text) {
            let normal = read.to_string();
            prop_assert_eq!(&format!("{}{}", read.origin(), read.path()), &normal);
            prop_assert_eq!(normal.parse(), Ok(read.clone()));
            if let Ok(pattern) = normal.parse::<Pattern>() {
                prop_assert!(pattern.matches(&read));
            }
        }
        let _ = text.parse::<Pattern>();
    }
}
