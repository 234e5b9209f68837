//! Tables as CSV (RFC 4180), for spreadsheets.

use crate::exit::Failure;

/// One row, without the end of its line. A cell that a spreadsheet would take for a formula gets an apostrophe in front.
pub(crate) fn row<'c>(cells: impl IntoIterator<Item = &'c str>) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells.into_iter().map(harmless)).map_err(Failure::new)?;
    let bytes = writer.into_inner().map_err(|error| Failure::new(error.error()))?;
    let row = String::from_utf8(bytes).map_err(Failure::new)?;
    Ok(row.trim_end_matches('\n').to_owned())
}

fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn a_cell_is_never_a_formula_nor_two_cells() {
        let cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a,b", "say \"no\"", "plain", ""];
        let expected = "'=1+1,'+1,'-1,'@SUM(A1),'\tx,\"'\rx\",\"a,b\",\"say \"\"no\"\"\",plain,";
        assert_eq!(row(cells).unwrap(), expected);
    }
}
