//! The transfer of deliveries between databases: the lines of exports, and what an import makes of a line or of a list of
//! Svix's API. `docs/export-format.md` describes the lines.

pub mod csv;
pub mod line;
pub mod read;
pub mod svix;

use app::view::delivery::DeliverySummary;
use line::ExportLine;

/// A request that an export finds.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Its row of the list of deliveries.
    pub row: DeliverySummary,
    /// Its message with every attempt, or the refused request. The line's number is that of the row.
    pub line: ExportLine,
}

#[cfg(test)]
mod tests;
