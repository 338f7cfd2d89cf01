//! Answers the questions of the pages.
