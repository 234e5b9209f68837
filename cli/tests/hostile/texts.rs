//! Texts of somebody who means ill, and names.

/// What every one of them has in it, so that it is found where it is quoted.
pub const MARK: &str = "h0stile";

/// What no record may hold, a character or a sequence of them each.
pub const REFUSED: [&str; 44] = [
    "\u{1b}[2J",
    "\u{1b}]8;;http://evil.example\u{1b}\\",
    "\u{9b}31m",
    "\u{90}",
    "\r",
    "\n",
    "\t",
    "\u{8}",
    "\0",
    "\u{7f}",
    "\u{85}",
    "\u{202a}",
    "\u{202b}",
    "\u{202c}",
    "\u{202d}",
    "\u{202e}",
    "\u{2066}",
    "\u{2067}",
    "\u{2068}",
    "\u{2069}",
    "\u{200b}",
    "\u{200c}",
    "\u{200d}",
    "\u{200e}",
    "\u{200f}",
    "\u{61c}",
    "\u{2060}",
    "\u{feff}",
    "\u{2028}",
    "\u{2029}",
    "\u{e0001}",
    "\u{e0041}",
    "\u{e007f}",
    "\u{ad}",
    "\u{34f}",
    "\u{180e}",
    "\u{fff9}",
    "\u{fffa}",
    "\u{fffb}",
    "\u{fe0f}",
    "\u{e0100}",
    "\u{115f}",
    "\u{3164}",
    "\u{ffa0}",
];

/// What a record may hold, though a page, a table or a terminal may take it for more than text. The last have no name that
/// every font agrees on, or are not seen by themselves.
pub const RECORDED: [&str; 27] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</pre></details></td></svg></title>",
    "javascript:alert(1)",
    "[click](javascript:alert(1))",
    "=HYPERLINK(\"http://x\",\"y\")",
    "=cmd|'/C calc'!A1",
    "+1",
    "-1",
    "@SUM(A1)",
    ";=1+1",
    "\u{ff1d}1",
    "\u{ff20}SUM(A1)",
    "a,b\",\"c",
    "]]><!--",
    "--><![CDATA[",
    "&amp;&#x202e;&lt;",
    "<?xml?><!DOCTYPE x>",
    "${7*7}`id`$(id)",
    "'; DROP TABLE record; --",
    "\u{301}\u{489}",
    "\u{e0b0}",
    "\u{10fffd}",
    "\u{ffff}",
    "\u{378}",
    "\u{600}",
    "\u{13430}",
];

/// One text of all that a record may hold, that begins with `first`.
pub fn recorded(first: &str) -> String {
    format!("{first} {MARK} {}", RECORDED.join(" "))
}

/// One text of all of them. Where it is said as it is, a line of its own begins with [`FORGED`].
pub fn all() -> String {
    format!("{} {} \n{FORGED}\r{FORGED}", recorded("=1"), REFUSED.join("x"))
}

/// What begins no line of any output: what an output would say if all were well.
pub const FORGED: &str = "verified: every record is the log's";

/// A name of a file: all of it but what no file name may have, within 255 bytes.
pub fn file_name() -> String {
    format!(
        "={MARK} <script>alert(1)<x onerror=\"'&;=1 {}\n{FORGED}",
        "\r\t\u{1b}[2J\u{9b}\u{202e}\u{2066}\u{200b}\u{feff}\u{2028}\u{e0041}\u{ad}\u{e0b0}\u{ffff}javascript:1"
    )
}

/// Names that a record, a policy and a signature may have: no text of a name can be worse than this.
pub const RUN: &str = "+1:h0stile";
pub const AGENT: &str = "-1:h0stile";
pub const PERSON: &str = "@SUM:h0stile";
pub const PRINCIPAL: &str = "@LEFT:h0stile";

/// A URL that a purchase may have: signs, quotes and parts of a table, as far as the grammar of a URL lets them be.
pub const URL: &str = "https://data.example/v1/;=h0stile('a',1)+1;-1;@SUM(A1);$(id)&amp;javascript:alert(1)";
