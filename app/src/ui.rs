//! Small components that pages are made of. Plain functions: they take what they show, and know no port.

pub mod as_of;
pub mod beginning;
pub mod box_pairs;
pub mod budget_card;
pub mod card;
pub mod changes;
pub mod chips;
pub mod committed;
pub mod compare;
pub mod delivery_row;
pub mod entries;
pub mod estimate_card;
pub mod facts;
pub mod finding;
pub mod listing;
pub mod mark;
pub mod month;
pub mod narrow;
pub mod pager;
pub mod payload;
pub mod picture;
pub mod sentence;
pub mod table;
pub mod tables;
pub mod time;
pub mod versions;
