//! HTML as plain text: the main part of a page, a line for each block, the cells of a row divided by bars.

/// Elements without text for readers, or with text that depends on the reader's choice.
const LEFT_OUT: [&str; 5] = ["script", "style", "svg", "select", "template"];

/// Elements within a line.
const INLINE: [&str; 18] = [
    "a", "abbr", "b", "bdi", "button", "cite", "code", "data", "em", "i", "input", "kbd", "label", "mark", "small",
    "span", "strong", "time",
];

/// Returns the text of the main part, or of all where there is none.
pub(super) fn of(html: &str) -> String {
    let main = html.split_once("<main").and_then(|(_, rest)| rest.split_once('>')?.1.split_once("</main>"));
    let mut rest = main.map_or(html, |(main, _)| main);
    let mut text = String::new();
    while let Some((words, tag)) = rest.split_once('<') {
        text.push_str(words);
        if let Some(comment) = tag.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (tag, after) = end_of_tag(tag);
        let name = tag.split([' ', '/', '>', '\n']).find(|part| !part.is_empty()).unwrap_or_default();
        rest = after;
        match name {
            left_out if LEFT_OUT.contains(&left_out) && !tag.starts_with('/') => {
                let end = format!("</{left_out}>");
                rest = after.split_once(&end).map_or("", |(_, after)| after);
            }
            "td" | "th" if tag.starts_with('/') => text.push_str(" | "),
            "td" | "th" | "!" => {}
            inline if INLINE.contains(&inline) || inline.contains('-') => text.push(' '),
            _ => text.push('\n'),
        }
    }
    text.push_str(rest);
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines =
        lines.map(|line| [".", ",", ")", "”"].iter().fold(line, |line, mark| line.replace(&format!(" {mark}"), mark)));
    let lines = lines.map(|line| line.trim_end_matches([' ', '|']).to_owned()).filter(|line| !line.is_empty());
    let text = lines.map(|line| line + "\n").collect::<String>();
    ["&lt;<", "&gt;>", "&quot;\"", "&#x27;'", "&#39;'", "&amp;&"].iter().fold(text, |text, entity| {
        let (name, one) = entity.split_at(entity.len() - 1);
        text.replace(name, one)
    })
}

/// Splits after the tag; a value in quotation marks may hold its end.
fn end_of_tag(text: &str) -> (&str, &str) {
    let mut is_quoted = false;
    let end = text.find(|one| {
        is_quoted ^= one == '"';
        one == '>' && !is_quoted
    });
    end.map_or((text, ""), |end| (&text[..end], &text[end + 1..]))
}

#[test]
fn blocks_are_lines_and_cells_are_divided() {
    let html = "<nav>Menu</nav><main id=\"x\"><!--<() />--><h1>A<!> &amp; B</h1><svg><text>no</text></svg><table><tr><th>One</th>\
        <td title=\"a > b\"><b>2</b><i>3</i></td></tr></table><p>Last.</p></main>";
    assert_eq!(of(html), "A & B\nOne | 2 3\nLast.\n");
}
