//! Tables as CSV (RFC 4180), for spreadsheets.

use counterfoil_review::words::visible;

use crate::exit::Failure;

/// What a spreadsheet takes for the beginning of a formula; in some languages also where it is written full-width.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// One row, without the end of its line. Every character is visible. A cell that a spreadsheet would take for a formula
/// gets an apostrophe in front, and so does what follows a `;` in it: in some languages cells are parted there.
pub(crate) fn row<'c>(cells: impl IntoIterator<Item = &'c str>) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells.into_iter().map(harmless)).map_err(Failure::new)?;
    let bytes = writer.into_inner().map_err(|error| Failure::new(error.error()))?;
    let row = String::from_utf8(bytes).map_err(Failure::new)?;
    Ok(row.trim_end_matches('\n').to_owned())
}

fn harmless(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    let mut begins = true;
    for c in visible(cell).chars() {
        if begins && SIGNS.contains(&c) {
            out.push('\'');
        }
        // What a spreadsheet may leave out at the beginning of a cell does not hide the sign behind it.
        begins = c == ';' || begins && (c.is_whitespace() || c == '"');
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn a_cell_is_never_a_formula_nor_two_cells() {
        let cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a,b", "say \"no\"", "plain", ""];
        let expected = "'=1+1,'+1,'-1,'@SUM(A1),?x,?x,\"a,b\",\"say \"\"no\"\"\",plain,";
        assert_eq!(row(cells).unwrap(), expected);
    }

    #[test]
    fn nor_is_what_a_spreadsheet_of_another_language_makes_of_it() {
        let cells =
            ["a;=1", "a; \"=1", " =1", "\u{ff1d}1", "\u{ff0b}1", "\u{ff0d}1", "\u{ff20}a", "a;b=1", "a;"];
        let expected = "a;'=1,\"a; \"\"'=1\", '=1,'\u{ff1d}1,'\u{ff0b}1,'\u{ff0d}1,'\u{ff20}a,a;b=1,a;";
        assert_eq!(row(cells).unwrap(), expected);
    }

    #[test]
    fn a_row_is_one_line_of_visible_characters() {
        assert_eq!(row(["a\nb", "\u{1b}[2J", "\u{202e}x", "\u{e000}"]).unwrap(), "a?b,?[2J,?x,?");
    }
}
