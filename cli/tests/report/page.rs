//! A page, made and read.

use std::fs;
use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

use crate::common::{Ran, args, run};

/// Makes the page of a log, with more options, and gives its text beside what the command came to.
pub fn report(log: &Path, trust: Option<&Path>, options: &[&str]) -> (Ran, String) {
    let page = log.with_file_name("page.html");
    let _ = fs::remove_file(&page);
    let mut words = args(&["report"], &[log]);
    words.extend(trust.map(|trust| args(&["--trust"], &[trust])).unwrap_or_default());
    words.extend(args(&["-o"], &[&page]));
    words.extend(args(options, &[]));
    let ran = run(words);
    let text = fs::read_to_string(page).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    (ran, text)
}

pub fn parsed(text: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).unwrap()
}

pub fn with_class<'a>(node: Node<'a, 'a>, class: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    let has = move |node: &Node<'_, '_>| {
        node.attribute("class").is_some_and(|classes| classes.split(' ').any(|it| it == class))
    };
    node.descendants().filter(has)
}

pub fn by_id<'a>(page: &'a Document<'a>, id: &str) -> Node<'a, 'a> {
    page.descendants().find(|node| node.attribute("id") == Some(id)).unwrap()
}

pub fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter_map(|node| if node.is_text() { node.text() } else { None }).collect()
}

pub fn amount(node: Node<'_, '_>, class: &str) -> String {
    with_class(node, class).find(|it| it.has_tag_name("data")).unwrap().attribute("value").unwrap().to_owned()
}

/// What the section says, its markup aside.
pub fn section(page: &Document<'_>, id: &str) -> String {
    let texts =
        by_id(page, id).descendants().filter_map(|node| if node.is_text() { node.text() } else { None });
    texts.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}
