//! The layout of the bars of requests over time: places across in thousandths of a percent, heights in CSS pixels.
//!
//! The width of the chart is that of its page, so nothing across it has a fixed length but its words.

use domain::query::outcome::Outcome;
use domain::query::volume::{Bar, Volume};
use domain::query::window::{Unit, day_of, instant};

/// The whole width.
pub const WIDTH: i64 = 100_000;
/// The height of the highest bar, below [`TOP`].
pub const HEIGHT: i64 = 72;
/// The top of the highest bar.
pub const TOP: i64 = 6;
/// Minimum height of a part: one refused request is seen beside a thousand that are stored.
const LEAST: i64 = 3;
/// Maximum number of labels below the bars, so that they do not touch on a phone.
const MAX_LABELS: usize = 4;

/// A bar with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its left edge.
    pub x: i64,
    /// Its width, with the gap to the next.
    pub width: i64,
    /// The drawn parts from bottom to top: outcome, top edge, height.
    pub parts: Vec<(Outcome, i64, i64)>,
    /// What it stands for.
    pub bar: Bar,
}

/// The layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The bars, the empty ones included.
    pub columns: Vec<Column>,
    /// Left edge and width of each silence.
    pub silences: Vec<(i64, i64)>,
    /// Left edge and text of each label.
    pub labels: Vec<(i64, String)>,
    /// The number of requests in the highest bar.
    pub most: u64,
}

/// Lays the bars out.
pub fn draw(of: &Volume) -> Drawing {
    let most = of.bars.iter().map(Bar::total).max().unwrap_or_default();
    let count = count_of(of);
    let columns = (0_i64..).zip(&of.bars).map(|(place, bar)| {
        let (x, end) = (WIDTH * place / count, WIDTH * (place + 1) / count);
        Column { x, width: end - x, parts: parts(bar, most), bar: *bar }
    });
    let silences = of.silences.iter().map(|silence| {
        let (x, end) = (across(of, silence.from.as_second()), across(of, silence.until.as_second()));
        (x, (end - x).max(WIDTH / 400))
    });
    Drawing { columns: columns.collect(), silences: silences.collect(), labels: labels(of), most }
}

fn count_of(of: &Volume) -> i64 {
    i64::try_from(of.bars.len()).unwrap_or(i64::MAX).max(1)
}

fn parts(bar: &Bar, most: u64) -> Vec<(Outcome, i64, i64)> {
    let mut bottom = TOP + HEIGHT;
    let mut parts = Vec::new();
    for (outcome, count) in Outcome::ALL.into_iter().zip(bar.counts) {
        if count == 0 {
            continue;
        }
        let share = u128::from(count) * u128::from(HEIGHT.unsigned_abs()) / u128::from(most.max(1));
        let height = i64::try_from(share).unwrap_or(HEIGHT).max(LEAST);
        bottom -= height;
        parts.push((outcome, bottom, height));
    }
    // Of a bar with small parts the largest gives way, so that the bar is no higher than the chart.
    let over = TOP - bottom;
    if over > 0
        && let Some(largest) = (0..parts.len()).max_by_key(|place| parts[*place].2)
    {
        parts[largest].2 -= over;
        for part in &mut parts[largest..] {
            part.1 += over;
        }
    }
    parts
}

/// Returns the place of a second since 1970, within the chart.
fn across(of: &Volume, second: i64) -> i64 {
    let count = count_of(of);
    let place = of.bars.partition_point(|bar| bar.from * 3_600 <= second).saturating_sub(1);
    let Some(bar) = of.bars.get(place) else { return 0 };
    let (start, end) = (bar.from * 3_600, bar.until * 3_600);
    let place = i64::try_from(place).unwrap_or_default();
    let within = WIDTH * (second.clamp(start, end) - start) / (end - start).max(1);
    (WIDTH * place + within) / count
}

fn labels(of: &Volume) -> Vec<(i64, String)> {
    let is_marked = |bar: &Bar| match of.stretch.unit {
        Unit::Hour => bar.from.rem_euclid(6) == 0 || of.bars.len() < 8,
        Unit::SixHours => bar.from.rem_euclid(24) == 0,
        Unit::Day | Unit::Week | Unit::Month | Unit::Year => true,
    };
    let pattern = match of.stretch.unit {
        Unit::Hour => "%H:%M",
        Unit::SixHours | Unit::Day | Unit::Week => "%-d %b",
        Unit::Month => "%b %Y",
        Unit::Year => "%Y",
    };
    let marked: Vec<(i64, &Bar)> = (0_i64..).zip(&of.bars).filter(|(_, bar)| is_marked(bar)).collect();
    let step = marked.len().div_ceil(MAX_LABELS).max(1);
    let words = |bar: &Bar| match of.stretch.unit {
        Unit::Hour => instant(bar.from).strftime(pattern).to_string(),
        Unit::SixHours | Unit::Day | Unit::Week | Unit::Month | Unit::Year => {
            day_of(bar.from).strftime(pattern).to_string()
        }
    };
    // A label at the right edge would be cut.
    let labels = marked.iter().step_by(step).map(|(place, bar)| (WIDTH * place / count_of(of), words(bar)));
    labels.filter(|(x, _)| *x <= WIDTH * 4 / 5).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::query::volume::{Facets, Silence};
    use domain::query::window::Stretch;
    use jiff::Timestamp;

    fn volume(from: &str, until: &str, counts: impl Fn(usize) -> [u64; 4]) -> Volume {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let stretch = Stretch::new(Some(at(from)), Some(at(until)), 0, at("2026-12-01T00:00:00Z"));
        let bars = stretch.bars().into_iter().enumerate();
        let bars = bars.map(|(place, (from, until))| Bar { from, until, counts: counts(place) }).collect();
        let silence = |from: &str, until: &str| Silence { endpoint: "a".to_owned(), from: at(from), until: at(until) };
        Volume {
            stretch,
            bars,
            facets: Facets::default(),
            silences: vec![silence("2026-03-01T00:00:00Z", "2026-03-04T12:00:00Z")],
            is_more: false,
            is_of_last_week: false,
        }
    }

    #[test]
    fn parts_stand_on_each_other_and_the_smallest_is_seen() {
        let drawing = draw(&volume("2026-03-03T00:00:00Z", "2026-03-06T00:00:00Z", |place| match place {
            0 => [1_000, 1, 0, 1],
            1 => [500, 0, 2, 0],
            _ => [0; 4],
        }));
        assert_eq!(drawing.most, 1_002);
        for column in &drawing.columns {
            let mut bottom = TOP + HEIGHT;
            for (_, top, height) in &column.parts {
                assert!(*height >= LEAST && top + height == bottom, "{column:?}");
                bottom = *top;
            }
            assert!(bottom >= TOP, "{column:?}");
        }
        let outcomes: Vec<Outcome> = drawing.columns[0].parts.iter().map(|part| part.0).collect();
        assert_eq!(outcomes, [Outcome::Stored, Outcome::Unreadable, Outcome::Refused]);
        assert_eq!(drawing.columns[1].parts[0].2, 35);
        assert!(drawing.columns[2].parts.is_empty());
        assert_eq!(drawing.columns.iter().map(|column| column.width).sum::<i64>(), WIDTH);
    }

    #[test]
    fn a_silence_lies_where_its_time_does() {
        let drawing = draw(&volume("2026-03-03T00:00:00Z", "2026-03-06T00:00:00Z", |_| [1; 4]));
        // It began before the first bar.
        assert_eq!(drawing.silences, [(0, WIDTH / 2)]);
    }

    #[test]
    fn labels_are_few_and_not_at_the_edge() {
        for (until, expected) in [
            ("2026-03-01T06:00:00Z", vec!["00:00", "02:00", "04:00"]),
            ("2026-03-02T00:00:00Z", vec!["00:00", "06:00", "12:00", "18:00"]),
            ("2026-03-08T00:00:00Z", vec!["1 Mar", "3 Mar", "5 Mar"]),
            ("2026-03-31T00:00:00Z", vec!["1 Mar", "9 Mar", "17 Mar", "25 Mar"]),
            ("2026-11-01T00:00:00Z", vec!["1 Mar", "27 Apr", "29 Jun", "31 Aug"]),
        ] {
            let labels = draw(&volume("2026-03-01T00:00:00Z", until, |_| [0; 4])).labels;
            let words: Vec<&str> = labels.iter().map(|(_, words)| words.as_str()).collect();
            assert!(labels.iter().all(|(x, _)| *x <= WIDTH * 4 / 5) && words.len() <= MAX_LABELS);
            assert_eq!(words, expected, "{until}");
        }
    }
}
